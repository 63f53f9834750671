package workflows

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
)

// tampered is a store in which somebody has changed what lies under keys; nil is nothing there.
type tampered struct {
	objectstore.Store
	objects map[string][]byte
}

func (s tampered) Read(ctx context.Context, key string) ([]byte, error) {
	if data, changed := s.objects[key]; changed && data == nil {
		return nil, fmt.Errorf("read %s: %w", key, objectstore.ErrNotFound)
	} else if changed {
		return data, nil
	}
	return s.Store.Read(ctx, key)
}

func (s tampered) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	if data, changed := s.objects[ref.Key]; changed {
		return data, ref.Verify(data)
	}
	return s.Store.Get(ctx, ref)
}

func (s tampered) Put(ctx context.Context, data []byte) (artifact.Ref, error) {
	if old, changed := s.objects[artifact.RefOf(data).Key]; changed && !bytes.Equal(old, data) { // it is looked at, and repaired
		delete(s.objects, artifact.RefOf(data).Key)
	}
	return s.Store.Put(ctx, data)
}

func (s tampered) Create(ctx context.Context, key string, data []byte) error {
	if old, changed := s.objects[key]; changed && old == nil {
		s.objects[key] = data
		return nil
	} else if changed {
		return fmt.Errorf("create %s: %w", key, objectstore.ErrExists)
	}
	return s.Store.Create(ctx, key, data)
}

func (s tampered) List(ctx context.Context, prefix string) ([]string, error) {
	keys, err := s.Store.List(ctx, prefix)
	keys = slices.DeleteFunc(keys, func(key string) bool { data, changed := s.objects[key]; return changed && data == nil })
	for key, data := range s.objects {
		if data != nil && strings.HasPrefix(key, prefix) && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys, err
}

// forging is a run that has ended, for somebody to tamper with.
type forging struct {
	t     *testing.T
	store tampered
	run   Result
	all   []artifact.Manifest
	// other is a run of another seed on the same store.
	other []artifact.Manifest
}

func newForging(t *testing.T) *forging {
	t.Helper()
	f := &forging{t: t, store: tampered{objectstore.NewMemory(), map[string][]byte{}}}
	p := newPlace(t, f.store)
	f.run = p.mustRun(smoke(t))
	q := newPlace(t, f.store)
	q.firstRunID = "other-run-id"
	r := smoke(t)
	r.Seed++
	other := q.mustRun(r)
	var err error
	if f.all, _, err = records.All(t.Context(), f.store, f.run.Run); err == nil {
		f.other, _, err = records.All(t.Context(), f.store, other.Run)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// find is the first record of a kind, stage and step.
func find(all []artifact.Manifest, kind artifact.Kind, stage string, step int) artifact.Manifest {
	for _, m := range all {
		if m.Kind == kind && (stage == "" || m.Stage == stage) && (step < 0 || m.Step == step) {
			return m
		}
	}
	panic(fmt.Sprintf("no %s of %s, step %d", kind, stage, step))
}

// put has a forged record, whose digest fits, in the place of another or in a new one.
func (f *forging) put(key string, m artifact.Manifest) string {
	f.t.Helper()
	data, err := m.Encode()
	if err != nil {
		f.t.Fatal(err)
	}
	f.store.objects[key] = data
	return key
}

// output is m with an output of another record.
func output(m artifact.Manifest, name string, ref artifact.Ref) artifact.Manifest {
	m.Outputs = maps.Clone(m.Outputs)
	m.Outputs[name] = ref
	return m
}

// TestForged: whatever somebody changes in the store of a run that has ended, every reader refuses it by name, and the run, done
// again, ends with what it had.
func TestForged(t *testing.T) {
	for name, forge := range map[string]func(f *forging) (key string){
		"flipped byte of equal size": func(f *forging) string {
			ref := find(f.all, artifact.KindRollouts, "math", 1).Outputs[artifact.OutputRollouts]
			data, err := f.store.Store.Get(f.t.Context(), ref)
			if err != nil {
				f.t.Fatal(err)
			}
			data = bytes.Clone(data)
			data[len(data)/2] ^= 1
			f.store.objects[ref.Key] = data
			return "" // no record
		},
		"truncated blob": func(f *forging) string {
			ref := find(f.all, artifact.KindVerdicts, "math", 1).Outputs[artifact.OutputVerdicts]
			data, err := f.store.Store.Get(f.t.Context(), ref)
			if err != nil {
				f.t.Fatal(err)
			}
			f.store.objects[ref.Key] = data[:len(data)-1]
			return ""
		},
		"swapped verdicts": func(f *forging) string {
			m := find(f.all, artifact.KindVerdicts, "math", 1)
			return f.put(m.Link.Key, output(m, artifact.OutputVerdicts, find(f.all, artifact.KindVerdicts, "math", 2).Outputs[artifact.OutputVerdicts]))
		},
		"swapped batch": func(f *forging) string {
			m := find(f.all, artifact.KindUpdate, "math", 1)
			return f.put(m.Link.Key, output(m, artifact.OutputUpdate, find(f.all, artifact.KindUpdate, "math", 2).Outputs[artifact.OutputUpdate]))
		},
		"renamed output": func(f *forging) string {
			m := find(f.all, artifact.KindSFT, "sft", -1)
			m.Outputs = map[string]artifact.Ref{"weights": m.Outputs[artifact.OutputCheckpoint]}
			return f.put(m.Link.Key, m)
		},
		"forged metric": func(f *forging) string {
			m := find(f.all, artifact.KindEvaluation, "math", -1)
			m.Metrics = maps.Clone(m.Metrics)
			m.Metrics[artifact.MetricAvg] = 0.123
			return f.put(m.Link.Key, m)
		},
		"deleted manifest": func(f *forging) string {
			key := find(f.all, artifact.KindUpdate, "math", 2).Link.Key
			f.store.objects[key] = nil
			return key
		},
		"added manifest": func(f *forging) string {
			m := find(f.all, artifact.KindSFT, "sft", -1)
			m.Step, m.Outputs = 999, find(f.other, artifact.KindSFT, "sft", -1).Outputs
			return f.put(artifact.Key(m, m.Input.SHA256), m)
		},
		"forged ledger": func(f *forging) string {
			m := find(f.all, artifact.KindLedger, "math", -1)
			l := artifact.NewLedger("", m.Ledger.Links[:2])
			m.Ledger = &l
			return f.put(m.Link.Key, m)
		},
		"other recipe": func(f *forging) string {
			m, other := find(f.all, artifact.KindRecipe, "", -1), find(f.other, artifact.KindRecipe, "", -1)
			m.Input, m.Outputs = other.Input, other.Outputs
			return f.put(m.Link.Key, m)
		},
		"other data": func(f *forging) string {
			i := slices.IndexFunc(f.all, func(m artifact.Manifest) bool { return m.Kind == artifact.KindDataset && m.Name == "demonstrations" })
			j := slices.IndexFunc(f.other, func(m artifact.Manifest) bool { return m.Kind == artifact.KindDataset && m.Name == "demonstrations" })
			m := f.all[i]
			m.Outputs = f.other[j].Outputs
			return f.put(m.Link.Key, m)
		},
		"checkpoint from another run": func(f *forging) string {
			m := find(f.all, artifact.KindUpdate, "code", 2)
			return f.put(m.Link.Key, output(m, artifact.OutputCheckpoint, find(f.other, artifact.KindUpdate, "code", 2).Outputs[artifact.OutputCheckpoint]))
		},
		"record of another run": func(f *forging) string {
			key := find(f.all, artifact.KindSFT, "sft", -1).Link.Key
			return f.put(key, find(f.other, artifact.KindSFT, "sft", -1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newForging(t)
			key := forge(f)
			all, refused, err := records.All(t.Context(), f.store, f.run.Run)
			if err != nil {
				t.Fatal(err)
			}
			named := key == "" && len(refused) == 0
			for _, r := range refused {
				named = named || r.Key == key && strings.Contains(r.Why, key)
				if strings.Contains(r.Why, "\n") {
					t.Errorf("refused in several lines: %s", r.Why)
				}
			}
			if !named || slices.ContainsFunc(all, func(m artifact.Manifest) bool { return m.Link.Key == key }) {
				t.Errorf("%s is not refused: %v", key, refused)
			}
			p := newPlace(t, f.store)
			p.firstRunID = "again"
			again := smoke(t)
			again.ContinueFrom = f.run.Run.ID
			got := p.mustRun(again)
			if got.Checkpoint != f.run.Checkpoint || got.State != StateCompleted {
				t.Errorf("done again it ends %s with %s, want %s", got.State, got.Checkpoint.Short(), f.run.Checkpoint.Short())
			}
			for i, s := range got.Scores {
				if want := f.run.Scores[i]; s.Avg != want.Avg {
					t.Errorf("done again it scores %+v, want %+v", s, want)
				}
			}
			if err := records.Walk(t.Context(), f.store, got.Seal, func(l artifact.Link) error {
				m, err := records.Read(t.Context(), f.store, l.Key)
				if err == nil && m.Link != l {
					err = errors.New(l.Key + " is not what the chain names")
				}
				return err
			}); err != nil {
				t.Errorf("the chain afterwards: %v", err)
			}
		})
	}
}

// TestForgedBefore: a record that somebody puts in the place of work that is not done yet is not taken for it where it names
// what cannot be of that work.
func TestForgedBefore(t *testing.T) {
	f := newForging(t)
	for name, test := range map[string]struct {
		kind   artifact.Kind
		stage  string
		step   int
		output string
		from   artifact.Ref
	}{
		"another step's batch":     {artifact.KindUpdate, "math", 1, artifact.OutputUpdate, find(f.all, artifact.KindUpdate, "math", 2).Outputs[artifact.OutputUpdate]},
		"another run's checkpoint": {artifact.KindSFT, "sft", -1, artifact.OutputCheckpoint, find(f.other, artifact.KindSFT, "sft", -1).Outputs[artifact.OutputCheckpoint]},
		"another step's rollouts":  {artifact.KindRollouts, "math", 1, artifact.OutputRollouts, find(f.all, artifact.KindRollouts, "math", 2).Outputs[artifact.OutputRollouts]},
		"another step's verdicts":  {artifact.KindVerdicts, "math", 1, artifact.OutputVerdicts, find(f.all, artifact.KindVerdicts, "math", 2).Outputs[artifact.OutputVerdicts]},
		"the stage's last policy":  {artifact.KindCheckpoint, "", 0, artifact.OutputCheckpoint, f.run.Checkpoint},
		"what is not there":        {artifact.KindUpdate, "math", 1, artifact.OutputUpdate, artifact.RefOf([]byte("nobody has put it"))},
		"what is no such document": {artifact.KindUpdate, "math", 1, artifact.OutputUpdate, f.run.Report},
	} {
		t.Run(name, func(t *testing.T) {
			store := objectstore.NewMemory()
			for _, m := range slices.Concat(f.all, f.other) { // the blobs alone
				for _, ref := range m.Outputs {
					data, err := f.store.Get(t.Context(), ref)
					if err == nil {
						_, err = store.Put(t.Context(), data)
					}
					if err != nil {
						t.Fatal(err)
					}
				}
			}
			m := find(f.all, test.kind, test.stage, test.step)
			data, err := output(m, test.output, test.from).Encode()
			if err == nil {
				err = store.Create(t.Context(), m.Link.Key, data)
			}
			if err != nil {
				t.Fatal(err)
			}
			p := newPlace(t, store)
			if got := p.mustRun(smoke(t)); got.Checkpoint != f.run.Checkpoint {
				t.Errorf("it ends with %s, want %s", got.Checkpoint.Short(), f.run.Checkpoint.Short())
			}
			if _, err := store.Read(t.Context(), artifact.Again(m.Link.Key, 1)); err != nil {
				t.Errorf("the work is not recorded beside it: %v", err)
			}
		})
	}
}

// TestOnlyAParentBringsACheckpoint: what another recipe's run has made cannot be gone on with; only a parent names a checkpoint of
// another run, and the record of the first policy then has it as an input.
func TestOnlyAParentBringsACheckpoint(t *testing.T) {
	f := newForging(t)
	p := newPlace(t, f.store)
	p.firstRunID = "third-run-id"
	r := smoke(t)
	r.ContinueFrom = "other-run-id"
	_, err := p.run(r)
	if cause := causeOf(t, err); cause.Type() != activities.UserErrorType || !strings.HasPrefix(cause.Message(), `continue_from is "other-run-id", and that run has another recipe: seed is`) {
		t.Errorf("it is refused with %v", err)
	}
	if first := find(f.all, artifact.KindCheckpoint, "", 0); first.Inputs["parent"] != (artifact.Ref{}) {
		t.Errorf("a run without a parent begins with %+v", first.Inputs)
	}
}
