package recompute

import (
	"context"
	"errors"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/reward/domain"
	"temper/model/tokenizer"
)

var testRun = artifact.RunID{Name: "test", ID: "0001"}

// forgedStore is a store in which a forger has put other documents in the place of some.
type forgedStore struct {
	objectstore.Store
	documents map[string][]byte
}

func (f forgedStore) Read(ctx context.Context, key string) ([]byte, error) {
	if data, ok := f.documents[key]; ok {
		return data, nil
	}
	return f.Store.Read(ctx, key)
}

// recordWork does some work in a store: a dataset, the first policy, a shard of rollouts and the verdicts on it.
func recordWork(t *testing.T, store objectstore.Store) {
	t.Helper()
	acts := testActivities(store)
	_, vocabulary, err := activities.PutVocabulary(t.Context(), store, mustTokenizer(t), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	err = asActivity(t.Context(), func(ctx context.Context) error {
		data, err := acts.PrepareData(ctx, activities.PrepareDataInput{
			Run: testRun, Name: "math", Dataset: recipe.Dataset{Synthetic: &recipe.Synthetic{Kind: recipe.Problems, Count: 8, Operations: []int{2}}}, Seed: 1,
			Prompt: recipe.Prompt{Format: recipe.PromptTokens}, Vocabulary: vocabulary, Domain: recipe.DomainMath, MaxPromptTokens: 48,
		})
		if err != nil {
			return err
		}
		first, err := acts.InitModel(ctx, activities.InitModelInput{Run: testRun, Model: recipe.Model{HiddenSize: 8}, Tokenizer: tokenizer.Synthetic, Seed: 1})
		if err != nil {
			return err
		}
		in := activities.GenerateRolloutsInput{
			Run: testRun, Stage: "math", Seed: 1, Vocabulary: vocabulary, Policy: first.Policy, Dataset: data.Problems, Problems: []int{0, 3}, Samples: 2,
		}
		in.Sampling.Temperature, in.Sampling.TopP, in.Sampling.MaxResponseTokens = 1, 1, 16
		sampled, err := acts.GenerateRollouts(ctx, in)
		if err != nil {
			return err
		}
		_, err = acts.ScoreRollouts(ctx, activities.ScoreRolloutsInput{
			Run: testRun, Stage: "math", Domain: recipe.DomainMath, Vocabulary: vocabulary, Dataset: data.Problems, Rollouts: sampled.Rollouts,
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func mustTokenizer(t *testing.T) tokenizer.Tokenizer {
	t.Helper()
	tok, err := tokenizer.New(tokenizer.Synthetic)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func testActivities(store objectstore.Store) *activities.Activities {
	return &activities.Activities{Store: store, Learner: learnertest.New(store), Sources: learnertest.Sources{}, CPU: activities.NewCPUMeter(), Device: "cpu", Numerics: 2}
}

func newRecomputer(below objectstore.Store) *Recomputer {
	over := objectstore.NewOverlay(below)
	return &Recomputer{Activities: testActivities(over), Over: over, OpenSandbox: func(context.Context) (domain.Sandbox, error) { return nil, errors.New("no wall") }}
}

func keysOf(t *testing.T, store objectstore.Store, prefix string) []string {
	t.Helper()
	keys, err := store.List(t.Context(), prefix)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestSameWorkGivesTheSame(t *testing.T) {
	store := objectstore.NewMemory()
	recordWork(t, store)
	before := keysOf(t, store, "")
	r := newRecomputer(store)
	keys := keysOf(t, store, testRun.Prefix())
	if len(keys) != 4 {
		t.Fatalf("recorded are %v", keys)
	}
	for _, key := range keys {
		done, err := r.Do(t.Context(), key)
		if err != nil || !done.Done || !done.Same {
			t.Errorf("%s: %+v, error %v", key, done, err)
		}
	}
	if after := keysOf(t, store, ""); len(after) != len(before) {
		t.Errorf("the store had %d objects and has %d", len(before), len(after))
	}
}

func TestOtherWorkDiffers(t *testing.T) {
	store := objectstore.NewMemory()
	recordWork(t, store)
	for _, c := range []struct {
		name, prefix string
		change       func(*artifact.Manifest)
		done         bool
		why          string
	}{
		{"forged metric", "math/rollouts", func(m *artifact.Manifest) { m.Metrics[artifact.MetricEntropy]++ }, true, "entropy is "},
		{"forged output", "math/verdicts", func(m *artifact.Manifest) {
			m.Outputs[artifact.OutputVerdicts] = artifact.RefOf([]byte("others"))
		}, true, "output verdicts is "},
		{"another device", "math/rollouts", func(m *artifact.Manifest) { m.Work.Device = "NVIDIA H100" }, false, "it was computed on NVIDIA H100, and this worker computes on cpu"},
		{"other numerics", "math/rollouts", func(m *artifact.Manifest) { m.Work.Numerics = 0 }, false, "it was computed with numerics 1, and this worker's are 2"},
		{"not deterministic", "math/verdicts", func(m *artifact.Manifest) { m.Unrepeatable = true }, false, "a reward that is not deterministic"},
		{"a record that belongs elsewhere", "math/verdicts", func(m *artifact.Manifest) { m.Input = artifact.RefOf([]byte("{}")) }, false, "its input is 44136fa355b3, and the key's"},
		{"programs without a wall", "math/verdicts", func(m *artifact.Manifest) { m.Grader = "code/4 sandbox/5" }, false, "no program can be judged here: no wall"},
		{"another grader", "math/verdicts", func(m *artifact.Manifest) {
			m.Grader = "math/0"
			m.Outputs[artifact.OutputVerdicts] = artifact.RefOf([]byte("others"))
		}, false, "it was judged by math/0, and here judges math/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			key := keysOf(t, store, testRun.Prefix()+c.prefix)[0]
			data, err := store.Read(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			m, err := artifact.DecodeManifest(data)
			if err != nil {
				t.Fatal(err)
			}
			c.change(&m)
			if data, err = m.Encode(); err != nil {
				t.Fatal(err)
			}
			done, err := newRecomputer(forgedStore{store, map[string][]byte{key: data}}).Do(t.Context(), key)
			if err != nil || done.Same || done.Done != c.done || !strings.Contains(done.Why, c.why) {
				t.Errorf("%+v, error %v", done, err)
			}
		})
	}
}
