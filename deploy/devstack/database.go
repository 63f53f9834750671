package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/headers"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	sqliteschema "go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"
)

// historyRetention is how long a closed workflow stays visible with its history.
const historyRetention = 30 * 24 * time.Hour

// databaseStamp is temporal.version: the server that made temporal.db. Temporal has
// no migrations for sqlite, so another server's file is refused instead of tried.
type databaseStamp struct {
	Server string `json:"server"`
}

// openDatabase returns the configuration of DIR/temporal.db, which it creates with
// schema and namespace when absent, and adds the namespace when the file lacks it.
func (s *state) openDatabase(namespace string) (*config.SQL, error) {
	file, stamp := s.path("temporal.db"), s.path("temporal.version")
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		if err := createDatabase(file, stamp); err != nil {
			return nil, fmt.Errorf("create %s: %w", file, err)
		}
	} else if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := checkStamp(file, stamp); err != nil {
		return nil, err
	}
	db := sqlConfig(file)
	ns, err := sqliteschema.NewNamespaceConfig(clusterName, namespace, false, nil)
	if err != nil {
		return nil, fmt.Errorf("namespace %q: %w", namespace, err)
	}
	ns.Detail.Config.Retention = durationpb.New(historyRetention)
	if err := sqliteschema.CreateNamespaces(db, ns); err != nil { // leaves an existing one alone
		return nil, fmt.Errorf("namespace %q: %w", namespace, err)
	}
	return db, nil
}

// createDatabase sets the schema up in a temporary file and renames it, so that a
// kill in the middle leaves no half-made temporal.db. The stamp goes first: a stamp
// without a database is overwritten, a database without a stamp would be refused.
func createDatabase(file, stamp string) error {
	half, err := filepath.Glob(file + "*") // also the -wal and -shm of a database moved away by hand
	if err != nil {
		return err
	}
	for _, f := range half {
		if err := os.Remove(f); err != nil {
			return err
		}
	}
	if err := writeJSON(stamp, databaseStamp{Server: headers.ServerVersion}); err != nil {
		return err
	}
	fresh := file + ".new"
	c := sqlConfig(fresh)
	c.ConnectAttributes["journal_mode"] = "DELETE" // a single file, complete once closed
	if err := sqliteschema.SetupSchema(c); err != nil {
		return err
	}
	f, err := os.Open(fresh)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o600), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(fresh, file)
}

func checkStamp(file, stamp string) error {
	var made databaseStamp
	b, err := os.ReadFile(stamp)
	if err == nil {
		err = json.Unmarshal(b, &made)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", stamp, err)
	}
	if made.Server == headers.ServerVersion {
		return nil
	}
	if made.Server == "" {
		made.Server = "of unknown version"
	}
	return fmt.Errorf("%s was made by Temporal server %s and this devstack holds %s, which cannot migrate it: "+
		"start the devstack that made it, or move temporal.db* and temporal.version away to begin with an empty Temporal (the S3 objects stay)",
		file, made.Server, headers.ServerVersion)
}

// sqlConfig names a sqlite file and the pragmas of its one connection. WAL with
// synchronous NORMAL survives kill -9 of the process whole; a power cut may lose
// the last commits but not corrupt the file.
func sqlConfig(file string) *config.SQL {
	return &config.SQL{
		PluginName:   sqliteplugin.PluginName,
		DatabaseName: file,
		ConnectAttributes: map[string]string{
			"mode":         "rwc",
			"journal_mode": "WAL",
			"synchronous":  "NORMAL",
			"busy_timeout": "10000",
			"cache_size":   "-65536", // 64 MiB
			"temp_store":   "MEMORY",
		},
	}
}
