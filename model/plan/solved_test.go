package plan

import (
	"testing"

	"temper/model/recipe"
)

// TestSolvedByHand counts the filters of a stage that a person can: 10 steps of 4 of 12 problems are three
// epochs and a step.
func TestSolvedByHand(t *testing.T) {
	for _, test := range []struct {
		solved  recipe.Solved
		counts  map[string]float64
		sampled float64
	}{
		{recipe.Solved{Drop: recipe.SolvedEachEpoch, By: recipe.SolvedByCheckpoint, Samples: 5, MaxResponseTokens: 16, Shards: 2},
			map[string]float64{"GenerateRollouts": 6, "ScoreRollouts": 6, "SaveCheckpoint": 3, "DropSolved": 3}, 3 * 12 * 5 * 16},
		{recipe.Solved{Drop: recipe.SolvedFirstEpoch, By: recipe.SolvedByCheckpoint, Samples: 5, MaxResponseTokens: 16, Shards: 2},
			map[string]float64{"GenerateRollouts": 2, "ScoreRollouts": 2, "SaveCheckpoint": 1, "DropSolved": 1}, 12 * 5 * 16},
		{recipe.Solved{Drop: recipe.SolvedEachEpoch, By: recipe.SolvedByRollouts}, map[string]float64{"DropSolved": 3}, 0},
		{recipe.Solved{}, nil, 0},
	} {
		b := builder{in: Inputs{Assume: Assumptions{Share: 0.5, Graders: 1}}}
		acts := b.solved(recipe.Stage{Name: "code", Kind: recipe.KindRL, RL: &recipe.RL{Domain: recipe.DomainMath, Steps: 10, ProblemsPerStep: 4, Solved: test.solved}}, Data{Problems: 12, PromptTokens: 3})
		sum, most := 0.0, 0.0
		for _, a := range b.plan.Activities {
			if a.Of != "solved" || a.Count != test.counts[a.Name] {
				t.Errorf("%+v: %+v, want %g", test.solved, a, test.counts[a.Name])
			}
			sum, most = sum+a.Count, most+a.Most.Sampled
		}
		if len(b.plan.Activities) != len(test.counts) || acts != sum || most != test.sampled {
			t.Errorf("%+v: %g activities of %g, at most %g tokens, want %g", test.solved, acts, sum, most, test.sampled)
		}
	}
}
