package recipe

import (
	"strings"
	"testing"
)

func TestParentFaults(t *testing.T) {
	r, err := Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	whole := Parent{Run: "demo", ID: "019ad3f2-7c1e", Stage: "sft", Checkpoint: strings.Repeat("0a", 32)}
	for says, change := range map[string]func(*Parent){
		"":                                  func(*Parent) {},
		"parent.run is \"De mo\"":           func(p *Parent) { p.Run = "De mo" },
		"parent.id is missing":              func(p *Parent) { p.ID = "" },
		"parent.id is \"../x\"":             func(p *Parent) { p.ID = "../x" },
		"parent.stage is missing":           func(p *Parent) { p.Stage = "" },
		"parent.checkpoint is missing":      func(p *Parent) { p.Checkpoint = "" },
		"parent.checkpoint is \"0A\"":       func(p *Parent) { p.Checkpoint = "0A" },
		"parent.stage is \"../../another\"": func(p *Parent) { p.Stage = "../../another" },
	} {
		p := whole
		change(&p)
		r.Parent = &p
		err := r.Validate()
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
}

func TestSetParent(t *testing.T) {
	r, err := Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	for assignment, want := range map[string]Parent{
		"parent=demo@sft":                      {Run: "demo", Stage: "sft"},
		"parent=demo":                          {Run: "demo"},
		"parent={run: demo, stage: s, id: x1}": {Run: "demo", Stage: "s", ID: "x1"},
	} {
		if err := Set(&r, assignment); err != nil || *r.Parent != want {
			t.Errorf("%s: %v, error %v", assignment, r.Parent, err)
		}
	}
	if err := Set(&r, "parent.stage=math"); err != nil || r.Parent.Stage != "math" {
		t.Errorf("%v, error %v", r.Parent, err)
	}
	if err := Set(&r, "parent.stag=math"); err == nil || !strings.Contains(err.Error(), "did you mean stage?") {
		t.Error(err)
	}
}

// TestInherit: what a recipe leaves out comes from the parent's, and what it says otherwise is found.
func TestInherit(t *testing.T) {
	parent, err := Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := Encode(parent)
	if err != nil {
		t.Fatal(err)
	}
	var r Recipe
	if err := r.Inherit(recorded); err != nil {
		t.Fatal(err)
	}
	if r.Tokenizer != parent.Tokenizer || r.Model.HiddenSize != parent.Model.HiddenSize || r.Prompt.Format != parent.Prompt.Format {
		t.Errorf("inherited %+v", r)
	}
	if differences, err := r.Inherited().Disagreements(recorded); err != nil || len(differences) != 0 {
		t.Errorf("found %v, error %v", differences, err)
	}
	r.Prompt.End, r.Model.MaxPositionEmbeddings = "x", 64
	if err := r.Inherit(recorded); err != nil { // nothing is left out any more
		t.Fatal(err)
	}
	differences, err := r.Inherited().Disagreements(recorded)
	if want := `model.max_position_embeddings is 64, was 128; prompt.end is "x", was ""`; err != nil || strings.Join(differences, "; ") != want {
		t.Errorf("found %v, error %v", differences, err)
	}
}
