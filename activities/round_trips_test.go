package activities_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/temperature"
)

// distant is a store each of whose round trips takes a second: as many as package s3 makes for a blob or document that is
// not there yet.
type distant struct {
	objectstore.Store
	requests *atomic.Int64
}

func (d distant) trip() {
	d.requests.Add(1)
	time.Sleep(time.Second)
}

func (d distant) Write(ctx context.Context, data []byte) (artifact.Ref, func(context.Context) error, error) {
	d.trip()
	ref, err := d.Store.Put(ctx, data)
	return ref, func(context.Context) error { d.trip(); return nil }, err
}

func (d distant) Put(ctx context.Context, data []byte) (artifact.Ref, error) {
	ref, look, err := d.Write(ctx, data)
	if err != nil {
		return ref, err
	}
	return ref, look(ctx)
}

func (d distant) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	d.trip()
	return d.Store.Get(ctx, ref)
}

func (d distant) Create(ctx context.Context, key string, data []byte) error {
	d.trip()
	return d.Store.Create(ctx, key, data)
}

func (d distant) Read(ctx context.Context, key string) ([]byte, error) {
	d.trip()
	return d.Store.Read(ctx, key)
}

func (d distant) List(ctx context.Context, prefix string) ([]string, error) {
	d.trip()
	return d.Store.List(ctx, prefix)
}

// TestRoundTrips: an activity waits for three round trips to its store at most, one after the other: for the look whether it is done
// and what its input names, for its blobs, and for its manifest. The worker has the policy and the vocabulary, as between
// two steps, and everything else was made by others. (A run's report, which reads all of its records, takes more.)
func TestRoundTrips(t *testing.T) {
	memory := objectstore.NewMemory()
	others := newPlace(t, memory)
	_, final := smallRun(others)
	generate := generateInput(others, []int{0, 1, 2}, 2)
	generate.Step = 40
	update := updateInput(others, final, 7)
	checkpointed := update
	checkpointed.Checkpoint = true
	score := activities.ScoreRolloutsInput{
		Run: testRun, Stage: "math", Step: 41, Domain: recipe.DomainMath, Vocabulary: others.vocabulary("synthetic"), Dataset: generate.Dataset, Rollouts: update.Update.Shards[0].Rollouts,
	}
	summarize := activities.SummarizeEvaluationInput{Run: testRun, After: "math", Benchmark: "other", Samples: 4, Shards: activities.ListOf(update.Update.Shards...)}
	segment, prepare := sftInput(others), others.prepareInput(smoke(t), "math")
	segment.Seed, prepare.Seed = 99, 99
	var links []artifact.Link
	for key, m := range others.manifests(testRun) {
		data, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		links = append(links, artifact.LinkOf(key, data))
	}
	for name, test := range map[string]func(p *place) error{
		"RecordRecipe": func(p *place) error {
			_, err := do(p, p.acts.RecordRecipe, activities.RecordRecipeInput{Run: artifact.RunID{Name: "new", ID: "1"}, Recipe: smoke(t)})
			return err
		},
		"GenerateRollouts":               func(p *place) error { _, err := do(p, p.acts.GenerateRollouts, generate); return err },
		"ScoreRollouts":                  func(p *place) error { _, err := do(p, p.acts.ScoreRollouts, score); return err },
		"UpdatePolicy":                   func(p *place) error { _, err := do(p, p.acts.UpdatePolicy, update); return err },
		"UpdatePolicy with a checkpoint": func(p *place) error { _, err := do(p, p.acts.UpdatePolicy, checkpointed); return err },
		"SaveCheckpoint": func(p *place) error {
			_, err := do(p, p.acts.SaveCheckpoint, activities.SaveCheckpointInput{Run: testRun, Stage: "math", Step: 99, Policy: final})
			return err
		},
		"TrainSFT":            func(p *place) error { _, err := do(p, p.acts.TrainSFT, segment); return err },
		"SummarizeEvaluation": func(p *place) error { _, err := do(p, p.acts.SummarizeEvaluation, summarize); return err },
		"RecordDecision": func(p *place) error {
			_, err := do(p, p.acts.RecordDecision, activities.RecordDecisionInput{Run: testRun, Stage: "math", About: artifact.AboutStop, Text: "it ends"})
			return err
		},
		"RecordTemperature": func(p *place) error {
			_, err := do(p, p.acts.RecordTemperature, activities.RecordTemperatureInput{Run: testRun, Stage: "math", Chosen: temperature.Measurement{Temperature: 1}})
			return err
		},
		"WriteLedger": func(p *place) error {
			_, err := do(p, p.acts.WriteLedger, activities.WriteLedgerInput{Run: testRun, Stage: "math", Number: len(links), Ledger: artifact.NewLedger("", links)})
			return err
		},
		"PrepareData": func(p *place) error { _, err := do(p, p.acts.PrepareData, prepare); return err },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var requests atomic.Int64
				p := newPlace(t, objectstore.NewOverlap(distant{memory, &requests}))
				p.vocabulary("synthetic")
				for _, policy := range []artifact.Policy{final, generate.Policy, update.Policy, segment.Policy} {
					if _, err := p.learner.Updates(context.Background(), policy); err != nil {
						t.Fatal(err)
					}
				}
				requests.Store(0)
				began := time.Now()
				if err := test(p); err != nil {
					t.Fatal(err)
				}
				trips := int(time.Since(began) / time.Second)
				t.Logf("%d requests in %d round trips", requests.Load(), trips)
				if trips > 3 {
					t.Errorf("%d round trips one after the other", trips)
				}
			})
		})
	}
}

// TestRequestsOfAStep: a policy step with one shard, all on one worker, makes so many requests, three activities of three
// round trips each.
func TestRequestsOfAStep(t *testing.T) {
	memory := objectstore.NewMemory()
	others := newPlace(t, memory)
	_, policy := smallRun(others)
	generate, update := generateInput(others, []int{0, 1}, 4), updateInput(others, policy, 7)
	generate.Policy, generate.Step = policy, 40
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int64
		p := newPlace(t, objectstore.NewOverlap(distant{memory, &requests}))
		vocabulary := p.vocabulary("synthetic")
		if _, err := p.learner.Updates(context.Background(), policy); err != nil {
			t.Fatal(err)
		}
		p.get(generate.Dataset)
		requests.Store(0)
		began := time.Now()
		drawn := must(p, p.acts.GenerateRollouts, generate).Rollouts
		judged := must(p, p.acts.ScoreRollouts, activities.ScoreRolloutsInput{
			Run: testRun, Stage: "math", Step: 40, Domain: recipe.DomainMath, Vocabulary: vocabulary, Dataset: generate.Dataset, Rollouts: drawn,
		}).Verdicts
		update.Update.Shards = []activities.ScoredShard{{Rollouts: drawn, Verdicts: judged}}
		must(p, p.acts.UpdatePolicy, update)
		trips := int(time.Since(began) / time.Second)
		t.Logf("%d requests in %d round trips", requests.Load(), trips)
		if requests.Load() > 19 || trips > 9 {
			t.Errorf("%d requests, at most 19; %d round trips, at most 9", requests.Load(), trips)
		}
	})
}
