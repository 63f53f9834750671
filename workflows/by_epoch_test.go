package workflows

import (
	"testing"

	"temper/model/recipe"
)

// TestByEpoch: group size and temperature follow the epochs of the stage's dataset; the last setting stays.
func TestByEpoch(t *testing.T) {
	r := smoke(t)
	math := r.Stages[2].RL
	data := r.Data[math.Data]
	drawn := *data.Synthetic
	drawn.Count = 2 * math.ProblemsPerStep // an epoch is two steps
	data.Synthetic = &drawn
	r.Data[math.Data] = data
	math.Steps, math.GroupSize, math.Temperature = 6, 2, recipe.Temperature{Value: 0.9}
	math.ByEpoch = []recipe.EpochSettings{{Temperature: 0.6}, {GroupSize: 4}}
	p := newPlace(t, nil)
	result := p.mustRun(r)
	updates, batches := batchesOf(p, result.Run, "math")
	if len(updates) != 6 {
		t.Fatalf("%d updates", len(updates))
	}
	for i, u := range updates {
		size, temperature := 2, 0.6
		if i >= 2 {
			size, temperature = 4, 0.9
		}
		if got := len(batches[i].Rollouts); got != size*math.ProblemsPerStep || u.Temperature != temperature {
			t.Errorf("step %d has %d rollouts at temperature %g, want %d at %g", i+1, got, u.Temperature, size*math.ProblemsPerStep, temperature)
		}
	}
	if shown := p.progress().Stages[2].Temperature; shown != 0.9 {
		t.Errorf("the last temperature shown is %g", shown)
	}
}
