package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/audit"
	"temper/starter/bundle"
)

// forged is a copy of what a recorded run has in the store, and of its history, for somebody to forge.
type forged struct {
	t       *testing.T
	run     artifact.RunID
	objects map[string][]byte
	history []audit.Execution
}

func (f *forged) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	data, err := f.Read(ctx, ref.Key)
	if err != nil {
		return nil, err
	}
	return data, ref.Verify(data)
}

func (f *forged) Read(_ context.Context, key string) ([]byte, error) {
	data, ok := f.objects[key]
	if !ok {
		return nil, fmt.Errorf("%s: %w", key, objectstore.ErrNotFound)
	}
	return data, nil
}

func (f *forged) List(_ context.Context, prefix string) ([]string, error) {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(f.objects)) {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

func (f *forged) Each(each func(audit.Execution) error) error {
	for _, e := range f.history {
		if err := each(e); err != nil {
			return err
		}
	}
	return nil
}

// copyOfRun is a copy of the recorded run: a real one of the recipe smoke, paused and resumed by a person.
func copyOfRun(t *testing.T) *forged {
	t.Helper()
	b, err := bundle.Open("testdata/audited.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	f := &forged{t: t, run: b.Statement.Run, objects: map[string][]byte{}}
	keys, err := b.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if f.objects[key], err = b.Read(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.History().Each(func(e audit.Execution) error { f.history = append(f.history, e); return nil }); err != nil {
		t.Fatal(err)
	}
	return f
}

// audit audits the copy.
func (f *forged) audit(history bool) audit.Report {
	f.t.Helper()
	o := audit.Options{Missing: func(err error) bool { return errors.Is(err, objectstore.ErrNotFound) }, WithoutWeights: true}
	if history {
		o.History = f
	}
	r, err := audit.Run(f.t.Context(), f, f.run, o)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// key is that of the record whose key has a text in it.
func (f *forged) key(has string) string {
	f.t.Helper()
	for _, key := range slices.Sorted(maps.Keys(f.objects)) {
		if strings.HasPrefix(key, f.run.Prefix()+has) {
			return key
		}
	}
	f.t.Fatalf("no record %s", has)
	return ""
}

func (f *forged) manifest(key string) artifact.Manifest {
	f.t.Helper()
	m, err := artifact.DecodeManifest(f.objects[key])
	if err != nil {
		f.t.Fatal(err)
	}
	return m
}

// rewrite changes a record and gives it a new digest, as a forger who knows the form does.
func (f *forged) rewrite(has string, change func(*artifact.Manifest)) string {
	f.t.Helper()
	key := f.key(has)
	m := f.manifest(key)
	change(&m)
	data, err := m.Encode()
	if err != nil {
		f.t.Fatal(err)
	}
	f.objects[key] = data
	return key
}

// put stores a blob.
func (f *forged) put(data []byte) artifact.Ref {
	ref := artifact.RefOf(data)
	f.objects[ref.Key] = data
	return ref
}

// output is the first output of a record.
func (f *forged) output(has, name string) artifact.Ref {
	f.t.Helper()
	return f.manifest(f.key(has)).Outputs[name]
}

// replaced is a stored document with some text replaced, stored.
func (f *forged) replaced(ref artifact.Ref, old, by string) artifact.Ref {
	f.t.Helper()
	text := string(f.objects[ref.Key])
	if !strings.Contains(text, old) {
		f.t.Fatalf("%s has no %s", ref.Key, old)
	}
	return f.put([]byte(strings.ReplaceAll(text, old, by)))
}

func TestRecordedRunPasses(t *testing.T) {
	r := copyOfRun(t).audit(true)
	if !r.Passed() {
		t.Fatalf("found %v", r.Findings)
	}
	if r.Final.Updates != 5 || r.Final.Segments != 6 || len(r.Final.Weights) != 1 {
		t.Errorf("the lineage has %d updates and %d segments", r.Final.Updates, r.Final.Segments)
	}
	var what []string
	for _, c := range r.Changes {
		what = append(what, c.What+" "+c.Why)
		if c.Who != "" || c.SaidToBe == "" {
			t.Errorf("%s was by %q, said to be %q: the recorded server knows no identities", c.What, c.Who, c.SaidToBe)
		}
	}
	if want := []string{"started ", "update pause look at the first stage", "update resume "}; !slices.Equal(what, want) {
		t.Errorf("changes are %q", what)
	}
	at := slices.IndexFunc(r.Datasets, func(d audit.Dataset) bool { return d.Name == "math" })
	if d := r.Datasets[at]; d.Source != "drawn for this test" || d.Licence != "CC0-1.0" || d.Kept != 16 {
		t.Errorf("data.math is %+v", d)
	}
	if len(r.Datasets) != 6 || len(r.Temperatures) != 1 || r.RecipeName != "smoke" {
		t.Errorf("%d datasets, %d temperatures, recipe %q", len(r.Datasets), len(r.Temperatures), r.RecipeName)
	}
}

// What a forger of records does is found, and by which evidence: the first that finds it also where the forger goes on
// to make all digests fit.
func TestForgeriesAreFound(t *testing.T) {
	for _, c := range []struct {
		name  string
		forge func(f *forged) (where string)
		by    []audit.Evidence
	}{
		{"flipped byte of equal size", func(f *forged) string {
			ref := f.output("math/rollouts-000001-00", artifact.OutputRollouts)
			data := slices.Clone(f.objects[ref.Key])
			data[len(data)/2] ^= 1
			f.objects[ref.Key] = data
			return ref.Key
		}, []audit.Evidence{audit.ByDigest}},
		{"truncated blob", func(f *forged) string {
			ref := f.output("math/verdicts-000001-00", artifact.OutputVerdicts)
			f.objects[ref.Key] = f.objects[ref.Key][:ref.Size/2]
			return ref.Key
		}, []audit.Evidence{audit.ByDigest}},
		{"lost blob", func(f *forged) string {
			ref := f.output("math/rollouts-000001-00", artifact.OutputRollouts)
			delete(f.objects, ref.Key)
			return ref.Key
		}, []audit.Evidence{audit.ByDigest}},
		{"changed record without a new digest", func(f *forged) string {
			key := f.key("math/update-000001")
			f.objects[key] = []byte(strings.Replace(string(f.objects[key]), `"attempt": 1`, `"attempt": 2`, 1))
			return key
		}, []audit.Evidence{audit.ByDigest}},
		{"swapped verdicts", func(f *forged) string {
			other := f.output("math/verdicts-000000-01", artifact.OutputVerdicts)
			return f.rewrite("math/verdicts-000000-00", func(m *artifact.Manifest) { m.Outputs[artifact.OutputVerdicts] = other })
		}, []audit.Evidence{audit.ByChain, audit.ByRecord, audit.ByHistory}},
		{"changed verdicts, with their count", func(f *forged) string {
			return f.rewrite("math/verdicts-000000-00", func(m *artifact.Manifest) {
				m.Outputs[artifact.OutputVerdicts] = f.replaced(m.Outputs[artifact.OutputVerdicts], `"verdict":"incorrect","score":0`, `"verdict":"correct","score":1`)
				m.Metrics[artifact.MetricCorrect], m.Metrics[artifact.MetricIncorrect], m.Metrics[artifact.MetricScore] = m.Metrics[artifact.MetricRollouts]+8, 0, 1
			})
		}, []audit.Evidence{audit.ByChain, audit.ByHistory}},
		{"swapped batch", func(f *forged) string {
			first, second := f.output("math/rollouts-000000-00", artifact.OutputRollouts), f.output("math/rollouts-000001-00", artifact.OutputRollouts)
			return f.rewrite("math/update-000001", func(m *artifact.Manifest) {
				m.Outputs[artifact.OutputUpdate] = f.replaced(m.Outputs[artifact.OutputUpdate], first.SHA256, second.SHA256)
			})
		}, []audit.Evidence{audit.ByChain, audit.ByRecord, audit.ByHistory}},
		{"renamed output", func(f *forged) string {
			return f.rewrite("sft/sft-000004", func(m *artifact.Manifest) {
				m.Outputs["policy"] = m.Outputs[artifact.OutputCheckpoint]
				delete(m.Outputs, artifact.OutputCheckpoint)
			})
		}, []audit.Evidence{audit.ByChain, audit.ByRecord}},
		{"swapped outputs", func(f *forged) string {
			return f.rewrite("math/update-000002", func(m *artifact.Manifest) {
				o := m.Outputs
				o[artifact.OutputCheckpoint], o[artifact.OutputUpdate] = o[artifact.OutputUpdate], o[artifact.OutputCheckpoint]
			})
		}, []audit.Evidence{audit.ByChain, audit.ByRecord}},
		{"forged metric that follows from the batch", func(f *forged) string {
			return f.rewrite("math/update-000001", func(m *artifact.Manifest) { m.Metrics[artifact.MetricReward] = 0.9 })
		}, []audit.Evidence{audit.ByChain, audit.ByRecord, audit.ByHistory}},
		{"forged metric that only computing gives", func(f *forged) string {
			return f.rewrite("math/update-000001", func(m *artifact.Manifest) { m.Metrics[artifact.MetricGradNorm] += 0.5 })
		}, []audit.Evidence{audit.ByChain, audit.ByHistory}},
		{"forged accuracy", func(f *forged) string {
			return f.rewrite("sft/evaluation-math", func(m *artifact.Manifest) { m.Metrics[artifact.MetricAvg] = 0.75 })
		}, []audit.Evidence{audit.ByChain, audit.ByRecord, audit.ByHistory}},
		{"deleted manifest", func(f *forged) string {
			delete(f.objects, f.key("math/rollouts-000000-00"))
			return f.key("math/verdicts-000000-00")
		}, []audit.Evidence{audit.ByLineage}},
		{"deleted manifest that nothing uses", func(f *forged) string {
			delete(f.objects, f.key("sft/evaluation-math"))
			return "history of audited/evaluation-after-sft"
		}, []audit.Evidence{audit.ByHistory}},
		{"added manifest", func(f *forged) string {
			m := f.manifest(f.key("sft/evaluation-math"))
			m.Input = f.replaced(m.Input, `"samples":2`, `"samples":3`)
			key := artifact.Key(m, m.Input.SHA256)
			data, err := m.Encode()
			if err != nil {
				f.t.Fatal(err)
			}
			f.objects[key] = data
			return key
		}, []audit.Evidence{audit.ByChain, audit.ByHistory}},
		{"edited history", func(f *forged) string {
			for i, e := range f.history {
				for j, a := range e.Activities {
					if a.Type == "UpdatePolicy" {
						f.history[i].Activities[j].Result = []byte(strings.Replace(string(a.Result), `"reward":`, `"reward":1`, 1))
						return f.key("math/update-000001")
					}
				}
			}
			return "no update"
		}, []audit.Evidence{audit.ByHistory}},
		{"other recipe", func(f *forged) string {
			key := f.key("run/recipe-")
			m := f.manifest(key)
			delete(f.objects, key)
			m.Input = f.replaced(m.Input, `"learning_rate":0.002`, `"learning_rate":0.003`)
			m.Outputs[artifact.OutputRecipe] = f.replaced(m.Outputs[artifact.OutputRecipe], `"learning_rate":0.002`, `"learning_rate":0.003`)
			data, err := m.Encode()
			if err != nil {
				f.t.Fatal(err)
			}
			f.objects[artifact.Key(m, m.Input.SHA256)] = data
			return f.key("sft/sft-000004")
		}, []audit.Evidence{audit.ByRecipe}},
		{"a stage of another length, which nobody ordered", func(f *forged) string {
			key := f.key("sft/sft-000016")
			m := f.manifest(key)
			var in activities.TrainSFTInput
			f.decode(m.Input, &in)
			in.Stage.SFT.Epochs++
			return f.replace(key, m, in)
		}, []audit.Evidence{audit.ByRecipe, audit.ByHistory}},
		{"other data", func(f *forged) string {
			f.rewrite("run/dataset-math-0", func(m *artifact.Manifest) {
				m.Outputs[artifact.OutputProblems] = f.replaced(m.Outputs[artifact.OutputProblems], `"answer":"`, `"answer":"1`)
			})
			return f.key("math/rollouts-000000-00")
		}, []audit.Evidence{audit.ByLineage}},
		{"checkpoint from another run", func(f *forged) string {
			return f.rewrite("sft/sft-000016", func(m *artifact.Manifest) {
				var c map[string]any
				if err := json.Unmarshal(f.objects[f.output("run/checkpoint-initial", artifact.OutputCheckpoint).Key], &c); err != nil {
					f.t.Fatal(err)
				}
				c["optimizer"] = c["weights"]
				data, err := json.Marshal(c)
				if err != nil {
					f.t.Fatal(err)
				}
				m.Outputs[artifact.OutputCheckpoint] = f.put(data)
			})
		}, []audit.Evidence{audit.ByChain, audit.ByRecord, audit.ByHistory}},
		{"record of another run", func(f *forged) string {
			return f.rewrite("math/update-000001", func(m *artifact.Manifest) { m.Run.ID = "another" })
		}, []audit.Evidence{audit.ByRecord}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := copyOfRun(t)
			where := c.forge(f)
			r := f.audit(true)
			for _, by := range c.by {
				if !slices.ContainsFunc(r.Findings, func(f audit.Finding) bool { return f.Evidence == by && strings.HasPrefix(f.Where, where) }) {
					t.Errorf("%s does not find it at %s; found are %v", by, where, r.Findings)
				}
			}
			if c.name != "edited history" && f.audit(false).Passed() {
				t.Error("without the history it is not found")
			}
		})
	}
}
