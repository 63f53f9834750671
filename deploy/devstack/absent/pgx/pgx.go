// Package pgx stands in for the PostgreSQL driver, which this build is without:
// its Temporal keeps its state in SQLite.
package pgx

import "errors"

// ErrAbsent says so.
var ErrAbsent = errors.New("this build of Temporal is without PostgreSQL")

// ConnConfig is a name that Temporal's driver mentions; there is never one.
type ConnConfig struct{}

// ParseConfig fails.
func ParseConfig(string) (*ConnConfig, error) { return nil, ErrAbsent }

// Conn is a connection that is never made.
type Conn struct{}

// TypeMap returns a map that nobody reads.
func (*Conn) TypeMap() TypeMap { return TypeMap{} }

// TypeMap would say how Go's types are stored.
type TypeMap struct{}

// RegisterDefaultPgType does nothing.
func (TypeMap) RegisterDefaultPgType(any, string) {}
