package workflows

import (
	"errors"
	"testing"

	"go.temporal.io/sdk/temporal"

	"temper/model/recipe"
)

// TestCancel cancels a run at several moments: it ends as Canceled with what it had done, durable and reported, its
// attributes say so, and the same recipe goes on with it to the same end.
func TestCancel(t *testing.T) {
	whole := newPlace(t, nil)
	wantUpdates := whole.trained(whole.mustRun(smoke(t)).Checkpoint)
	for _, test := range []struct {
		name   string
		moment trigger
		// side says that other work is under way: the test environment drops what work that is cut off returns, so that its
		// record may be in no chain.
		side bool
	}{
		{"while the data are made", trigger{"PrepareData", 1}, true},
		{"in SFT", trigger{"TrainSFT", 1}, false},
		{"in the temperature search", trigger{"GenerateRollouts", 5}, true},
		{"in an RL stage", trigger{"UpdatePolicy", 1}, false},
		{"in an evaluation", trigger{"SummarizeEvaluation", 3}, true},
		{"before the report", trigger{"SummarizeEvaluation", 8}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, nil)
			r := smoke(t)
			r.Stages[2].RL.CheckpointEvery = 100 // so that a step is no checkpoint
			p.after(test.moment.activity, test.moment.nth, p.env.CancelWorkflow)
			_, err := p.run(r)
			var cancelled *temporal.CanceledError
			if !errors.As(err, &cancelled) {
				t.Fatalf("got %v, want a CanceledError", err)
			}
			var got Result
			if cancelled.HasDetails() {
				if err := cancelled.Details(&got); err != nil {
					t.Fatal(err)
				}
			}
			end := p.progress()
			if got.State != StateCancelled || end.State != StateCancelled || len(end.Policy.Updates) > 0 || got.Checkpoint != end.Policy.Checkpoint {
				t.Errorf("result %+v, state %s: %s, policy %+v", got, end.State, end.Reason, end.Policy)
			}
			if test.name != "while the data are made" {
				p.checkReport(got)
				if !test.side {
					p.allInChain(got)
				}
			}
			last := map[string]any{}
			for _, set := range p.attributes {
				last[set.workflow], _ = set.values.GetKeyword(AttributeState)
			}
			for id, state := range last {
				if state != string(StateCancelled) && state != string(StateCompleted) {
					t.Errorf("%s has ended, and is shown as %v", id, state)
				}
			}
			again := newPlace(t, p.store)
			again.firstRunID = "another-run-id"
			r.ContinueFrom = p.firstRunID
			if got := again.mustRun(r); got.State != StateCompleted || again.trained(got.Checkpoint) != wantUpdates {
				t.Errorf("gone on with, it ended as %+v", got)
			}
		})
	}
}

// TestFailureIsShown: a run that fails does not look like one that runs.
func TestFailureIsShown(t *testing.T) {
	p := newPlace(t, nil)
	r := smoke(t)
	r.Data["math"] = recipe.Dataset{URI: "/none.jsonl", Format: recipe.FormatProblems}
	if _, err := p.run(r); err == nil {
		t.Fatal("it ended well")
	}
	set := p.attributes[len(p.attributes)-1]
	if state, _ := set.values.GetKeyword(AttributeState); state != string(StateFailed) {
		t.Errorf("shown as %s", state)
	}
}
