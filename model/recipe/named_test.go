package recipe

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestNamed(t *testing.T) {
	if got := Names(); !slices.Equal(got, []string{"acereason-1.0", "acereason-1.0-scaled", "acereason-1.1", "acereason-1.1-scaled", "acereason-1.1-seed", "acereason-1.1-seed-scaled", "code-atoms", "code-fresh", "code-rl-only", "demo", "graph-tiny", "gsm8k-stories260k", "gsm8k-tiny", "smoke"}) {
		t.Fatalf("names are %v", got)
	}
	for _, name := range Names() {
		r := named(t, name)
		if r.Name != name {
			t.Errorf("recipe %s calls itself %s", name, r.Name)
		}
		if err := withFiles(r).Validate(); err != nil {
			t.Errorf("recipe %s:\n%v", name, err)
		}
	}
	_, err := Named("demmo")
	if err == nil || err.Error() != `there is no recipe named "demmo"; did you mean demo? valid: `+strings.Join(Names(), ", ") {
		t.Fatalf("got %v", err)
	}
}

// withFiles is the recipe with a name for each file that is the user's to give.
func withFiles(r Recipe) Recipe {
	var faults *FaultsError
	if !errors.As(r.Validate(), &faults) {
		return r
	}
	for _, f := range faults.Faults {
		if f.ToGive {
			name := strings.TrimSuffix(strings.TrimPrefix(f.Field, "data."), ".uri")
			d := r.Data[name]
			d.URI = name + ".jsonl"
			r.addData(name, d)
		}
	}
	return r
}

// TestDemoOrder holds the demo to the paper's order of stages.
func TestDemoOrder(t *testing.T) {
	r := named(t, "demo")
	if got := strings.Join(r.StageNames(), " "); got != "base-text sft math-short math-longer code math-last" {
		t.Fatalf("stages are %s", got)
	}
	for _, stage := range r.Stages[2:] {
		s := stage.RL
		if want := s.Steps * s.ProblemsPerStep; r.Data[s.Data].Synthetic.Count != want {
			t.Errorf("%s draws from %d problems, wants %d", stage.Name, r.Data[s.Data].Synthetic.Count, want)
		}
	}
}

// TestFileOf: a dataset reads its own file, or that of the dataset it names.
func TestFileOf(t *testing.T) {
	r := named(t, "gsm8k-stories260k")
	for _, set := range []string{"data.train=/a", "data.test=/b"} {
		if err := Set(&r, set); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.Dataset("sentences"); got.URI != "/a" || got.Calculations.Prompt != CalculationSentence || r.Dataset("test").URI != "/b" {
		t.Errorf("sentences are %+v", got)
	}
	if err := Set(&r, "data.sentences=/c"); err != nil || r.Dataset("sentences").URI != "/c" || r.Validate() != nil {
		t.Errorf("with a file of its own: %+v, %v, %v", r.Dataset("sentences"), err, r.Validate())
	}
}
