// Package stdlib stands in for the one of the PostgreSQL driver: see package pgx.
package stdlib

import (
	"context"
	"database/sql/driver"

	"github.com/jackc/pgx/v5"
)

// OptionAfterConnect returns an option that nobody reads.
func OptionAfterConnect(func(context.Context, *pgx.Conn) error) any { return nil }

// GetConnector returns a connector that fails.
func GetConnector(pgx.ConnConfig, ...any) driver.Connector { return connector{} }

type connector struct{}

// Connect fails.
func (connector) Connect(context.Context) (driver.Conn, error) { return nil, pgx.ErrAbsent }

// Driver returns none.
func (connector) Driver() driver.Driver { return nil }
