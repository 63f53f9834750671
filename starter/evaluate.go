package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"temper/deploy/endpoints"
	"temper/model/library/safetensors"
	"temper/model/library/spelling"
	"temper/model/pretrained"
	"temper/model/recipe"
)

// evaluateOptions is what the command line of evaluate says.
type evaluateOptions struct {
	model, prompt, system          string
	endpoint, served               string
	ids                            []string // NAME=FILE[#LIST]
	unreasoned                     bool
	grading, also                  recipe.Grading
	benchmarks                     []string // NAME=FILE
	samples, limit, budget, length int
}

func newEvaluateCommand() *cobra.Command {
	var j job
	var e evaluateOptions
	cmd := &cobra.Command{
		Use:   "evaluate --model DIR|s3://BUCKET/FOLDER|RUN[@STAGE] | --endpoint NAME --served-model M  --benchmark NAME=FILE",
		Short: "Measure a model on benchmarks, as a run of its own",
		Long: `Measure a model on named benchmarks, as a durable run that samples, judges and
writes a report, and trains nothing. The model is a folder in Hugging Face's layout,
or what a run has at the end of a stage (which is exported into the data directory
first). How a benchmark asks, samples and judges is its protocol, with the sources:
` + "`recipe show`" + ` of a recipe that names it prints it. --samples, --limit and --max-response-tokens
depart from it, and the report says so.

With --endpoint a model is measured that an OpenAI-compatible server holds (vLLM, SGLang,
llama.cpp), as in --endpoint local --served-model qwen. NAME is that of an endpoint in the workers' configuration (endpoints.yaml of
the data directory, or worker -endpoints), M what the server calls the model. Messages
are the system text, if any, and the benchmark's text; the server makes the prompt, and its
tokens are those that budget and lengths count. A response is judged as its reasoning,
where the server gives that apart, between <think> and </think>, and then its content; one
that ends with finish_reason length is cut. Each response is bought once and kept: the
same question to a model of the same name is not asked again, so another model needs
another name.`,
		Example: `  bin/starter evaluate --model Qwen2.5-Math-1.5B --benchmark gsm8k=gsm8k/test.jsonl --samples 1 --limit 8 --max-response-tokens 64
  bin/starter evaluate --model my-run@sft --prompt plain --benchmark gsm8k=gsm8k/test.jsonl --samples 1 --limit 8 --max-response-tokens 64`,
		Args:    noArgs,
		PreRunE: func(*cobra.Command, []string) error { return e.check() },
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			r, err := e.recipe(cmd)
			if err != nil {
				return err
			}
			j.source.written = r
			return j.run(cmd)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&e.model, "model", "", "`MODEL`: a folder, s3://BUCKET/FOLDER, or RUN or RUN@STAGE of the data directory")
	flags.StringVar(&e.endpoint, "endpoint", "", "`NAME` of an endpoint of the workers' configuration whose server holds the model")
	flags.StringVar(&e.served, "served-model", "", "`M`, what the endpoint calls the model")
	flags.StringVar(&e.system, "system", "", "`TEXT` of the system message (default: none, or the chat template's)")
	flags.StringArrayVar(&e.ids, "ids", nil, "`NAME=FILE[#LIST]`, a list of a benchmark's problems, of which the file holds more (repeatable)")
	flags.BoolVar(&e.unreasoned, "without-reasoning", false, "the model does not reason: answers and programs are looked for in responses without </think>")
	flags.StringArrayVar(&e.benchmarks, "benchmark", nil, "`NAME=FILE`, a benchmark of the table and its file or s3:// URI (repeatable); names: "+strings.Join(recipe.BenchmarkNames(), ", "))
	flags.StringVar((*string)(&e.grading), "grading", "", "`NAME` of the rules by which responses are judged: strict (the default), lenient or acereason-toolkit")
	flags.StringVar((*string)(&e.also), "also-grading", "", "`NAME` of further rules, by which the same responses are judged too")
	flags.StringVar(&e.prompt, "prompt", string(recipe.PromptChat), "`FORMAT` of prompts: chat, plain or acereason")
	flags.IntVar(&e.samples, "samples", 0, "`NUMBER` of responses to a problem (default: the benchmark's)")
	flags.IntVar(&e.limit, "limit", 0, "`NUMBER` of problems, the first of the file (default: all)")
	flags.IntVar(&e.budget, "max-response-tokens", 0, "`NUMBER` of response tokens (default: the benchmark's)")
	flags.IntVar(&e.length, "max-position-embeddings", 0, "`NUMBER` of tokens of prompt and response together (default: the model's)")
	flags.StringVar(&j.name, "name", "", "name of the `RUN` (default: evaluate- and the model's)")
	flags.BoolVar(&j.detach, "detach", false, "start the run and return")
	j.flags(cmd)
	return cmd
}

// check finds what is missing or misspelt before anything is done.
func (e evaluateOptions) check() error {
	names := recipe.BenchmarkNames()
	if err := e.checkModel(); err != nil {
		return err
	}
	if len(e.benchmarks) == 0 {
		return fmt.Errorf("--benchmark is missing; valid: NAME=FILE with a name of %s", strings.Join(names, ", "))
	}
	for _, text := range e.benchmarks {
		if name, file, _ := strings.Cut(text, "="); !slices.Contains(names, name) || file == "" {
			return fmt.Errorf("--benchmark is %q; %svalid: NAME=FILE with a name of %s", text, spelling.DidYouMean(name, names), strings.Join(names, ", "))
		}
	}
	return nil
}

// checkModel finds what is missing or too much of what is evaluated.
func (e evaluateOptions) checkModel() error {
	switch {
	case e.model == "" && e.endpoint == "":
		return errors.New("--model is missing; valid: a folder, s3://BUCKET/FOLDER, RUN, RUN@STAGE, or --endpoint for a model that a server holds")
	case e.model != "" && e.endpoint != "":
		return errors.New("both --model and --endpoint are given; valid: one of them")
	case e.endpoint != "" && e.served == "":
		return errors.New("--served-model is missing; valid: what the endpoint calls the model")
	case e.endpoint == "" && e.served != "":
		return errors.New("--served-model is given without --endpoint; valid: both, or --model")
	case e.endpoint != "" && e.length != 0:
		return errors.New("--max-position-embeddings is given with --endpoint; valid: absent, since the server knows")
	}
	return nil
}

// source is the model of the recipe, and its tokenizer where there is one.
func (e evaluateOptions) source(cmd *cobra.Command) (model map[string]any, tokenizer string, err error) {
	if e.endpoint != "" {
		return map[string]any{"served": map[string]any{"endpoint": e.endpoint, "model": e.served}}, "", nil
	}
	base, err := e.folder(cmd)
	if err != nil {
		return nil, "", err
	}
	length := e.length
	if length == 0 {
		if length, err = positionsOf(base); err != nil {
			return nil, "", err
		}
	}
	return map[string]any{"base": base, "max_position_embeddings": length}, recipe.TokenizerBase, nil
}

// idsOf is the list of a benchmark's problems, nil if the command line has none.
func (e evaluateOptions) idsOf(benchmark string) (map[string]any, error) {
	for _, text := range e.ids {
		name, file, ok := strings.Cut(text, "=")
		given := slices.ContainsFunc(e.benchmarks, func(b string) bool { return strings.HasPrefix(b, name+"=") })
		if !ok || file == "" || !given {
			return nil, fmt.Errorf("--ids is %q; valid: NAME=FILE or NAME=FILE#LIST with a NAME of --benchmark", text)
		}
		if name == benchmark {
			file, list, _ := strings.Cut(file, "#")
			return without0(map[string]any{"uri": file, "list": list}), nil
		}
	}
	return nil, nil
}

// recipe is the recipe of a run that only evaluates.
func (e evaluateOptions) recipe(cmd *cobra.Command) ([]byte, error) {
	model, tokenizer, err := e.source(cmd)
	if err != nil {
		return nil, err
	}
	data, benchmarks := map[string]any{}, []any{}
	for _, text := range e.benchmarks {
		benchmark, file, _ := strings.Cut(text, "=")
		of, err := e.benchmark(benchmark, file)
		if err != nil {
			return nil, err
		}
		data[benchmark] = of
		benchmarks = append(benchmarks, without0(map[string]any{"benchmark": benchmark, "data": benchmark, "samples": e.samples, "max_response_tokens": e.budget, "grading": string(e.gradingOf(benchmark)), "also_grading": string(e.also)}))
	}
	return json.Marshal(map[string]any{
		"name": "evaluate-" + nameFrom(cmp.Or(e.model, e.served)), "seed": 1, "model": model, "tokenizer": tokenizer,
		"prompt": without0(map[string]any{"format": e.prompt, "system": e.system}), "programs": map[string]any{"without_reasoning": e.unreasoned}, "data": data, "stages": []any{map[string]any{"name": "as-it-is", "kind": recipe.KindEvaluate}},
		"evaluation": map[string]any{"benchmarks": benchmarks},
		"numerics":   map[string]any{"micro_batch_tokens": 2048, "packing": true, "gradient_checkpointing": false, "generation_rows": 16},
	})
}

// benchmark is the dataset of a benchmark.
func (e evaluateOptions) benchmark(name, file string) (map[string]any, error) {
	d := without0(map[string]any{"uri": file, "limit": e.limit})
	ids, err := e.idsOf(name)
	if ids != nil {
		d["ids"] = ids
	}
	return d, err
}

// gradingOf is how a benchmark is judged, "" for its own way.
func (e evaluateOptions) gradingOf(benchmark string) recipe.Grading {
	if b, _, err := recipe.NamedBenchmark(benchmark); err == nil && e.unreasoned && e.grading == "" && b.Domain == recipe.DomainMath {
		return recipe.GradingLenient
	}
	return e.grading
}

// folder is where the model lies: a run's is exported first.
func (e evaluateOptions) folder(cmd *cobra.Command) (string, error) {
	run, stage, staged := strings.Cut(e.model, "@")
	_, err := os.Stat(e.model)
	switch {
	case err != nil && staged && stage == "":
		return "", fmt.Errorf("--model is %q, without a stage; valid: a folder, s3://BUCKET/FOLDER, RUN, RUN@STAGE", e.model)
	case strings.HasPrefix(e.model, "s3://"):
		return e.model, nil
	case err == nil, strings.Contains(e.model, string(filepath.Separator)):
		return filepath.Abs(e.model)
	case recipe.CheckName("", run) != nil:
		return "", fmt.Errorf("--model is %q; valid: a folder, s3://BUCKET/FOLDER, RUN, RUN@STAGE", e.model)
	}
	to, err := filepath.Abs(filepath.Join(dataDir(cmd), "models", nameFrom(e.model)))
	if err != nil {
		return "", err
	}
	cmd.PrintErrf("exporting %s to %s\n", e.model, to)
	return to, e.export(cmd, run, stage, to)
}

// export writes the run's model, in the place of what an earlier evaluation has exported.
func (e evaluateOptions) export(cmd *cobra.Command, run, stage, to string) error {
	data := dataDir(cmd)
	store, err := endpoints.OpenReader(cmd.Context(), data)
	if err != nil {
		return err
	}
	show := newExportView(cmd.ErrOrStderr())
	defer show.close()
	o := exportOptions{run: run, stage: stage, to: to, dtype: safetensors.F32, maxShardBytes: 5 << 30, force: true}
	err = exportFrom(cmd.Context(), store, pretrained.LocalSink(to), o, show)
	if errors.Is(err, errNoRun) {
		return noRun(cmd.Context(), store, data, run)
	}
	return err
}

// positionsOf is the longest context of the model in a local folder.
func positionsOf(folder string) (int, error) {
	if strings.HasPrefix(folder, "s3://") {
		return 0, errors.New("--max-position-embeddings is missing; valid with a model in S3: the model's, of its config.json")
	}
	data, err := os.ReadFile(filepath.Join(folder, "config.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("--model: %s has no config.json; valid: a folder in Hugging Face's layout", folder)
	}
	if err != nil {
		return 0, fmt.Errorf("--model: %w", err)
	}
	var config struct {
		Positions int `json:"max_position_embeddings"`
	}
	if err := json.Unmarshal(data, &config); err != nil {
		return 0, fmt.Errorf("--model: %s/config.json: %w", folder, err)
	}
	if config.Positions < 1 {
		return 0, fmt.Errorf("--model: %s/config.json has no max_position_embeddings; give --max-position-embeddings", folder)
	}
	return config.Positions, nil
}

// notInName is what a run's name cannot have.
var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// nameFrom is a model's folder or run as part of a run's name.
func nameFrom(model string) string {
	name := strings.Trim(notInName.ReplaceAllString(strings.ToLower(filepath.Base(model)), "-"), "-")
	return strings.Trim(name[:min(len(name), 40)], "-")
}

// without0 leaves out what the command line does not say.
func without0(fields map[string]any) map[string]any {
	for name, value := range fields {
		if value == 0 || value == "" {
			delete(fields, name)
		}
	}
	return fields
}
