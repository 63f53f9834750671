package workflows

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"

	"temper/model/recipe"
)

// details is the page of the running workflow, and the names of its handlers.
func (p *place) details() (string, *sdkpb.WorkflowDefinition) {
	p.t.Helper()
	value, err := p.env.QueryWorkflow("__temporal_workflow_metadata")
	if err != nil {
		p.t.Fatal(err)
	}
	var metadata sdkpb.WorkflowMetadata
	if err := value.Get(&metadata); err != nil {
		p.t.Fatal(err)
	}
	return metadata.GetCurrentDetails(), metadata.GetDefinition()
}

// TestProgressAtAnyMoment asks before anything is done, after each kind of work, and at the end.
func TestProgressAtAnyMoment(t *testing.T) {
	p := newPlace(t, nil)
	asked := 0
	var once sync.Once // before anything is done: when the first activity has begun
	p.env.SetOnActivityStartedListener(func(*activity.Info, context.Context, converter.EncodedValues) {
		once.Do(func() {
			asked++
			got := p.progress()
			if got.State != StateRunning || len(got.Stages) != 4 || got.Run.Name != testRunName {
				t.Errorf("at the start: %+v", got)
			}
			if s := got.Stages[2]; s.Name != "math" || s.Kind != recipe.KindRL || s.Steps != 3 {
				t.Errorf("the third stage is %+v", s)
			}
		})
	})
	ask := func(activity string, nth int, check func(Progress) bool) {
		p.after(activity, nth, func() {
			asked++
			if got := p.progress(); !check(got) {
				t.Errorf("after %s %d: %+v", activity, nth, got)
			}
		})
	}
	ask("PrepareData", 1, func(g Progress) bool {
		return !g.Stages[0].Done && g.Policy.Checkpoint.IsZero() && g.Stages[0].Kind == recipe.KindSFT
	})
	ask("TrainSFT", 2, func(g Progress) bool { return g.Stages[0].Step == 4 && g.Stages[0].Steps == 8 && g.Stages[0].Loss > 0 })
	ask("SummarizeEvaluation", 3, func(g Progress) bool { return g.Stages[0].Done && g.Stages[1].Done && len(g.Scores) == 2 })
	ask("UpdatePolicy", 2, func(g Progress) bool {
		s := g.Stages[2]
		return s.Step == 1 && s.Reward > 0 && s.Entropy > 0.2 && s.Temperature > 1 && s.ResponseLength > 0 && s.Tokens > 0 && s.Activity == "policy step 1"
	})
	ask("RecordTemperature", 1, func(g Progress) bool { return g.Stages[2].Activity == "searching temperature" })
	ask("WriteReport", 1, func(g Progress) bool { return g.State == StateRunning && len(g.Scores) == 8 && g.Report.IsZero() })
	p.mustRun(smoke(t))
	if asked != 7 {
		t.Errorf("asked %d times", asked)
	}
}

// TestPage: the run's page says what it does and what came out, and describes its handlers.
func TestPage(t *testing.T) {
	p := newPlace(t, nil)
	p.after("UpdatePolicy", 2, func() {
		page, definition := p.details()
		for _, want := range []string{"**running**", "| base-text ✓ | 8/8 |", "| math | 1/3 |", "| sft | math |"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q:\n%s", want, page)
			}
		}
		var names []string
		for _, u := range definition.GetUpdateDefinitions() {
			names = append(names, u.GetName())
			if u.GetDescription() == "" {
				t.Errorf("update %s has no description", u.GetName())
			}
		}
		if strings.Join(names, " ") != "approve choose end extend pause resume retune rollback skip stop" {
			t.Errorf("updates are %v", names)
		}
	})
	p.mustRun(smoke(t))
	page, _ := p.details()
	for _, want := range []string{"**completed**", "| code ✓ | 2/2 |", "| code | code |"} {
		if !strings.Contains(page, want) {
			t.Errorf("the last page lacks %q:\n%s", want, page)
		}
	}
}

// TestSearchAttributes: runs and stages can be found by what they do.
func TestSearchAttributes(t *testing.T) {
	p := newPlace(t, nil)
	p.after("TrainSFT", 1, func() {
		p.control(UpdatePause, "")
		p.env.RegisterDelayedCallback(func() { p.control(UpdateResume, "") }, time.Hour)
	})
	p.mustRun(smoke(t))
	known := SearchAttributes()
	last, states := map[string]map[string]any{}, map[any]bool{}
	for _, set := range p.attributes {
		values := map[string]any{}
		for key, value := range set.values.GetUntypedValues() {
			values[key.GetName()] = value
			if _, ok := known[key.GetName()]; !ok {
				t.Errorf("attribute %s is not among those that the namespace gets", key.GetName())
			}
		}
		if kind := set.values; set.workflow == testRunName {
			if name, _ := kind.GetKeyword(AttributeRecipe); name == "" {
				t.Errorf("the run sets %v", values)
			}
		}
		if reward, measured := values["MeanReward"]; measured && values["RecipeStage"] != "math" && values["RecipeStage"] != "code" {
			t.Errorf("%s has the reward %v in %v, which has none", set.workflow, reward, values["RecipeStage"])
		}
		last[set.workflow] = values
		if set.workflow == testRunName {
			states[values["RunState"]] = true
		}
	}
	for _, want := range []string{"running", "paused", "completed"} {
		if !states[want] {
			t.Errorf("the run was never %s: %v", want, states)
		}
	}
	if got := last[testRunName+"/math"]; got["RecipeStage"] != "math" || got["PolicyStep"] != int64(3) || got["MeanReward"].(float64) <= 0 {
		t.Errorf("the stage's own are %v", got)
	}
	if got := last[testRunName+"/sft"]; got["MeanReward"] != nil || got["Entropy"] != nil || got["Temperature"] != nil {
		t.Errorf("those of a supervised stage are %v", got)
	}
	run := last[testRunName]
	if accuracy, ok := run["AccuracyPerMille"].(int64); !ok || accuracy < 0 || accuracy > 1000 || run["TrainedTokens"].(int64) <= 0 || run["BaseModel"] != "random weights" {
		t.Errorf("the run's own are %v", run)
	}
}

// TestPassText: a benchmark without a fully graded problem has no pass@k.
func TestPassText(t *testing.T) {
	scores := []Score{{Benchmark: "math", Pass: 0.5, PassProblems: 4}, {Benchmark: "code", Pass: 0}}
	if got := scoreDetails(scores); !strings.Contains(got, "| 50.0 |") || !strings.Contains(got, "| not known |") || strings.Contains(got, "| 0.0 |") {
		t.Errorf("details are %q", got)
	}
}
