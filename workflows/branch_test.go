package workflows

import (
	"fmt"
	"testing"

	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/recipe"
)

// TestBranchInsideAStage: a run that begins with the checkpoint of a step, and counts the steps before it as done, ends with the
// checkpoint of the run that did them all; without it has steps and data of its own.
func TestBranchInsideAStage(t *testing.T) {
	r := smoke(t)
	r.Stages[2].RL.Temperature, r.Stages[2].RL.CheckpointEvery, r.Stages[2].RL.Optimizer.State = recipe.Temperature{Value: 1}, 1, recipe.StateCarry
	store := objectstore.NewMemory()
	_, want, err := runAs(t, store, artifact.RunID{Name: "first", ID: "id-1"}, r)
	if err != nil {
		t.Fatal(err)
	}
	made, _, err := records.All(t.Context(), store, want.Run)
	if err != nil {
		t.Fatal(err)
	}
	parent := recipe.Parent{Run: "first", ID: "id-1", Stage: "math"}
	for _, m := range made {
		if m.Kind == artifact.KindUpdate && m.Stage == "math" && m.Step == 2 {
			parent.Checkpoint = m.Outputs[artifact.OutputCheckpoint].SHA256
		}
	}
	branch := r
	branch.Parent, branch.Stages = &parent, append([]recipe.Stage{}, r.Stages[2:]...)
	cut := *branch.Stages[0].RL
	branch.Stages[0].RL = &cut
	for done, same := range map[int]bool{2: true, 0: false} {
		cut.Done = done
		p, got, err := runAs(t, store, artifact.RunID{Name: fmt.Sprint("branch-", done), ID: fmt.Sprint("id-2-", done)}, branch)
		if err != nil {
			t.Fatal(err)
		}
		if (got.Checkpoint == want.Checkpoint) != same {
			t.Errorf("with %d steps done it ends with %s, the whole with %s", done, got.Checkpoint.Short(), want.Checkpoint.Short())
		}
		if n := p.completed["UpdatePolicy"]; n != cut.Steps-done+branch.Stages[1].RL.Steps {
			t.Errorf("with %d steps done it does %d", done, n)
		}
	}
}
