package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/reward"
	"temper/model/rollout"
)

// fitter is the input of work whose record can be held against it.
type fitter interface {
	// fits returns an error wrapping artifact.ErrCorrupt where a record cannot be of this work: another batch, or
	// another run's checkpoint.
	fits(ctx context.Context, a *Activities, m artifact.Manifest) error
}

// fits looks whether a record that was found is of the task, and whether everything that it names is there. The error
// wraps artifact.ErrCorrupt or objectstore.ErrNotFound where not; lost says that the record is true and its outputs have to be
// made again. Of what outputs name in turn, only what was once found damaged is looked at: see isLost.
func (a *Activities) fits(ctx context.Context, t task, input []byte, m artifact.Manifest) (lost bool, err error) {
	if want := artifact.RefOf(input); m.Input != want && (m.Schema > 0 || !m.Input.IsZero()) {
		return false, fmt.Errorf("%s: its input is %s, and the work's %s: %w", m.Link.Key, m.Input.Short(), want.Short(), artifact.ErrCorrupt)
	}
	if err := a.bookOf(ctx, m.Run, func(b *records.Book) error { return b.Check(m) }); err != nil {
		return false, err
	}
	group, all := errgroup.WithContext(ctx)
	group.Go(func() error { _, err := a.Store.Put(objectstore.Fresh(all), input); return err }) // it is looked at, and put back
	for _, output := range m.Outputs {
		group.Go(func() error { _, err := a.Store.Get(objectstore.Fresh(all), output); return err })
	}
	if err := group.Wait(); err != nil {
		return objectstore.IsDamage(err), err
	}
	if f, ok := t.input.(fitter); ok {
		switch err := f.fits(ctx, a, m); {
		case err == nil:
		case objectstore.IsDamage(err), objectstore.IsTransient(err), objectstore.IsRefused(err), ctx.Err() != nil:
			return false, fmt.Errorf("%s: %w", m.Link.Key, err)
		default: // an output is no such document
			return false, fmt.Errorf("%s: %w: %w", m.Link.Key, err, artifact.ErrCorrupt)
		}
	}
	return a.isLost(ctx, m)
}

// bookTime is how long a worker takes what ledgers say of a run for the newest: they are read where a record is found,
// which happens when work is done again.
const bookTime = time.Minute

// book is the newest book that a worker has opened.
type book struct {
	run    artifact.RunID
	opened time.Time
	*records.Book
}

// bookOf asks the book of a run.
func (a *Activities) bookOf(ctx context.Context, run artifact.RunID, ask func(*records.Book) error) error {
	a.books.Lock()
	defer a.books.Unlock()
	if b := &a.books.newest; b.run != run || time.Since(b.opened) > bookTime {
		opened, err := records.Open(ctx, a.Store, run)
		if err != nil {
			return err
		}
		*b = book{run, time.Now(), opened}
	}
	return ask(a.books.newest.Book)
}

func (in UpdatePolicyInput) fits(ctx context.Context, a *Activities, m artifact.Manifest) error {
	update, err := outputOf(ctx, a, m, artifact.OutputUpdate, DecodeUpdate)
	if err != nil {
		return err
	}
	if update.Schema, in.Update.Schema = 0, 0; in.Demonstrations != nil {
		update.Demonstrations = in.Update.Demonstrations
	}
	got, err := json.Marshal(update)
	if err != nil {
		return fmt.Errorf("encode update: %w", err)
	}
	want, err := json.Marshal(in.Update)
	if err != nil {
		return fmt.Errorf("encode update: %w", err)
	}
	if string(got) != string(want) {
		return fmt.Errorf("its update is of another batch or other settings than the step's: %w", artifact.ErrCorrupt)
	}
	_, ok := m.Outputs[artifact.OutputCheckpoint]
	if ok != in.Checkpoint {
		return fmt.Errorf("a checkpoint after the step is there: %t, wanted: %t: %w", ok, in.Checkpoint, artifact.ErrCorrupt)
	}
	if !ok {
		return nil
	}
	return a.isMadeOf(ctx, m, in.Policy.Then(m.Outputs[artifact.OutputUpdate]))
}

func (in SaveCheckpointInput) fits(ctx context.Context, a *Activities, m artifact.Manifest) error {
	return a.isMadeOf(ctx, m, in.Policy)
}

func (in TrainSFTInput) fits(ctx context.Context, a *Activities, m artifact.Manifest) error {
	return a.isMadeOf(ctx, m, in.Policy)
}

// outputOf reads an output that a record has to have.
func outputOf[T any](ctx context.Context, a *Activities, m artifact.Manifest, name string, decode func([]byte) (T, error)) (T, error) {
	ref, ok := m.Outputs[name]
	if !ok {
		var none T
		return none, fmt.Errorf("it has no output %s: %w", name, artifact.ErrCorrupt)
	}
	return stored(ctx, a, ref, decode)
}

// isMadeOf refuses a record whose checkpoint was not made of a policy.
func (a *Activities) isMadeOf(ctx context.Context, m artifact.Manifest, parent artifact.Policy) error {
	c, err := outputOf(ctx, a, m, artifact.OutputCheckpoint, checkpoint.Decode)
	if err != nil {
		return err
	}
	if c.Schema > 0 && c.Parent.Name() != parent.Name() { // before, it named none
		return fmt.Errorf("its checkpoint %s was made of policy %s, and the work begins with %s: %w", m.Outputs[artifact.OutputCheckpoint].Short(), c.Parent.Name(), parent.Name(), artifact.ErrCorrupt)
	}
	return nil
}

func (in GenerateRolloutsInput) fits(ctx context.Context, a *Activities, m artifact.Manifest) error {
	drawn, err := outputOf(ctx, a, m, artifact.OutputRollouts, rollout.Decode)
	if err != nil {
		return err
	}
	ok := len(drawn) == len(in.Problems)*in.Samples
	for i := 0; ok && i < len(drawn); i++ {
		ok = drawn[i].Problem == in.Problems[i/in.Samples]
	}
	if !ok {
		return fmt.Errorf("its %d rollouts are not %d of each of %d problems: %w", len(drawn), in.Samples, len(in.Problems), artifact.ErrCorrupt)
	}
	return nil
}

func (in ScoreRolloutsInput) fits(ctx context.Context, a *Activities, m artifact.Manifest) error {
	verdicts, err := outputOf(ctx, a, m, artifact.OutputVerdicts, reward.Decode)
	if err != nil {
		return err
	}
	drawn, err := a.rollouts(ctx, in.Rollouts)
	if err != nil {
		return err
	}
	ok := len(verdicts) == len(drawn)
	for i := 0; ok && i < len(drawn); i++ {
		v, r := verdicts[i], drawn[i]
		ok = v.Schema == 0 || v.Rollout == i && v.Problem == r.Problem && v.Sample == r.Sample
	}
	if !ok {
		return fmt.Errorf("its %d verdicts are not on the %d rollouts: %w", len(verdicts), len(drawn), artifact.ErrCorrupt)
	}
	return nil
}

func (in InitModelInput) fits(ctx context.Context, a *Activities, m artifact.Manifest) error {
	switch _, ok := m.Outputs[artifact.OutputVocabulary]; {
	case !ok:
		return fmt.Errorf("it has no output %s: %w", artifact.OutputVocabulary, artifact.ErrCorrupt)
	case in.Model.Served != nil:
		return nil
	case in.Parent == nil:
		return a.isMadeOf(ctx, m, artifact.Policy{})
	}
	if got := m.Outputs[artifact.OutputCheckpoint].SHA256; got != in.Parent.Checkpoint {
		return fmt.Errorf("its checkpoint is %.12s, and the parent's %.12s: %w", got, in.Parent.Checkpoint, artifact.ErrCorrupt)
	}
	return nil
}
