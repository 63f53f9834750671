// Package pgconn stands in for the one of the PostgreSQL driver: see package pgx.
package pgconn

// PgError would be an error of PostgreSQL; nobody makes one.
type PgError struct{ Code, Message string }

// Error implements error.
func (e *PgError) Error() string { return e.Message }
