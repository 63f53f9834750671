package main

import (
	"os"
	"path/filepath"
	"strings"
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
	e := evaluateOptions{model: dir, prompt: "chat", benchmarks: []string{"gsm8k=/g.jsonl", "aime24=s3://b/a.jsonl"}, samples: 3, limit: 7}
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

// TestEvaluateServed: a model that a server holds, with a list of the problems that are meant.
func TestEvaluateServed(t *testing.T) {
	e := evaluateOptions{endpoint: "local", served: "Qwen/Qwen3-8B", prompt: "chat", system: "be brief", benchmarks: []string{"livecodebench-v5=/lcb.jsonl", "math500=/m.jsonl"},
		ids: []string{"livecodebench-v5=/split.json#v5"}, unreasoned: true, also: recipe.GradingToolkit}
	if err := e.check(); err != nil {
		t.Fatal(err)
	}
	text, err := e.recipe(&cobra.Command{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := recipe.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if *r.Model.Served != (recipe.Served{Endpoint: "local", Model: "Qwen/Qwen3-8B"}) || r.Name != "evaluate-qwen3-8b" || !r.Programs.WithoutReasoning || r.Prompt.System != "be brief" {
		t.Errorf("the recipe is %+v", r)
	}
	if ids := r.Data["livecodebench-v5"].IDs; ids == nil || *ids != (recipe.IDs{URI: "/split.json", List: "v5"}) {
		t.Errorf("the ids are %+v", ids)
	}
	code, math := r.Evaluation.Benchmarks[0], r.Evaluation.Benchmarks[1]
	if code.Grading != "" || math.Grading != recipe.GradingLenient || math.AlsoGrading != recipe.GradingToolkit || code.Samples != 8 {
		t.Errorf("the benchmarks are %+v and %+v", code, math)
	}
	system, user, _ := r.ServedMessages(math)
	if system != "be brief" || user != "{question}\n\nPlease place your final answer inside \\boxed{}." {
		t.Errorf("it asks %q and %q", system, user)
	}
}

// TestEvaluateMistakes: what the command line lacks, or has too much of, is said before anything is done.
func TestEvaluateMistakes(t *testing.T) {
	for args, want := range map[string]string{
		"--benchmark aime24=a": "--model is missing; valid: a folder, s3://BUCKET/FOLDER, RUN, RUN@STAGE, or --endpoint for a model that a server holds",
		"--model m --endpoint e --served-model x --benchmark aime24=a":       "both --model and --endpoint are given; valid: one of them",
		"--endpoint e --benchmark aime24=a":                                  "--served-model is missing; valid: what the endpoint calls the model",
		"--model m --served-model x --benchmark aime24=a":                    "--served-model is given without --endpoint; valid: both, or --model",
		"--endpoint e --served-model x":                                      "--benchmark is missing; valid: NAME=FILE with a name of aime24, ",
		"--endpoint e --served-model x --benchmark aime42=a":                 `--benchmark is "aime42=a"; did you mean aime24? valid: `,
		"--endpoint E --served-model x --benchmark aime24=a":                 `model.served.endpoint is "E"; valid: 1 to 63 of a-z, 0-9, - and .`,
		"--endpoint e --served-model x --benchmark aime24=a --prompt plain":  `prompt.format is "plain", but a server holds the model; valid: chat, acereason`,
		"--endpoint e --served-model x --benchmark aime24=a --ids aime25=f":  `--ids is "aime25=f"; valid: NAME=FILE or NAME=FILE#LIST with a NAME of --benchmark`,
		"--endpoint e --served-model x --benchmark aime24=a --grading loose": `evaluation.benchmarks[0].grading is "loose"; valid: strict, lenient, acereason-toolkit`,
		"--endpoint e --served-model x --benchmark aime24=/nowhere/a.jsonl":  "data.aime24.uri: /nowhere/a.jsonl: no such file or folder",
	} {
		var out, errs strings.Builder
		command := append([]string{"evaluate", "--data", t.TempDir()}, strings.Fields(args)...)
		if status := execute(t.Context(), command, &out, &errs); status == 0 || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: code %d, %s, want %s", args, status, errs.String(), want)
		}
	}
}
