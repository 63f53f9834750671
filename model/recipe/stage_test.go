package recipe

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// TestStagesAnyOrder: stages of all kinds in any order are a recipe, and come back from JSON and YAML as they were.
func TestStagesAnyOrder(t *testing.T) {
	r := named(t, "smoke")
	before := Stage{Name: "before", Kind: KindEvaluate, Evaluate: &Evaluate{}}
	again := r.Stages[1]
	again.Name = "again"
	r.Stages = []Stage{before, r.Stages[2], r.Stages[1], r.Stages[3], again}
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	data, err := Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"JSON": data, "YAML": []byte(shown(t, r, nil))} {
		if back, err := Decode(text); err != nil || !reflect.DeepEqual(back, r) {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	if first, _ := json.Marshal(r.Stages[0]); string(first) != `{"name":"before","kind":"evaluate"}` {
		t.Errorf("an evaluation is %s", first)
	}
	second, _ := json.Marshal(r.Stages[1])
	if !strings.HasPrefix(string(second), `{"name":"math","kind":"rl","domain":"math",`) || strings.Contains(string(second), "sft") {
		t.Errorf("a stage is %s", second)
	}
}

// TestStageKeysByKind: a stage has the keys of its kind and no others.
func TestStageKeysByKind(t *testing.T) {
	text := demoYAML(t)
	for _, change := range [][2]string{
		{"    epochs: 1\n", "    epochs: one\n    group_size: 8\n    optimiser: {}\n"},
		{"    steps: 30\n", "    steps: 30\n    epochs: 1\n"},
		{"  - name: math-last\n    kind: rl\n", "  - name: math-last\n    kind: lr\n    colour: red\n"},
	} {
		if !strings.Contains(text, change[0]) {
			t.Fatalf("demo.yaml has no %q", change[0])
		}
		text = strings.Replace(text, change[0], change[1], 1)
	}
	const sftKeys = "name, kind, approval, data, from, epochs, batch_size, max_tokens, optimizer, checkpoint_every, evaluate_every, evaluate_on, hand_on"
	_, err := Decode([]byte(text))
	wantLines(t, err,
		"stages[0].group_size is a field of kind rl, but the kind is sft; valid: "+sftKeys,
		"stages[0].optimiser is unknown; did you mean optimizer? valid: "+sftKeys,
		"stages[2].epochs is a field of kind sft, but the kind is rl; valid: "+strings.Join(stageKeys(KindRL), ", "),
		`stages[0].epochs is "one"; valid: a whole number`,
	)
	_, err = Decode([]byte(strings.Replace(text, "epochs: one", "epochs: 1", 1)))
	if err == nil || !strings.HasSuffix(err.Error(), `stages[5].kind is "lr"; did you mean rl? valid: sft, rl, evaluate, collect, curate, teach`) {
		t.Errorf("an unknown kind: %v", err)
	}
	if _, err := Decode([]byte("stages: [[1], {kind: 3, name: x}]")); err == nil ||
		err.Error() != "stages[0] is [1]; valid: keys with values: name, kind, approval, and those of the kind\nstages[1].kind is 3; valid: text" {
		t.Errorf("no stages: %v", err)
	}
}

// TestOldLists: a recipe with the lists sft and rl gets one line that says how it is written now.
func TestOldLists(t *testing.T) {
	_, err := Decode([]byte(strings.Replace(demoYAML(t), "stages:\n", "rl: []\nsft:\n", 1)))
	wantLines(t, err, oldLists.String())
	if !strings.Contains(oldLists.String(), "stages") || !strings.Contains(oldLists.String(), "kind: sft") {
		t.Errorf("the line is %s", oldLists)
	}
	r := named(t, "demo")
	if err := Set(&r, "rl.math-short.steps=3"); err == nil || err.Error() != "set rl.math-short.steps: rl is part of stages now; valid: stages.NAME, for instance stages.math-short.steps=10" {
		t.Errorf("set: %v", err)
	}
}

// TestSetStage: the kind decides what can be set; another kind keeps what both have.
func TestSetStage(t *testing.T) {
	r := named(t, "demo")
	for assignment, want := range map[string]string{
		"stages.sft.steps=3":     "stages[1].steps is a field of kind rl, but the kind is sft; valid: ",
		"stages.code.stepz=3":    "stages[4].stepz is unknown; did you mean steps? valid: name, kind, approval, domain, ",
		"stages.code.name.x=3":   "stages[4].name has no keys below it",
		"stages.code.rl.steps=3": "stages[4].rl is unknown; ",
	} {
		if err := Set(&r, assignment); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", assignment, err, want)
		}
	}
	optimizer := r.Stages[1].SFT.Optimizer
	for _, assignment := range []string{"stages.sft.kind=rl", "stages.sft.steps=7", "stages.base-text.kind=evaluate", "stages.sft.name=first"} {
		if err := Set(&r, assignment); err != nil {
			t.Fatal(err)
		}
	}
	if s := r.Stages[1]; s.Name != "first" || s.Kind != KindRL || s.SFT != nil || s.RL.Steps != 7 || s.RL.Optimizer != optimizer || s.RL.Data != "demonstrations" {
		t.Errorf("the stage became %+v", s)
	}
	if s := r.Stages[0]; !reflect.DeepEqual(s, Stage{Name: "base-text", Kind: KindEvaluate, Evaluate: &Evaluate{}}) {
		t.Errorf("the stage became %+v", s)
	}
}
