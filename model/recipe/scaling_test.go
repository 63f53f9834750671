package recipe

import (
	"math"
	"strings"
	"testing"
)

// scaled is a recipe with a subset as given.
func scaled(subset string) string {
	return strings.Replace(evaluated(""), "stages: [{name: measured, kind: evaluate}]", `stages:
  - {name: scaling, kind: curate, data: mine, into: some, rules: [{dedupe: {}}, {subset: {`+subset+`}}]}
  - {name: sft, kind: sft, data: some, epochs: 5, batch_size: 8, max_tokens: 768, checkpoint_every: 25, optimizer: {
       learning_rate: 0.002, schedule: cosine, warmup_steps: 20, final_fraction: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 0.00000001, weight_decay: 0, max_grad_norm: 1, state: reset}}`, 1)
}

func withExamples(text string) string {
	return strings.Replace(text, "{uri: /mine.jsonl}", "{uri: /mine.jsonl, format: acereason-sft}", 1)
}

// TestScalingPresets: the sets have the shape that the paper describes, every larger one holds the smaller
// ones, and each number has a source.
func TestScalingPresets(t *testing.T) {
	if got := strings.Join(ScalingPresets(), " "); got != "v1 v2 v3 v4 v5 v6 v7" {
		t.Fatalf("presets %s", got)
	}
	rows := func(s Subset) float64 { return float64(s.Prompts) * s.Responses }
	sets := map[string]scalingPreset{}
	var before scalingPreset
	for _, name := range ScalingPresets() {
		p, sources, _ := presetNamed(name)
		sets[name] = p
		for _, path := range []string{"math.prompts", "math.responses", "code.prompts", "code.responses"} {
			if text := strings.TrimPrefix(sources[path].text, "preset "+name+": "); text == "" {
				t.Errorf("%s: no source of %s", name, path)
			}
		}
		for _, pair := range [][2]Subset{{before.Math, p.Math}, {before.Code, p.Code}} {
			if pair[1].Prompts < pair[0].Prompts || pair[1].Responses < pair[0].Responses {
				t.Errorf("%s: %+v does not hold %+v", name, pair[1], pair[0])
			}
		}
		if one := name <= "v4"; one != (p.Math.Responses == 1 && p.Code.Responses == 1) {
			t.Errorf("%s: %+v", name, p)
		}
		before = p
	}
	if p := sets["v1"]; rows(p.Math) != 18e3 || rows(p.Code) != 18e3 {
		t.Errorf("v1 is %+v", p)
	}
	if grown := sets["v4"].Math.Prompts - sets["v3"].Math.Prompts; grown != 16000 {
		t.Errorf("v4 has %d more math prompts than v3", grown)
	}
	v6, v7 := sets["v6"], sets["v7"]
	if v7.Math.Prompts+v7.Code.Prompts != 383000 || math.Abs(rows(v7.Math)-1.2e6) > 1e3 || math.Abs(rows(v7.Code)-1.0e6) > 1e3 {
		t.Errorf("v7 is %+v", v7)
	}
	if v6.Math.Prompts != v7.Math.Prompts || v6.Code.Prompts != v7.Code.Prompts || math.Abs(v7.Math.Responses/v6.Math.Responses-2) > 0.01 || math.Abs(v7.Code.Responses/v6.Code.Responses-2) > 0.01 {
		t.Errorf("v7 has not twice v6's responses: %+v, %+v", v6, v7)
	}
}

// TestPresetOfSubset: what the recipe gives holds, the rest is the preset's, a fraction scales its prompts, and
// what is shown says so.
func TestPresetOfSubset(t *testing.T) {
	for given, want := range map[string]Subset{
		"preset: v1, domain: math":                  {Preset: "v1", Domain: DomainMath, Prompts: 18000, Responses: 1},
		"preset: v7, domain: code, fraction: 0.001": {Preset: "v7", Domain: DomainCode, Fraction: 0.001, Prompts: 136, Responses: 7.35},
		"preset: v4, domain: math, responses: 3":    {Preset: "v4", Domain: DomainMath, Prompts: 88000, Responses: 3},
		"preset: v1, domain: math, fraction: 1e-9":  {Preset: "v1", Domain: DomainMath, Fraction: 1e-9, Prompts: 1, Responses: 1},
	} {
		r, err := Decode([]byte(withExamples(scaled(given))))
		if err != nil {
			t.Fatalf("%s: %v", given, err)
		}
		if got := *r.Stages[0].Curate.Rules[1].Subset; got != want {
			t.Errorf("%s: %+v, want %+v", given, got, want)
		}
	}
	text := withExamples(scaled("preset: v7, domain: math, fraction: 0.01"))
	r, err := Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got := shown(t, r, sourcesOf(t, text))
	for _, part := range []string{"prompts: 2470 # 0.01 of preset v7: AceReason-Nemotron 1.1 §2: 247K math", "responses: 4.86 # preset v7: 1.2M rows of math"} {
		if !strings.Contains(strings.Join(strings.Fields(got), " "), part) {
			t.Errorf("no %q in\n%s", part, got)
		}
	}
	if twice := shown(t, r, sourcesOf(t, got)); twice != got {
		t.Errorf("shown twice:\n%s", twice)
	}
	for _, assignment := range []string{"stages.scaling.rules[1].subset.preset=v6", "stages.scaling.rules[1].subset.domain=code", "stages.scaling.rules[1].subset.fraction=0.5"} {
		if err := Set(&r, assignment); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := *r.Stages[0].Curate.Rules[1].Subset, (Subset{"v6", DomainCode, 0.5, 68000, 3.68}); got != want {
		t.Errorf("set: %+v, want %+v", got, want)
	}
}

func TestSubsetFaults(t *testing.T) {
	const at = "stages[0].rules[1].subset"
	for given, want := range map[string]string{
		"preset: v8, domain: math":                at + `.preset is "v8"; did you mean v1? valid: v1, v2, v3, v4, v5, v6, v7`,
		"preset: v1":                              at + `.domain is ""; valid: math, code`,
		"preset: v1, domain: activity":            at + `.domain is "activity"; valid: math, code`,
		"preset: v1, domain: math, fraction: 1.5": at + `.fraction is 1.5; valid: above 0, at most 1, or absent`,
		"preset: v1, domain: math, fraction: -1":  at + `.fraction is -1; valid: above 0, at most 1, or absent`,
		"prompts: 3, fraction: 0.5":               at + `.fraction is 0.5; valid: absent without preset`,
		"prompts: 3, domain: math":                at + `.domain is "math"; valid: absent without preset`,
		"responses: 0.5":                          at + `.responses is 0.5; valid: at least 1, or absent`,
		"prompts: -1":                             at + `.prompts is -1; valid: at least 0`,
	} {
		_, err := Decode([]byte(withExamples(scaled(given))))
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", given, err, want)
		}
	}
}
