// Package goldentest gives tests the reference values that lie in its testdata:
// random weights and inputs, and what other people's code computed from them.
// testdata/README.md says by which versions and how.
package goldentest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Dir is the folder of all goldens. It is found from wherever below the module's
// root the test runs.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "model/goldentest/testdata")
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod in any folder above the test's")
		}
	}
}

// Read reads a file; its name is relative to Dir.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(Dir(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// JSON decodes a file; its name is relative to Dir.
func JSON(t testing.TB, name string, into any) {
	t.Helper()
	if err := json.Unmarshal(Read(t, name), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// Model is a Qwen2 model that Hugging Face's implementation was run on.
type Model struct {
	Name string
	// Dir is the model's folder, relative to Dir: weights lie in its
	// model_fp32, what the reference computed in its golden.
	Dir string
	// Tolerance is the difference from the reference that is accepted: ten times
	// the largest between the logits of its own fp32 and fp64 runs. The smallest
	// effect of a known bug (a wrong norm epsilon) is .0017.
	Tolerance float64
}

// Models are all that lie there.
func Models(t testing.TB) []Model {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(Dir(t), "qwen2/*/golden"))
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) == 0 {
		t.Fatal("testdata has no qwen2 models")
	}
	var models []Model
	for _, dir := range dirs {
		name := filepath.Base(filepath.Dir(dir))
		m := Model{Name: name, Dir: "qwen2/" + name}
		var file struct {
			Precision map[string]float64 `json:"fp32_vs_fp64_max_abs_diff"`
		}
		JSON(t, m.Dir+"/golden/golden.json", &file)
		m.Tolerance = 10 * file.Precision["logits"]
		models = append(models, m)
	}
	return models
}
