package pyliteral

import (
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"[1, -2.5, 1e5, 1., .5, 1_000]": "[1,-2.5,1e5,1.0,0.5,1000]",
		"(1,)":                          "[1]",
		"(1)":                           "1",
		"()":                            "[]",
		`{"a": [None, True], 'b': {}}`:  `{"a":[null,true],"b":{}}`,
		`"a\n\x41\u00e9\'" 'b'`:         `"a\nAé'b"`,
		"'''a\n\"b'''":                  `"a\n\"b"`,
		`'\d<'`:                         `"\\d<"`,
		"[ # one\n 1,\n]":               "[1]",
	} {
		v, rest, err := Parse(text)
		if err != nil || rest != "" {
			t.Errorf("%s: %v, %q left", text, err, rest)
			continue
		}
		if got, err := JSON(v); err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestCall(t *testing.T) {
	v, rest, err := Parse("candidate(root = tree_node([1, None]), k=2, 'x') == 3")
	want := &Call{"candidate", []Argument{
		{"root", &Call{"tree_node", []Argument{{"", List{Number("1"), nil}}}}}, {"k", Number("2")}, {"", "x"},
	}}
	if err != nil || rest != "== 3" || !reflect.DeepEqual(v, want) {
		t.Errorf("got %+v, %q, %v", v, rest, err)
	}
}

func TestNoLiteral(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "the text ends",
		"x":                       `the name "x" is no value`,
		"[1":                      "want a comma",
		"[1 2]":                   "want a comma",
		"'a":                      "a string does not end",
		"'a\nb'":                  "does not end in its line",
		"0x10":                    "no decimal number",
		"1j":                      "no decimal number",
		"{1: 2, 3}":               "neither a dict nor a set",
		"lambda: 1":               `the name "lambda"`,
		"f(a==1)":                 `the name "a"`,
		`'\ud800'`:                "is no character",
		"-":                       "no decimal number",
		"*a":                      "no value begins with",
		strings.Repeat("[", 1000): "nested deeper than 200",
	} {
		if v, _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: got %v, %v; want %q", text, v, err, want)
		}
	}
	for _, text := range []string{"{1, 2}", "{1: 2}", "[f(1)]", "007"} {
		v, _, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := JSON(v); err == nil {
			t.Errorf("%s is %s", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`[1, {"a": (f(x=1), 'b')}]`)
	f.Fuzz(func(t *testing.T, text string) {
		if v, rest, err := Parse(text); err == nil {
			if len(rest) >= len(text) && text != "" {
				t.Errorf("%q: nothing was read of %v", text, v)
			}
			JSON(v)
		}
	})
}
