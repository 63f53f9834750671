package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"

	"temper/model/recipe"
)

// TestEvaluateRecipe: what is evaluated is the benchmark's protocol, but for what the command line departs from.
func TestEvaluateRecipe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "My Model.v2")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(`{"max_position_embeddings": 40960}`), 0o600); err != nil {
		t.Fatal(err)
	}
	e := evaluation{model: dir, prompt: "chat", benchmarks: []string{"gsm8k=/g.jsonl", "aime24=s3://b/a.jsonl"}, samples: 3, limit: 7}
	text, err := e.recipe(&cobra.Command{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := recipe.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if r.Name != "evaluate-my-model-v2" || r.Model.Base != dir || r.Model.MaxPositionEmbeddings != 40960 || len(r.Stages) != 1 || r.Stages[0].Kind != recipe.KindEvaluate {
		t.Errorf("the recipe is %+v", r)
	}
	if d := r.Data["gsm8k"]; d.URI != "/g.jsonl" || d.Limit != 7 || d.Format != recipe.FormatGSM8K {
		t.Errorf("the data is %+v", d)
	}
	if b := r.Evaluation.Benchmarks[1]; b.Named != "aime24" || b.Samples != 3 || b.Temperature != 0.6 || b.TopP != 0.95 || b.MaxResponseTokens != 32768 {
		t.Errorf("the benchmark is %+v", b)
	}
}
