package jsonkind

import (
	"encoding/json"
	"strings"
	"testing"
)

type document struct {
	Layers int             `json:"num_layers"`
	Theta  *float64        `json:"theta"`
	Names  []string        `json:"names"`
	Flag   bool            `json:"flag"`
	Raw    json.RawMessage `json:"raw"`
	Inner  struct {
		Text string `json:"text"`
	} `json:"inner"`
}

func TestDecode(t *testing.T) {
	var d document
	text := `{"Num_Layers": 7, "num_layers": 3, "THETA": 4, "names": ["\ud83d\ude00", "\\ud800"], "raw": [1], "other": {}}`
	if err := Decode([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	if d.Layers != 3 || d.Theta != nil || len(d.Names) != 2 || d.Names[0] != "😀" || d.Names[1] != `\ud800` || string(d.Raw) != "[1]" {
		t.Errorf("%s is %+v", text, d)
	}
}

// Every error is one line that says what is wrong in the file's words.
func TestDecodeRefusals(t *testing.T) {
	for text, want := range map[string]string{
		`[1]`:                     "it is an array; valid: an object",
		`"x"`:                     "it is a string; valid: an object",
		``:                        "it is empty",
		" \n":                     "it is empty",
		`{"num_layers": 1e9}`:     "num_layers is 1e9; valid: a whole number",
		`{"num_layers": "4"}`:     "num_layers is a string; valid: a whole number",
		`{"theta": [1]}`:          "theta is an array; valid: a number",
		`{"names": 3}`:            "names is a number; valid: an array",
		`{"names": [3]}`:          "names is a number; valid: a string",
		`{"flag": 1}`:             "flag is a number; valid: true, false",
		`{"inner": []}`:           "inner is an array; valid: an object",
		`{"inner": {"text": {}}}`: "inner.text is an object; valid: a string",
		`{"num_layers": 1,}`:      "it is not JSON: byte 18: invalid character '}'",
		`{"num_layers": 1`:        "it is truncated: the JSON goes on after byte 16, the last",
		`{} {}`:                   "there is something after the JSON value, which ends at byte 2",
		"\ufeff{}":                "it begins with a byte order mark",
		"{\"names\": [\"\xe9\"]}": "byte 13 is not UTF-8",
		`{"names": ["\ud800"]}`:   `byte 13: \ud800 is half of a surrogate pair, and no character`,
		`{"x": "\uDC00\uD800"}`:   `byte 8: \uDC00 is half`,
		`{"x": "\uD800\u0041"}`:   `byte 8: \uD800 is half`,
		`{"\ud83d": 1}`:           `byte 3: \ud83d is half`,
		"\xff\xfe{\x00}\x00":      "it is UTF-16 text; valid: JSON in UTF-8 (store it as UTF-8",
		"{\x00}\x00":              "it is UTF-16 text",
		"\x00{\x00}":              "it is UTF-16 text",
		"\x1f\x8b\x08":            "it is gzip-compressed; valid: JSON in UTF-8 (unpack it with gunzip)",
		"version https://git-lfs.github.com/spec/v1\noid": "it is a Git LFS pointer",
	} {
		err := Decode([]byte(text), new(document))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.ContainsAny(err.Error(), "\n") {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
	inner := In("tests", Decode([]byte(`{"theta": []}`), new(document)))
	whole := In("tests", Decode([]byte(`[]`), new(document)))
	cut := In("tests", Decode([]byte(`[`), new(document)))
	if got := inner.Error() + ", " + whole.Error() + ", " + cut.Error(); got != "tests.theta is an array; valid: a number, tests is an array; valid: an object, tests: it is truncated: the JSON goes on after byte 1, the last" {
		t.Error(got)
	}
	for text, want := range map[string]string{
		`{"num_layers": 1, "Theta": 2}`:      `unknown field "Theta"`,
		`{"num_layers": 1, "num_layers": 2}`: `duplicate field "num_layers"`,
	} {
		if err := DecodeKnown([]byte(text), new(document)); err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
	}
}

func TestForm(t *testing.T) {
	for text, want := range map[string]string{
		"\x28\xb5\x2f\xfd\x00": "zstd-compressed", "PAR1\x15": "a Parquet file", "PK\x03\x04": "a zip archive", "\xfe\xff\x00{": "UTF-16 text",
		"ARROW1\x00\x00": "an Arrow file", "\xff\xfe\x00\x00{\x00\x00\x00": "UTF-32 text", "<html><body>": "an HTML page, not the file itself",
		`{"a": 1}`: "", "": "", "[": "", "é{}": "",
	} {
		if name, advice := Form([]byte(text)); name != want || (advice == "") != (want == "") {
			t.Errorf("%q is %q (%s), want %q", text, name, advice, want)
		}
	}
}

func TestShowAndClip(t *testing.T) {
	if got := Show([]byte("[1,\n 2]")); got != "[1, 2]" {
		t.Errorf("got %s", got)
	}
	if got := Show([]byte("[" + strings.Repeat("1,", 90) + "1]")); got != "an array of 183 bytes" {
		t.Errorf("got %s", got)
	}
	if got := Clip("a\nb"); got != "a; b" {
		t.Errorf("got %s", got)
	}
	if got := Clip(strings.Repeat("é", 1000)); len(got) > 810 || !strings.HasSuffix(got, "é…") {
		t.Errorf("got %d bytes", len(got))
	}
}
