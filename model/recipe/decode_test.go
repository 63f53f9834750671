package recipe

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
)

// demoYAML is the demo's text without its comments.
func demoYAML(t *testing.T) string {
	t.Helper()
	return regexp.MustCompile(`(?m) +# .*$`).ReplaceAllString(textOf(t, "demo"), "")
}

func TestDecodeYAMLAndJSONAgree(t *testing.T) {
	fromYAML, err := Decode([]byte(demoYAML(t)))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(fromYAML)
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	a, err := fromYAML.Digest()
	if err != nil {
		t.Fatal(err)
	}
	b, err := fromJSON.Digest()
	if err != nil || a != b || len(a) != 64 {
		t.Fatalf("digests %s and %s (%v) differ", a, b, err)
	}
	fromJSON.Seed++
	if c, _ := fromJSON.Digest(); c == a {
		t.Fatal("another seed has the same digest")
	}
}

// TestDecodeFindsAllFaults mixes unknown keys with bad values: all in one error.
func TestDecodeFindsAllFaults(t *testing.T) {
	text := demoYAML(t)
	for _, change := range [][2]string{
		{"seed: 1", "seed: 1\nsed: 2"},
		{"tokenizer: synthetic", "tokenizer: charcters"},
		{"    group_size: 8\n    steps: 30", "    group_size: 8\n    stepps: 30\n    steps: 30"},
		{"    shards: 2", "    shards: 3"},
	} {
		if !strings.Contains(text, change[0]) {
			t.Fatalf("demo.yaml has no %q", change[0])
		}
		text = strings.Replace(text, change[0], change[1], 1)
	}
	_, err := Decode([]byte(text))
	wantLines(t, err,
		"sed is unknown; did you mean seed? valid: name, seed, parent, model, tokenizer, prompt, data, stages, temperature_search, programs, evaluation, guard, numerics, continue_from",
		"stages[2].stepps is unknown; did you mean steps? valid: "+strings.Join(stageKeys(KindRL), ", "),
		`tokenizer is "charcters"; valid: synthetic, bytes, base (with model.base), a path with a slash or s3://BUCKET/KEY of a folder with tokenizer.json`,
		"stages[2].shards is 3, which does not divide problems_per_step 16; valid: 1, 2, 4, 8, 16",
	)
}

func TestDecodeWrongTypes(t *testing.T) {
	text := demoYAML(t)
	for _, change := range [][2]string{
		{"seed: 1", "seed: -1"},
		{"steps: 30", "steps: many"},
		{"steps: 15", "steps: 1.5"},
		{"temperature: search", "temperature: find"},
		{"tie_word_embeddings: true", "tie_word_embeddings: 1"},
		{"init:\n    embedding_std: 0.1\n    output_gain: 0.2", "init: [0.1, 0.2]"},
	} {
		text = strings.Replace(text, change[0], change[1], 1)
	}
	_, err := Decode([]byte(text))
	wantLines(t, err,
		"model.init is [0.1,0.2]; valid: keys with values: embedding_std, output_gain",
		"model.tie_word_embeddings is 1; valid: true, false",
		"seed is -1; valid: a whole number from 0 to 9007199254740991",
		`stages[2].steps is "many"; valid: a whole number`,
		`stages[2].temperature is "find"; valid: a number above 0, or "search"`,
		"stages[3].steps is 1.5; valid: a whole number",
	)
}

func TestDecodeOneLineErrors(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"empty", " \n", "decode recipe: it is empty"},
		{"list", "- 1", "the recipe is [1]; valid: keys with values: name, seed, parent, model, tokenizer, prompt, data, stages, temperature_search, programs, evaluation, guard, numerics, continue_from"},
		{"syntax", "name: a\n  seed: [", "decode recipe: line 2: "},
		{"duplicate YAML key", "name: a\nname: b\n", `decode recipe: line 2: key "name" already set in map`},
		{"two documents", "name: a\n---\nname: b\n", "decode recipe: the file holds more than one YAML document; a recipe is one"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Decode([]byte(test.data))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("got %v, want %s in one line", err, test.want)
			}
		})
	}
}

func TestDecodeDuplicateJSONKey(t *testing.T) {
	r, err := Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	twice := strings.Replace(string(data), `"model":{`, `"model":{"hidden_size":8,`, 1)
	_, err = Decode([]byte(twice))
	wantLines(t, err, "model.hidden_size stands there twice")
}

func wantLines(t *testing.T, err error, want ...string) {
	t.Helper()
	var faults *FaultsError
	if !errors.As(err, &faults) {
		t.Fatalf("got %v, want a FaultsError", err)
	}
	got := strings.Split(err.Error(), "\n")
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("missing: %s", want[i])
		case i >= len(want):
			t.Errorf("unexpected: %s", got[i])
		case got[i] != want[i]:
			t.Errorf("line %d\n got %s\nwant %s", i, got[i], want[i])
		}
	}
}

// TestDecodeNamesOtherFiles: what is no text, and text that would be changed silently, is named.
func TestDecodeNamesOtherFiles(t *testing.T) {
	r := named(t, "demo")
	data, err := Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	surrogate := strings.Replace(string(data), `"name":"demo"`, `"name":"\ud800"`, 1)
	for text, want := range map[string]string{
		"\x1f\x8b\x08":             "decode recipe: it is gzip-compressed; valid: YAML or JSON",
		"PAR1\x00":                 "decode recipe: it is a Parquet file",
		surrogate:                  `\ud800 is half of a surrogate pair`,
		"{\x00\"\x00s\x00":         "decode recipe: ",
		`{"Seed": 1}`:              "Seed is unknown; did you mean seed? valid: name, seed",
		"seed: 1\nSEED: 2\n":       "SEED is unknown",
		`name: "a\ud800b"` + "\n":  "decode recipe: ",
		`{"seed": {"a": [1,2,3]}}`: "seed is ",
		`{"name": "` + strings.Repeat("x", 9000) + `", "stages": [` + strings.Repeat(`{},`, 50) + `{}]}`: "and ",
		`{"model": {"hidden_size": 1000000000000, "num_attention_heads": 7}}`:                            "does not divide hidden_size",
	} {
		_, err := Decode([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: error %v, want %s", text, err, want)
			continue
		}
		for line := range strings.Lines(err.Error()) {
			if len(line) > 1000 || strings.Contains(line, "Go ") {
				t.Errorf("%.60q: %d bytes in a line: %.200s", text, len(line), line)
			}
		}
		if strings.Count(err.Error(), "\n") > 24 {
			t.Errorf("%.60q: more than a screen", text)
		}
	}
	utf16 := []byte{0xff, 0xfe}
	for _, b := range []byte(demoYAML(t)) {
		if b < 0x80 {
			utf16 = append(utf16, b, 0)
		}
	}
	if got, err := Decode(utf16); err != nil || got.Name != "demo" {
		t.Errorf("YAML in UTF-16: %v", err)
	}
}
