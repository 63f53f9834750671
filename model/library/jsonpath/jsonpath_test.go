package jsonpath

import (
	"encoding/json"
	"strings"
	"testing"
)

const row = `{"answer": 7, "reward_model": {"style": "rule", "ground_truth": "34"}, "metadata": "{\"level\": {\"n\": 3}}",
 "prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}], "generations": ["a", "b"], "none": [], "empty": {}}`

func TestFind(t *testing.T) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(row), &object); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ path, want, fault string }{
		{"answer", `7`, ""},
		{"reward_model.ground_truth", `"34"`, ""},
		{"metadata.level.n", `3`, ""},
		{"prompt[1].content", `"q"`, ""},
		{"prompt[-2].content", `"s"`, ""},
		{"prompt[role=user].content", `"q"`, ""},
		{"prompt[].role", `"system" "user"`, ""},
		{"generations[]", `"a" "b"`, ""},
		{"none[]", ``, ""},
		{"question", "", `field "question" is missing: there is no "question", but answer, empty, generations, metadata, none, prompt, reward_model`},
		{"reward_model.truth", "", `field "reward_model.truth" is missing: there is no "truth", but ground_truth, style`},
		{"empty.x", "", `field "empty.x" is missing: there is no "x" in an empty object`},
		{"answer.value", "", `field "answer.value" is missing: "value" would stand in an object, got a number`},
		{"reward_model[0]", "", `field "reward_model[0]" is missing: [0] would stand in an array, got an object`},
		{"generations[2]", "", `field "generations[2]" is missing: there is no [2] among 2`},
		{"generations[-3]", "", `field "generations[-3]" is missing: there is no [-3] among 2`},
		{"prompt[role=assistant].content", "", `field "prompt[role=assistant].content" is missing: there is no [role=assistant] among 2`},
	} {
		p, err := Parse(test.path)
		if err != nil || p.String() != test.path {
			t.Fatalf("%s: %v", test.path, err)
		}
		values, err := p.Find(object)
		var got []string
		for _, v := range values {
			got = append(got, string(v))
		}
		if strings.Join(got, " ") != test.want || err == nil && test.fault != "" || err != nil && err.Error() != test.fault {
			t.Errorf("%s: %q, %v", test.path, got, err)
		}
	}
}

func TestParse(t *testing.T) {
	for _, text := range []string{"", ".", "a.", ".a", "a..b", "[0]", "a[", "a[x]", "a[=x]", "a[0]b", "a]", " a", "a.b "} {
		if p, err := Parse(text); err == nil || !strings.Contains(err.Error(), "is no path; valid: ") {
			t.Errorf("%q is read as %+v, %v", text, p, err)
		}
	}
	for text, name := range map[string]string{"expected answer": "expected answer", "a.b": "", "a[0]": ""} {
		if p, err := Parse(text); err != nil || p.Name() != name || p.Many() {
			t.Errorf("%q: %q, %v", text, p.Name(), err)
		}
	}
	small := map[string]json.RawMessage{"a": json.RawMessage("1")}
	if p, err := Parse("$"); err != nil || p.Many() || p.Name() != "" {
		t.Errorf("$: %v", err)
	} else if values, err := p.Find(small); err != nil || len(values) != 1 || string(values[0]) != `{"a":1}` {
		t.Errorf("$ is %s, %v", values, err)
	}
	if p, err := Parse("a[].b"); err != nil || !p.Many() {
		t.Errorf("a[].b: %v", err)
	}
}
