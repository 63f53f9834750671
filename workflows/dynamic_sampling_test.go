package workflows

import (
	"strings"
	"testing"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/objective"
	"temper/model/recipe"
)

// batchesOf are the updates of a stage with their batches, step by step.
func batchesOf(p *place, run artifact.RunID, stage string) (updates []activities.Update, batches []activities.Batch) {
	p.t.Helper()
	keys, err := p.store.List(p.t.Context(), run.Prefix())
	if err != nil {
		p.t.Fatal(err)
	}
	for _, key := range keys {
		if !strings.Contains(key, "/"+stage+"/"+string(artifact.KindUpdate)) {
			continue
		}
		data, err := p.store.Read(p.t.Context(), key)
		if err != nil {
			p.t.Fatal(err)
		}
		m, err := artifact.DecodeManifest(data)
		if err != nil {
			p.t.Fatal(err)
		}
		u, batch, err := activities.ReadUpdate(p.t.Context(), p.store, m.Outputs["update"])
		if err != nil {
			p.t.Fatal(err)
		}
		updates, batches = append(updates, u), append(batches, batch)
	}
	return updates, batches
}

// With dynamic sampling a step goes on sampling other problems until enough groups
// teach something or its bound is met, and learns from these groups alone.
func TestDynamicSampling(t *testing.T) {
	r := smoke(t)
	math := r.Stages[2].RL
	math.DynamicSampling = recipe.DynamicSampling{MaxBatches: 3}
	for name, test := range map[string]struct {
		correct func(seed uint64, updates int) bool
		batches func(n int) bool // how many a step may take
	}{
		"no group teaches":    {never, func(n int) bool { return n == 3 }},
		"some groups teach":   {func(seed uint64, _ int) bool { return seed%8 == 0 }, func(n int) bool { return n >= 1 && n <= 3 }},
		"every group teaches": {nil, func(n int) bool { return n == 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, nil)
			if p.learner.Correct = test.correct; test.correct == nil {
				p.learner.Correct = alternating()
			}
			result := p.mustRun(r)
			updates, batches := batchesOf(p, result.Run, "math")
			if len(updates) != math.Steps {
				t.Fatalf("%d updates for %d steps", len(updates), math.Steps)
			}
			for i, u := range updates {
				if n := len(u.Shards) / math.Shards; !test.batches(n) {
					t.Errorf("step %d took %d batches", i+1, n)
				}
				problems := map[int]bool{}
				for k, rollout := range batches[i].Rollouts {
					if first := rollout.Sample == 0; first && problems[rollout.Problem] {
						t.Errorf("step %d has problem %d twice", i+1, rollout.Problem)
					}
					problems[batches[i].Rollouts[k].Problem] = true
				}
				learnt := batches[i].Learnt(u)
				_, stats, err := objective.Prepare(u.Objective, learnt.Sequences(u))
				if err != nil {
					t.Fatal(err)
				}
				if teaches := len(learnt.Rollouts) < len(batches[i].Rollouts); teaches && (stats.ZeroVarianceGroups > 0 || stats.Groups > math.ProblemsPerStep) {
					t.Errorf("step %d learns from %+v", i+1, stats)
				}
				if s, err := batches[i].Signal(u, stats); err != nil || s.Rollouts != len(batches[i].Rollouts) || s.Groups != len(problems) {
					t.Errorf("step %d says of %d rollouts of %d problems: %+v", i+1, len(batches[i].Rollouts), len(problems), s)
				}
			}
		})
	}
}

// alternating calls every other response correct.
func alternating() func(uint64, int) bool {
	n := 0
	return func(uint64, int) bool { n++; return n%2 == 0 }
}
