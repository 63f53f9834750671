// Package records finds and reads back what runs have recorded: one manifest for
// each piece of work, under a key that says what it is of (artifact.Key).
package records

import (
	"context"
	"fmt"

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

// All reads every manifest of a run: see Book.All.
func All(ctx context.Context, store Store, run artifact.RunID) (manifests []artifact.Manifest, refused []Refusal, err error) {
	b, err := Open(ctx, store, run)
	if err != nil {
		return nil, nil, err
	}
	return b.All(ctx)
}
