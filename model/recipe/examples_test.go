package recipe

import (
	"os"
	"path/filepath"
	"testing"
)

// TestExampleRecipes: the recipes of deploy/examples are valid once their files are named.
func TestExampleRecipes(t *testing.T) {
	files, err := filepath.Glob("../../deploy/examples/recipes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for name, d := range r.Data {
			if !d.drawn() && d.URI == "" && d.FileOf == "" {
				if err := Set(&r, "data."+name+"=/file.jsonl"); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := r.Validate(); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}
