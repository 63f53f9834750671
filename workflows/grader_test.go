package workflows

import (
	"encoding/json"
	"testing"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/recipe"
)

// TestPinnedGrader: with "first" an RL stage on code asks for the grader of its first step ever after; an
// evaluation is judged by any.
func TestPinnedGrader(t *testing.T) {
	r := smoke(t)
	r.Programs.Grader = recipe.GraderFirst
	p := newPlace(t, nil)
	p.mustRun(r)
	seen := 0
	for _, m := range p.manifests() {
		if m.Kind != artifact.KindVerdicts {
			continue
		}
		data, err := p.store.Get(t.Context(), m.Input)
		if err != nil {
			t.Fatal(err)
		}
		var in activities.ScoreRolloutsInput
		if err := json.Unmarshal(data, &in); err != nil {
			t.Fatal(err)
		}
		want := ""
		if m.Stage == "code" && m.Step > 0 {
			want, seen = m.Grader, seen+1
		}
		if m.Stage != "math" && in.Programs.Grader != want {
			t.Errorf("%s step %d asks for %q, want %q", m.Stage, m.Step+1, in.Programs.Grader, want)
		}
	}
	if seen == 0 {
		t.Error("the stage on code has one step alone")
	}
}
