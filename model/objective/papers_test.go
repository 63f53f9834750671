package objective

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The blocks of RECIPE.md's table are settings without a fault or an unknown
// field, and every objective that needs more than a likelihood is among them.
func TestBlocksOfThePapers(t *testing.T) {
	text, err := os.ReadFile("../RECIPE.md")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, block := range regexp.MustCompile("(?m)^\\| .* \\| `(\\{.*\\})`").FindAllStringSubmatch(string(text), -1) {
		var s Settings
		decoder := json.NewDecoder(strings.NewReader(block[1]))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&s); err != nil {
			t.Errorf("%s: %v", block[1], err)
		}
		for _, f := range s.Check() {
			t.Errorf("%s: %s", block[1], f)
		}
		kinds[s.WithDefaults().Kind] = true
	}
	for _, kind := range Kinds() {
		if !kinds[kind] && kind != "sft" {
			t.Errorf("no block of %s", kind)
		}
	}
}
