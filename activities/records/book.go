package records

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

// ErrOutside is wrapped by errors about whole records that are not in the chain of a run that has ended: what an execution that was
// cut off or reset has left, or somebody has added. It is an artifact.ErrCorrupt too.
var ErrOutside error = outside{}

type outside struct{}

func (outside) Error() string        { return "the run ended without it" }
func (outside) Is(target error) bool { return target == artifact.ErrCorrupt }

// Book is what the ledgers and reports of a run say of its records, by which each record is judged when it is read.
type Book struct {
	store Store
	run   artifact.RunID
	keys  []string
	// ledgers and reports are those that are whole, by key; refused says of others of them why not.
	ledgers, reports map[string]artifact.Manifest
	refused          map[string]string
	// named are the SHA-256 that ledgers have for a key, each with the key of the ledger.
	named map[string]map[string]string
	// members are the links of the chains that reports seal, and ended is when the last of these reports was begun.
	members map[artifact.Link]bool
	ended   time.Time
}

// Open lists a run's records and reads its ledgers and reports.
func Open(ctx context.Context, store Store, run artifact.RunID) (*Book, error) {
	b := &Book{store: store, run: run, ledgers: map[string]artifact.Manifest{}, reports: map[string]artifact.Manifest{}, named: map[string]map[string]string{}}
	return b, b.Refresh(ctx)
}

// Keys are those of all records, in the order of artifact.ByAge.
func (b *Book) Keys() []string { return b.keys }

// Refresh takes in what has come since the book was opened.
func (b *Book) Refresh(ctx context.Context) error {
	keys, err := b.store.List(ctx, b.run.Prefix())
	if err != nil {
		return fmt.Errorf("list the records of run %s: %w", b.run.Name, err)
	}
	return b.take(ctx, keys)
}

// take reads the ledgers and reports among keys that are new.
func (b *Book) take(ctx context.Context, keys []string) error {
	b.keys = slices.SortedFunc(slices.Values(keys), artifact.ByAge)
	b.refused = map[string]string{}
	ahead := readAhead(ctx, b.store, slices.DeleteFunc(slices.Clone(b.keys), func(key string) bool {
		p, ok := artifact.ParseKey(key)
		return !ok || p.Kind != artifact.KindLedger && p.Kind != artifact.KindReport || b.ledgers[key].Kind != "" || b.reports[key].Kind != ""
	}))
	for _, key := range b.keys {
		into := b.ledgers
		switch p, ok := artifact.ParseKey(key); {
		case !ok || p.Kind != artifact.KindLedger && p.Kind != artifact.KindReport:
			continue
		case p.Kind == artifact.KindReport:
			into = b.reports
		}
		if _, known := into[key]; known {
			continue
		}
		m, err := ahead(key)
		switch {
		case objectstore.IsDamage(err):
			b.refused[key] = err.Error()
			continue
		case err != nil:
			return err
		}
		if into[key] = m; m.Ledger != nil {
			b.name(m)
		}
	}
	b.chain()
	return nil
}

// name notes what a ledger names.
func (b *Book) name(m artifact.Manifest) {
	for _, l := range m.Ledger.Links {
		if b.named[l.Key] == nil {
			b.named[l.Key] = map[string]string{}
		}
		b.named[l.Key][l.SHA256] = m.Link.Key
	}
}

// chain walks the chains that reports seal.
func (b *Book) chain() {
	b.members, b.ended = map[artifact.Link]bool{}, time.Time{}
	for _, key := range slices.Sorted(maps.Keys(b.reports)) {
		m := b.reports[key]
		if m.Seal == nil {
			continue
		}
		b.Sealed(*m.Seal, m.Work.Started)
	}
	for key := range b.refused {
		if p, _ := artifact.ParseKey(key); p.Kind == artifact.KindLedger { // what it named is not known
			b.ended = time.Time{}
		}
	}
}

// Sealed takes in that a run ended at some time, where its chain ended with seal, as its report will say.
func (b *Book) Sealed(seal artifact.Seal, at time.Time) {
	if err := (walker{b.ledger, func(l artifact.Link) error { b.members[l] = true; return nil }}).from(seal); err != nil {
		key := seal.Ledger.Key
		if broken := new(brokenError); errors.As(err, &broken) {
			key = broken.key
		}
		b.refused[key] = fmt.Sprintf("the run's chain cannot be followed: %v", err)
	} else if at.After(b.ended) {
		b.ended = at
	}
}

// Get reads a record. The error wraps artifact.ErrCorrupt where the record does not fit: itself, its key, what the ledgers
// say of it, or where no chain of a run that has ended names it; and objectstore.ErrNotFound where it is gone.
func (b *Book) Get(ctx context.Context, key string) (artifact.Manifest, error) {
	return b.Ahead(ctx, nil)(key)
}

// checked is a record that was read, if it is what Check asks for. One that does not fit and that no ledger of a run that
// has ended names was never the run's.
func (b *Book) checked(key string, m artifact.Manifest, err error) (artifact.Manifest, error) {
	switch {
	case err == nil:
		return m, b.Check(m)
	case errors.Is(err, artifact.ErrCorrupt) && !b.ended.IsZero() && len(b.named[artifact.Original(key)]) == 0:
		return m, fmt.Errorf("%w: %w", err, ErrOutside)
	}
	return m, err
}

// readsAtOnce is how many records are read side by side.
const readsAtOnce = 32

// readAhead reads records side by side, a little ahead of who asks for them, in their order.
func readAhead(ctx context.Context, store Store, keys []string) func(key string) (artifact.Manifest, error) {
	type read struct {
		m   artifact.Manifest
		err error
	}
	results, next := map[string]chan read{}, 0
	start := func() {
		if next == len(keys) {
			return
		}
		key, result := keys[next], make(chan read, 1)
		results[key] = result
		next++
		go func() {
			m, err := Read(ctx, store, key)
			result <- read{m, err}
		}()
	}
	for range min(readsAtOnce, len(keys)) {
		start()
	}
	return func(key string) (artifact.Manifest, error) {
		result, ok := results[key]
		if !ok {
			return Read(ctx, store, key)
		}
		delete(results, key)
		start()
		got := <-result
		return got.m, got.err
	}
}

// Check says what Get does of a record that has been read.
func (b *Book) Check(m artifact.Manifest) error {
	if shas := b.named[m.Link.Key]; len(shas) > 0 && shas[m.Link.SHA256] == "" {
		return fmt.Errorf("%s: it is not what was recorded, by %s: %w", m.Link.Key, slices.Sorted(maps.Values(shas))[0], artifact.ErrCorrupt)
	}
	if m.Kind != artifact.KindReport && m.Kind != artifact.KindLedger && !b.members[m.Link] && m.Work.Ended.Before(b.ended) {
		return fmt.Errorf("%s: %w: no ledger names it", m.Link.Key, ErrOutside)
	}
	return nil
}

// Refusal is a record that was refused, and why.
type Refusal struct{ Key, Why string }

// String is the refusal in one line.
func (r Refusal) String() string { return r.Why }

// Lines are refusals in words.
func Lines(refused []Refusal) []string {
	lines := make([]string, len(refused))
	for i, r := range refused {
		lines[i] = r.String()
	}
	return lines
}

// Ahead is Get for keys that are asked for in their order: they are read side by side.
func (b *Book) Ahead(ctx context.Context, keys []string) func(key string) (artifact.Manifest, error) {
	read := readAhead(ctx, b.store, slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return b.ledgers[key].Kind != "" || b.reports[key].Kind != "" }))
	return func(key string) (artifact.Manifest, error) {
		for _, m := range []artifact.Manifest{b.ledgers[key], b.reports[key]} {
			if m.Kind != "" {
				return m, nil
			}
		}
		m, err := read(key)
		return b.checked(key, m, err)
	}
}

// All reads every record of the run, in the order of Keys; work that was recorded again counts once. The refusals are the
// records that do not fit, and those that ledgers name and that are gone.
func (b *Book) All(ctx context.Context) (manifests []artifact.Manifest, refused []Refusal, err error) {
	whole, there := map[string]bool{}, map[string]bool{}
	ahead := b.Ahead(ctx, slices.DeleteFunc(slices.Clone(b.keys), func(key string) bool { return b.refused[key] != "" || artifact.Original(key) != key }))
	for _, key := range b.keys {
		if there[key] = true; whole[artifact.Original(key)] || b.refused[key] != "" { // of a record that was found damaged, and is not
			continue
		}
		m, err := ahead(key)
		switch {
		case errors.Is(err, artifact.ErrCorrupt):
			refused = append(refused, Refusal{key, err.Error()})
		case err != nil:
			return nil, nil, err
		default:
			whole[artifact.Original(key)] = true
			manifests = append(manifests, m)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(b.refused)) {
		refused = append(refused, Refusal{key, b.refused[key]})
	}
	for _, key := range slices.Sorted(maps.Keys(b.named)) {
		if !there[key] {
			refused = append(refused, Refusal{key, fmt.Sprintf("%s is gone: %s names it", key, slices.Sorted(maps.Values(b.named[key]))[0])})
		}
	}
	return manifests, refused, nil
}

// ledger is a whole ledger of the book.
func (b *Book) ledger(key string) (artifact.Manifest, error) {
	if m, ok := b.ledgers[key]; ok {
		return m, nil
	}
	return artifact.Manifest{}, fmt.Errorf("%s: %w", key, objectstore.ErrNotFound)
}
