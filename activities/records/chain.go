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
	return walker{func(key string) (artifact.Manifest, error) { return Read(ctx, store, key) }, visit}.from(seal)
}

// walker visits the links of a chain; read reads a ledger.
type walker struct {
	read  func(key string) (artifact.Manifest, error)
	visit func(artifact.Link) error
}

func (w walker) from(seal artifact.Seal) error {
	last, err := w.ledger(seal.Ledger)
	if err == nil && last.Head != seal.Head {
		err = fmt.Errorf("%s: its head is %.12s, and the seal's %.12s: %w", seal.Ledger.Key, last.Head, seal.Head, artifact.ErrCorrupt)
	}
	if err != nil {
		return err
	}
	return w.walk(seal.Ledger, last)
}

// walk visits the links of one ledger.
func (w walker) walk(link artifact.Link, ledger artifact.Ledger) error {
	for i, l := range ledger.Links {
		if p, ok := artifact.ParseKey(l.Key); !ok || p.Kind != artifact.KindLedger {
			if err := w.visit(l); err != nil {
				return err
			}
			continue
		}
		inner, err := w.ledger(l)
		if err == nil && i == 0 && ledger.Previous != "" && inner.Head != ledger.Previous {
			err = fmt.Errorf("%s goes on from head %.12s, and %s ends with %.12s: %w", link.Key, ledger.Previous, l.Key, inner.Head, artifact.ErrCorrupt)
		}
		if err == nil {
			err = w.walk(l, inner)
		}
		if err != nil {
			return err
		}
	}
	return w.visit(link)
}

// brokenError says at which ledger a chain cannot be followed.
type brokenError struct {
	key string
	error
}

func (e *brokenError) Unwrap() error { return e.error }

// ledger reads the ledger that a link names.
func (w walker) ledger(link artifact.Link) (l artifact.Ledger, err error) {
	defer func() {
		if err != nil {
			err = &brokenError{link.Key, err}
		}
	}()
	m, err := w.read(link.Key)
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
