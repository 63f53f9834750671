package tokenizer

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// pipeline is a trained file with some parts replaced, and what Hugging Face's
// tokenizers makes of the texts with it (testdata/reference.py).
type pipeline struct {
	Name    string                     `json:"name"`
	Base    string                     `json:"base"`
	With    map[string]json.RawMessage `json:"with"`
	IDs     [][]int32                  `json:"ids"`
	Decoded []*string                  `json:"decoded"`
}

// file returns the tokenizer.json of the pipeline.
func (p pipeline) file(t *testing.T) []byte {
	t.Helper()
	file := map[string]json.RawMessage{}
	readJSON(t, p.Base+".json", &file)
	for part, with := range p.With {
		if part == "model" { // only some of its fields are replaced
			model, changed := map[string]json.RawMessage{}, map[string]json.RawMessage{}
			if json.Unmarshal(file[part], &model) != nil || json.Unmarshal(with, &changed) != nil {
				t.Fatal(p.Name)
			}
			maps.Copy(model, changed)
			with = fileBytesOf(t, model)
		}
		file[part] = with
	}
	return fileBytesOf(t, file)
}

func fileBytesOf(t *testing.T, value any) []byte {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestPipelinesAreThoseOfHuggingFace(t *testing.T) {
	var reference struct {
		Texts     []string   `json:"texts"`
		Pipelines []pipeline `json:"pipelines"`
	}
	readJSON(t, "pipelines.json", &reference)
	if len(reference.Pipelines) < 40 {
		t.Fatalf("only %d pipelines", len(reference.Pipelines))
	}
	for _, p := range reference.Pipelines {
		tok, err := FromFiles(map[string][]byte{"tokenizer.json": p.file(t)})
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		for i, text := range reference.Texts {
			ids, err := tok.Encode(text)
			if err != nil || !slices.Equal(ids, p.IDs[i]) {
				t.Errorf("%s: %q is %v, %v, want %v", p.Name, text, ids, err, p.IDs[i])
			}
			want := text
			if p.Decoded[i] != nil {
				want = *p.Decoded[i]
			}
			if got := tok.Decode(p.IDs[i]); got != want {
				t.Errorf("%s: %q comes back as %q, want %q", p.Name, text, got, want)
			}
		}
	}
}

// A text that a pattern would take too long on is an error, the same on every machine.
func TestPatternsAreBounded(t *testing.T) {
	file := smallFile()
	slow := fields{"type": "Split", "behavior": "Isolated", "pattern": fields{"Regex": `(?>(?:ab|b)+)c|a`}}
	level := fields{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}
	file["pre_tokenizer"] = fields{"type": "Sequence", "pretokenizers": []any{slow, level}}
	tok := fromFile(t, file)
	checkEncode(t, tok, "abab", 'a', 'b', 'a', 'b')
	_, err := tok.Encode(strings.Repeat("ab", 1<<12))
	want := "encode: vocabulary \"" + tok.Name() + "\" has a pattern that is too much work: (?>(?:ab|b)+)c|a takes more than 4094976 steps on a text of 8192 bytes"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
