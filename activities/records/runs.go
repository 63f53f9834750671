package records

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
)

// Run is what the store holds of one run.
type Run struct {
	artifact.RunID
	// Keys are those of its records.
	Keys []string
	// Began is when the recipe was recorded. Of a run whose record of the recipe
	// cannot be read it is when any other work began; zero if nothing can be read.
	Began time.Time
	// Recipe is the recorded recipe; zero where that record cannot be read.
	Recipe artifact.Ref
}

// Runs lists the runs of a name by what they recorded, the newest first.
func Runs(ctx context.Context, store Store, name string) ([]Run, error) {
	keys, err := store.List(ctx, artifact.Root+name+"/")
	if err != nil {
		return nil, fmt.Errorf("list the runs of name %s: %w", name, err)
	}
	byID := map[string]*Run{}
	for _, key := range keys {
		p, ok := artifact.ParseKey(key)
		if !ok {
			continue
		}
		if byID[p.Run.ID] == nil {
			byID[p.Run.ID] = &Run{RunID: p.Run}
		}
		byID[p.Run.ID].Keys = append(byID[p.Run.ID].Keys, key)
	}
	var runs []Run
	for _, r := range byID {
		if err := r.read(ctx, store); err != nil {
			return nil, err
		}
		runs = append(runs, *r)
	}
	slices.SortFunc(runs, func(a, b Run) int {
		if c := b.Began.Compare(a.Began); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	return runs, nil
}

// read fills in when the run began and its recipe, from the first record that
// can be read: those of the recipe first.
func (r *Run) read(ctx context.Context, store Store) error {
	isRecipe := func(key string) bool { p, _ := artifact.ParseKey(key); return p.Kind == artifact.KindRecipe }
	keys := slices.Clone(r.Keys)
	slices.SortStableFunc(keys, func(a, b string) int {
		switch {
		case isRecipe(a) == isRecipe(b):
			return artifact.ByAge(a, b)
		case isRecipe(a):
			return -1
		}
		return 1
	})
	for _, key := range keys {
		m, err := Read(ctx, store, key)
		switch {
		case errors.Is(err, artifact.ErrCorrupt), errors.Is(err, objectstore.ErrNotFound):
			continue
		case err != nil:
			return err
		}
		r.Began = m.Work.Started
		r.Recipe = m.Outputs[artifact.OutputRecipe]
		return nil
	}
	return nil
}

// Furthest is the last of the given stages, in their order, in which anything was
// trained, and the last update or policy step there; "" where there is none.
func (r Run) Furthest(stages []string) (stage string, step int) {
	best := -1
	for _, key := range r.Keys {
		p, ok := artifact.ParseKey(key)
		if !ok || p.Kind != artifact.KindSFT && p.Kind != artifact.KindUpdate {
			continue
		}
		if at := slices.Index(stages, p.Stage); at > best || at == best && at >= 0 && p.Step > step {
			best, stage, step = at, p.Stage, p.Step
		}
	}
	return stage, step
}

// Trained reports whether anything was trained, in whatever stage.
func (r Run) Trained() bool {
	return slices.ContainsFunc(r.Keys, func(key string) bool {
		p, _ := artifact.ParseKey(key)
		return p.Kind == artifact.KindSFT || p.Kind == artifact.KindUpdate
	})
}

// String says how far the run has come, for people.
func (r Run) String() string {
	return fmt.Sprintf("%s (begun %s, %d records)", r.ID, r.Began.UTC().Format("2006-01-02 15:04:05 UTC"), len(r.Keys))
}

// Differences lists the fields in which r differs from the recipe that the run
// recorded, one line each; none where that cannot be read.
func (r Run) Differences(ctx context.Context, blobs Blobs, asked recipe.Recipe) ([]string, error) {
	if r.Recipe.IsZero() {
		return nil, nil
	}
	data, err := blobs.Get(ctx, r.Recipe)
	if objectstore.IsDamage(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the recipe of run %s: %w", r.Name, err)
	}
	return recipe.Differences(data, asked)
}

// Blobs is the other part of a store that this package needs.
type Blobs interface {
	Get(ctx context.Context, ref artifact.Ref) ([]byte, error)
}

// maxListed bounds how many things one message names.
const maxListed = 5

// Few joins a list for a message of one line, and counts what is left out.
func Few(list []string) string {
	if len(list) <= maxListed {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:maxListed], ", "), len(list)-maxListed)
}
