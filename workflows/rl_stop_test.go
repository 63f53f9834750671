package workflows

import (
	"reflect"
	"strings"
	"testing"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
)

// TestStop: a stage ends at the first of its rules, with a durable policy, a record of why, and a remark.
func TestStopRules(t *testing.T) {
	for name, test := range map[string]struct {
		stop  recipe.Stop
		steps int
		says  string
	}{
		"epochs":         {recipe.Stop{Epochs: 2}, 6, "having gone through math 2 times"},
		"plateau":        {recipe.Stop{Plateau: recipe.Plateau{Window: 2, MinGain: 0.5}}, 4, "at a plateau: the mean reward of the last 2 steps, 0.0000, is less than 0.5 above that of the 2 before, 0.0000"},
		"not before":     {recipe.Stop{Plateau: recipe.Plateau{Window: 2, MinGain: 0.5, MinSteps: 7}}, 7, "at a plateau"},
		"the first":      {recipe.Stop{Epochs: 1, Plateau: recipe.Plateau{Window: 2, MinGain: 0.5}}, 3, "having gone through math 1 times"},
		"neither":        {recipe.Stop{Epochs: 9, Plateau: recipe.Plateau{Window: 2}}, 10, "the bound"},
		"without a fall": {recipe.Stop{Plateau: recipe.Plateau{Window: 4}}, 10, "the bound: no rule of stop held before (mean reward of the last 4 steps 0.0000"},
	} {
		t.Run(name, func(t *testing.T) {
			r := smoke(t)
			math := r.Stages[2].RL
			data := *r.Data[math.Data].Synthetic
			data.Count = 3 * math.ProblemsPerStep // an epoch is three steps
			r.Data[math.Data] = recipe.Dataset{Synthetic: &data}
			math.Steps, math.CheckpointEvery, math.Stop = 10, 100, test.stop
			p := newPlace(t, nil)
			p.learner.Correct = never
			result := p.mustRun(r)
			if s := p.progress().Stages[2]; s.Step != test.steps || s.Steps != 10 || !s.Done {
				t.Errorf("the stage ended %+v", s)
			}
			if text := about(result.Remarks, "math", artifact.AboutStop); !strings.Contains(text, test.says) {
				t.Errorf("the remark is %q", text)
			}
			m := p.manifest(result.Run, "math", artifact.KindDecision, test.steps)
			if len(m.Remarks) != 1 || !strings.Contains(m.Remarks[0], test.says) || m.Name != artifact.AboutStop || m.Metrics[artifact.MetricEpochs] != float64(test.steps/3) {
				t.Errorf("the record is %+v", m)
			}
			if n, err := p.learner.Updates(t.Context(), artifact.Policy{Checkpoint: result.Checkpoint}); err != nil || n != 24+test.steps+2 {
				t.Errorf("the run ends after %d updates, %v", n, err)
			}
		})
	}
}

// TestStopOverExecutions: the rewards that a plateau looks at travel from one execution to the next, and no more of them.
func TestStopOverExecutions(t *testing.T) {
	ends := func(suggest bool) StageResult {
		store := objectstore.NewMemory()
		in := stageInput(t, store, 40)
		in.Stage.RL.Stop = recipe.Stop{Plateau: recipe.Plateau{Window: 3, MinGain: 0.01, MinSteps: 12}}
		out, n := runStage(t, store, in, func(p *place) { p.env.SetContinueAsNewSuggested(suggest) })
		if suggest && n < 12 {
			t.Errorf("%d executions", n)
		}
		out.Progress.TokensPerSecond = 0
		return out
	}
	if whole, pieces := ends(false), ends(true); !reflect.DeepEqual(whole, pieces) || whole.Progress.Step >= 40 || whole.Progress.Step < 12 {
		t.Errorf("in pieces it ends\n%+v, whole\n%+v", pieces, whole)
	}
	s := &rlStage{in: RLStageInput{Stage: recipe.Stage{RL: &recipe.RL{Stop: recipe.Stop{Plateau: recipe.Plateau{Window: 3}}}}}}
	for i := range 100 {
		s.noteReward(float64(i))
	}
	if want := []float64{94, 95, 96, 97, 98, 99}; !reflect.DeepEqual(s.state.Rewards, want) {
		t.Errorf("it carries %v", s.state.Rewards)
	}
}
