package workflows

import (
	"slices"
	"testing"

	"temper/model/recipe"
)

// TestDataPosition: a stage that carries its position draws the problems that the stage before it with the same data had left of
// its epoch, and counts its epochs from there; one that does not draws in an order of its own.
func TestDataPosition(t *testing.T) {
	r := smoke(t)
	first, second := r.Stages[2].RL, *r.Stages[2].RL
	data := *r.Data[first.Data].Synthetic
	data.Count = 5 * first.ProblemsPerStep // an epoch is five steps
	r.Data[first.Data] = recipe.Dataset{Synthetic: &data}
	first.Steps, second.Steps, second.DataPosition = 2, 9, recipe.StateCarry
	second.Stop = recipe.Stop{Epochs: 1}
	r.Stages = append(r.Stages[:3:3], recipe.Stage{Name: "between", Kind: recipe.KindEvaluate, Evaluate: &recipe.Evaluate{}}, recipe.Stage{Name: "again", Kind: recipe.KindRL, RL: &second})
	drawn := func(r recipe.Recipe) (first, second []int) {
		p := newPlace(t, nil)
		p.env.SetCurrentHistoryLength(0)
		result := p.mustRun(r)
		for i, stage := range []string{"math", "again"} {
			_, batches := batchesOf(p, result.Run, stage)
			var problems []int
			for _, b := range batches {
				for _, rollout := range b.Rollouts {
					if n := len(problems); n == 0 || problems[n-1] != rollout.Problem {
						problems = append(problems, rollout.Problem)
					}
				}
			}
			if i == 0 {
				first = problems
			} else {
				second = problems
			}
		}
		return first, second
	}
	per := first.ProblemsPerStep
	a, b := drawn(r)
	if len(a) != 2*per || len(b) != 5*per {
		t.Fatalf("the stages drew %d and %d problems", len(a), len(b))
	}
	epoch := slices.Concat(a, b[:3*per])
	slices.Sort(epoch)
	if len(slices.Compact(epoch)) != 5*per {
		t.Errorf("the second stage does not draw what the first has left of its epoch: %v, then %v", a, b)
	}
	second.DataPosition = ""
	if _, own := drawn(r); slices.Equal(own, b) {
		t.Error("with and without its position carried the stage draws the same")
	}
}
