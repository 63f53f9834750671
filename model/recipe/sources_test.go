package recipe

import (
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// sourcesOf are those of the text of a named recipe.
func sourcesOf(t *testing.T, text string) Sources {
	t.Helper()
	sources, err := SourcesOf([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return sources
}

func shown(t *testing.T, r Recipe, sources Sources) string {
	t.Helper()
	text, err := ShowYAML(r, sources)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func textOf(t *testing.T, name string) string {
	t.Helper()
	text, err := Text(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestEveryNumberHasASource: in each named recipe a source stands beside every number and every choice between ways.
func TestEveryNumberHasASource(t *testing.T) {
	for _, name := range Names() {
		tree, err := treeOf(named(t, name))
		if err != nil {
			t.Fatal(err)
		}
		sources, numbers := sourcesOf(t, textOf(t, name)), 0
		leaves(tree, "", "", func(path string, leaf *yaml.Node, _ string) {
			if isText(leaf) {
				return
			}
			if numbers++; sources[path].text == "" {
				t.Errorf("%s: no source of %s", name, path)
			}
			if sources[path].value != valueOf(leaf) {
				t.Errorf("%s: %s is %s, read as %s", name, path, valueOf(leaf), sources[path].value)
			}
		})
		if numbers < 50 {
			t.Errorf("%s: only %d numbers", name, numbers)
		}
	}
}

// TestShowYAML: what is shown is the recipe with its sources, also when it is shown again.
func TestShowYAML(t *testing.T) {
	for _, name := range Names() {
		r := named(t, name)
		sources := sourcesOf(t, textOf(t, name))
		text := shown(t, r, sources)
		again, err := Parse([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		if !reflect.DeepEqual(again, r) {
			t.Errorf("%s decodes to another recipe:\n%s", name, text)
		}
		if strings.Contains(text, ownSource) || strings.Contains(text, changedSource) {
			t.Errorf("%s has numbers without a source:\n%s", name, text)
		}
		if twice := shown(t, again, sourcesOf(t, text)); twice != text {
			t.Errorf("%s shown twice is another text:\n%s", name, twice)
		}
	}
}

func TestShowChangedAndOwnRecipes(t *testing.T) {
	r, sources := named(t, "demo"), sourcesOf(t, textOf(t, "demo"))
	for _, assignment := range []string{"stages.math-short.steps=7", "stages.sft.optimizer.schedule=constant", "data.code.synthetic.operations=[1, 2]", "stages.code.name=programs"} {
		if err := Set(&r, assignment); err != nil {
			t.Fatal(err)
		}
	}
	text := shown(t, r, sources)
	for line := range strings.Lines(text) {
		changed := strings.Contains(line, "steps: 7 ") || strings.Contains(line, "schedule: constant ") && strings.Contains(line, changedSource)
		if changed != strings.Contains(line, changedSource) {
			t.Errorf("the line %s", line)
		}
	}
	if strings.Count(text, changedSource) != 2 || !strings.Contains(text, "operations: [1, 2]") {
		t.Errorf("two values are other ones than in the text:\n%s", text)
	}
	// Without its text a recipe has no sources, but it is the same recipe.
	r.Data["code"] = Dataset{URI: "/data/on off.jsonl", Format: "problems"}
	r.Prompt = Prompt{Format: PromptPlain, Math: "yes: {question}\n#", Code: "0x1 {question}", End: "true"}
	r.Seed, r.Model.RopeTheta = maxSeed, 1e6
	text = shown(t, r, nil)
	if again, err := Parse([]byte(text)); err != nil || !reflect.DeepEqual(again, r) {
		t.Errorf("own recipe changed: %v\n%s", err, text)
	}
	if strings.Contains(text, "measured") || !strings.Contains(text, ownSource) {
		t.Error("a recipe without sources cites some")
	}
}

// TestSourcesOfGroupsAndDefaults: a group's comment holds where a number has none, and what is left out has its default's.
func TestSourcesOfGroupsAndDefaults(t *testing.T) {
	text := textOf(t, "smoke")
	for _, change := range [][2]string{
		{"guard: {action: warn, empty_steps: 5}", "# guard: "},
		{"  max_truncation: 0.5", "  # max_truncation: 0.5"},
		{"    epochs: 1\n", "    epochs: 1 # once is enough\n"},
		{"schedule: cosine", "schedule: cosine"},
	} {
		if !strings.Contains(text, change[0]) {
			t.Fatalf("smoke.yaml has no %q", change[0])
		}
		text = strings.Replace(text, change[0], change[1], 1)
	}
	sources := sourcesOf(t, text)
	for path, want := range map[string]string{
		"stages.base-text.epochs": "once is enough", "stages.sft.epochs": "as small as it gets, for tests",
		"stages.math.optimizer.beta1": "as small as it gets, for tests", "stages.math.optimizer.schedule": "", "stages.math.temperature": "",
		"data.base-text.synthetic.operations": "as small as it gets, for tests",
		"model.init.output_gain":              "synthetic task, measured in PyTorch",
		"guard.action":                        "default; ours", "guard.empty_steps": "default: policy steps in a row; ours",
		"temperature_search.max_truncation": defaultSource("temperature_search.max_truncation"),
	} {
		if got, ok := sources[path]; !ok || got.text != want {
			t.Errorf("the source of %s is %q (%v), want %q", path, got.text, ok, want)
		}
	}
	r, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if r.Guard != (Guard{GuardWarn, 5}) || r.TemperatureSearch.MaxTruncation != 0.5 {
		t.Errorf("what was left out is %+v and %v", r.Guard, r.TemperatureSearch.MaxTruncation)
	}
	if got := shown(t, r, sources); !strings.Contains(got, "# default: policy steps in a row; ours\n") {
		t.Errorf("the default has no source:\n%s", got)
	}
	if _, err := SourcesOf([]byte("stages: [")); err == nil {
		t.Error("half a text has sources")
	}
}
