package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"temper/activities/objectstore"
	"temper/activities/objectstore/s3"
	"temper/activities/records"
	"temper/deploy/endpoints"
	"temper/model/artifact"
	"temper/model/library/spelling"
	"temper/starter/advice"
)

// openServer opens the store's server.
func openServer(ctx context.Context, data string) (*s3.Store, error) {
	e, err := endpoints.FindStore(data)
	if err != nil {
		return nil, err
	}
	return e.OpenStore(ctx)
}

// errNoRun says that there is no run of a name. It wraps nothing: commands look
// elsewhere, or say it with noRun.
var errNoRun = errors.New("there is no such run")

// noRun says that no run of a name is recorded, and which there are.
func noRun(ctx context.Context, store objectstore.Reader, data, name string) error {
	names, err := storedNames(ctx, store)
	switch {
	case err != nil:
		return err
	case waits(data):
		return fmt.Errorf("run %q has recorded nothing on %s; %sTemporal, which also knows runs that have not begun, does not run there: start it with %s", name, data, spelling.DidYouMean(name, names), advice.Command(data, "up"))
	case len(names) == 0:
		return fmt.Errorf("there is no run %q: nothing has run on %s yet; choose another data directory with --data, or see %s", name, data, advice.Command("", "run", "--help"))
	}
	return fmt.Errorf("there is no run %q; %ssee %s", name, spelling.DidYouMean(name, names), advice.Command(data, "status"))
}

// waits reports whether a devstack of the data directory has ended, so that it
// may know runs that the store does not.
func waits(data string) bool {
	if endpoints.TemporalFromEnvironment() {
		return false
	}
	_, err := os.Stat(filepath.Join(data, "temporal.db"))
	held, lockErr := lockHeld(filepath.Join(data, "lock"))
	return err == nil && lockErr == nil && !held
}

// newestStored is the newest run of a name in the store of a data directory.
func newestStored(ctx context.Context, data, name string) (objectstore.Reader, records.Run, error) {
	store, run, err := newestRun(ctx, func(ctx context.Context) (objectstore.Reader, error) { return endpoints.OpenReader(ctx, data) }, name)
	if err != nil && !errors.Is(err, objectstore.ErrBadKey) {
		return nil, run, err
	}
	if run.ID == "" {
		return nil, run, noRun(ctx, store, data, name)
	}
	return store, run, nil
}

// storedNames are the names of the runs in the store.
func storedNames(ctx context.Context, store objectstore.Reader) ([]string, error) {
	keys, err := store.List(ctx, artifact.Root)
	if err != nil {
		return nil, fmt.Errorf("list the runs in the store: %w", err)
	}
	var names []string
	for _, key := range keys {
		if p, ok := artifact.ParseKey(key); ok {
			names = append(names, p.Run.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
