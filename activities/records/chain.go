package records

import (
	"context"
	"fmt"

	"temper/model/artifact"
)

// Walk visits every link of the chain that ends with seal, in the workflows' own order: the links of a ledger, a child's where its
// last ledger stands, and each ledger itself after its links. The error wraps artifact.ErrCorrupt where a ledger is not
// the one that was linked or does not go on from the one before, and objectstore.ErrNotFound where it is gone.
// Other manifests are not read.
func Walk(ctx context.Context, store Store, seal artifact.Seal, visit func(artifact.Link) error) error {
	last, err := readLinked(ctx, store, seal.Ledger)
	if err == nil && last.Head != seal.Head {
		err = fmt.Errorf("%s: its head is %.12s, and the seal's %.12s: %w", seal.Ledger.Key, last.Head, seal.Head, artifact.ErrCorrupt)
	}
	if err != nil {
		return err
	}
	return walk(ctx, store, seal.Ledger, last, visit)
}

// walk visits the links of one ledger.
func walk(ctx context.Context, store Store, link artifact.Link, ledger artifact.Ledger, visit func(artifact.Link) error) error {
	for i, l := range ledger.Links {
		if p, ok := artifact.ParseKey(l.Key); !ok || p.Kind != artifact.KindLedger {
			if err := visit(l); err != nil {
				return err
			}
			continue
		}
		inner, err := readLinked(ctx, store, l)
		if err == nil && i == 0 && ledger.Previous != "" && inner.Head != ledger.Previous {
			err = fmt.Errorf("%s goes on from head %.12s, and %s ends with %.12s: %w", link.Key, ledger.Previous, l.Key, inner.Head, artifact.ErrCorrupt)
		}
		if err == nil {
			err = walk(ctx, store, l, inner, visit)
		}
		if err != nil {
			return err
		}
	}
	return visit(link)
}

// readLinked reads the ledger that a link names.
func readLinked(ctx context.Context, store Store, link artifact.Link) (artifact.Ledger, error) {
	m, err := Read(ctx, store, link.Key)
	switch {
	case err != nil:
		return artifact.Ledger{}, err
	case m.Link != link:
		return artifact.Ledger{}, fmt.Errorf("%s: its SHA-256 is %.12s, and the chain's %.12s: %w", link.Key, m.Link.SHA256, link.SHA256, artifact.ErrCorrupt)
	case m.Ledger == nil:
		return artifact.Ledger{}, fmt.Errorf("%s: it has no links: %w", link.Key, artifact.ErrCorrupt)
	}
	return *m.Ledger, nil
}
