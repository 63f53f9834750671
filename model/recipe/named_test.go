package recipe

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestNamed(t *testing.T) {
	if got := Names(); !slices.Equal(got, []string{"demo", "gsm8k-stories260k", "gsm8k-tiny", "smoke"}) {
		t.Fatalf("names are %v", got)
	}
	for _, name := range Names() {
		r := named(t, name)
		if r.Name != name {
			t.Errorf("recipe %s calls itself %s", name, r.Name)
		}
		if strings.HasPrefix(name, "gsm8k-") {
			for _, data := range []string{"train", "test"} {
				if err := Set(&r, "data."+data+"="+data+".jsonl"); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := r.Validate(); err != nil {
			t.Errorf("recipe %s:\n%v", name, err)
		}
	}
	_, err := Named("demmo")
	if err == nil || err.Error() != `there is no recipe named "demmo"; did you mean demo? valid: `+strings.Join(Names(), ", ") {
		t.Fatalf("got %v", err)
	}
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

// TestShowYAML: what is shown is the recipe, and every number and choice has a source.
func TestShowYAML(t *testing.T) {
	for _, name := range Names() {
		r := named(t, name)
		shown := ShowYAML(r)
		again, err := Parse(shown)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, shown)
		}
		if !reflect.DeepEqual(again, r) {
			t.Errorf("%s decodes to another recipe:\n%s", name, shown)
		}
		for line := range strings.Lines(string(shown)) {
			_, value, _ := strings.Cut(line, ": ")
			_, comment, ok := strings.Cut(value, "  # ")
			hasNumber := strings.ContainsAny(strings.TrimSpace(value), "0123456789") && !strings.HasPrefix(value, "gsm8k") && !strings.Contains(value, "/")
			if hasNumber && (!ok || comment == "") {
				t.Errorf("%s: no source: %s", name, line)
			}
			if strings.Contains(comment, ownSource) || strings.Contains(comment, changedSource) {
				t.Errorf("%s: no source of its own: %s", name, line)
			}
		}
	}
}

func TestShowYAMLOfChangedAndOwnRecipes(t *testing.T) {
	r := named(t, "demo")
	r.Stages[2].RL.Steps = 7
	if shown := string(ShowYAML(r)); strings.Count(shown, changedSource) != 1 || !strings.Contains(shown, "steps: 7 ") {
		t.Errorf("one value was changed:\n%s", shown)
	}
	r.Name = "mine"
	r.Data["code"] = Dataset{URI: "/data/on off.jsonl", Format: "problems"}
	shown := ShowYAML(r)
	if again, err := Parse(shown); err != nil || !reflect.DeepEqual(again, r) {
		t.Errorf("own recipe changed: %v", err)
	}
	if strings.Contains(string(shown), "measured") {
		t.Error("a recipe of another name cites the demo's sources")
	}
}

func TestEverySourceIsUsed(t *testing.T) {
	used := map[source]bool{}
	for _, name := range Names() {
		collector := shower{}
		collector.structure(reflect.ValueOf(named(t, name)), "", "", "")
		for _, line := range collector.lines {
			text := sourceOf(sourcesOf(name), line.path)
			for _, s := range sourcesOf(name) {
				if s.text == text && matches(s.pattern, line.path) {
					used[s] = true
				}
			}
		}
	}
	for _, list := range [][]source{commonSources, demoSources, gsm8kSources, stories260kSources, smokeSources} {
		for _, s := range list {
			if !used[s] {
				t.Errorf("source %s explains nothing", s.pattern)
			}
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
