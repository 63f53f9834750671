// Package records finds and reads back what runs have recorded: one manifest for
// each piece of work, under a key that says what it is of (artifact.Key).
package records

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"temper/model/artifact"
)

// Store is what this package needs of an objectstore.Store.
type Store interface {
	Read(ctx context.Context, key string) ([]byte, error)
	List(ctx context.Context, prefix string) ([]string, error)
}

// Read reads one manifest. The error wraps objectstore.ErrNotFound, or
// artifact.ErrCorrupt when what lies there is damaged, or belongs elsewhere.
func Read(ctx context.Context, store Store, key string) (artifact.Manifest, error) {
	data, err := store.Read(ctx, key)
	if err != nil {
		return artifact.Manifest{}, fmt.Errorf("read manifest: %w", err)
	}
	return Decode(key, data)
}

// Decode decodes the manifest that lies under key, and gives it its link. The error wraps artifact.ErrCorrupt
// unless its own digest fits, its key is the place of such work and of the input that it names, and a
// ledger's head is that of its links.
func Decode(key string, data []byte) (artifact.Manifest, error) {
	m, err := artifact.DecodeManifest(data)
	if err == nil {
		err = m.CheckKey(key)
	}
	if err == nil && m.Ledger != nil {
		err = m.Ledger.Verify()
	}
	if err != nil {
		return artifact.Manifest{}, fmt.Errorf("%s: %w", key, err)
	}
	m.Link = artifact.LinkOf(key, data)
	return m, nil
}

// All reads every manifest of a run, in the order of their keys, and names the
// keys of those that are damaged. Work that was recorded again counts once.
func All(ctx context.Context, store Store, run artifact.RunID) (manifests []artifact.Manifest, damaged []string, err error) {
	keys, err := store.List(ctx, run.Prefix())
	if err != nil {
		return nil, nil, fmt.Errorf("list the records of run %s: %w", run.Name, err)
	}
	whole := map[string]bool{}
	slices.SortFunc(keys, artifact.ByAge)
	for _, key := range keys {
		if whole[artifact.Original(key)] { // of a record that was found damaged, and is not
			continue
		}
		m, err := Read(ctx, store, key)
		switch {
		case errors.Is(err, artifact.ErrCorrupt):
			damaged = append(damaged, key)
		case err != nil:
			return nil, nil, err
		default:
			whole[artifact.Original(key)] = true
			manifests = append(manifests, m)
		}
	}
	return manifests, damaged, nil
}
