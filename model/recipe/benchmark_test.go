package recipe

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// evaluated is a recipe whose benchmarks are written as given.
func evaluated(benchmarks string) string {
	return `
name: evaluated
seed: 1
model: {base: /base, max_position_embeddings: 40000}
tokenizer: base
prompt: {format: chat}
data: {mine: {uri: /mine.jsonl}}
stages: [{name: measured, kind: evaluate}]
evaluation: {benchmarks: [` + benchmarks + `]}
numerics: {micro_batch_tokens: 128, packing: false, gradient_checkpointing: false, generation_rows: 4}
`
}

// TestBenchmarks: each benchmark of the table is a valid recipe's with a file alone, and each of its values has a source.
func TestBenchmarks(t *testing.T) {
	for _, name := range BenchmarkNames() {
		r, err := Decode([]byte(evaluated("{benchmark: " + name + ", data: mine}")))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, sources, _ := benchmarkNamed(name)
		if b, format, err := NamedBenchmark(name); err != nil || format == "" || b.Samples < 1 {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
		for field, s := range sources {
			if field != "domain" && field != "format" && s.text == "benchmark "+name {
				t.Errorf("%s: no source of %s", name, field)
			}
		}
		if b := r.Evaluation.Benchmarks[0]; b.Name != name || r.Data["mine"].Format == "" {
			t.Errorf("%s: %+v of %+v", name, b, r.Data)
		}
		if name != strings.ToLower(name) || !nameForm.MatchString(name) {
			t.Errorf("%q is no name", name)
		}
	}
}

// TestBenchmarkOfTheTable: what the recipe gives holds, the rest is the table's, and what is shown says so.
func TestBenchmarkOfTheTable(t *testing.T) {
	text := evaluated("{benchmark: aime24, data: mine, samples: 2}, {name: steps, benchmark: gsm8k, domain: math, prompt: 'Q {question}'}")
	text = strings.Replace(text, "samples: 2}", "\n   samples: 2 # two are enough\n  }", 1)
	r, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	const asked = "{question}\n\nPlease place your final answer inside \\boxed{}."
	want := []Benchmark{
		{Named: "aime24", Name: "aime24", Domain: DomainMath, Data: "mine", Prompt: asked, Samples: 2, Temperature: 0.6, TopP: 0.95, MaxResponseTokens: 32768, Shards: 1},
		{Named: "gsm8k", Name: "steps", Domain: DomainMath, Data: "gsm8k", Prompt: "Q {question}", Samples: 4, Temperature: 0.6, TopP: 0.95, MaxResponseTokens: 32768, Shards: 1},
	}
	if got := r.Evaluation.Benchmarks; !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	data := map[string]Dataset{"mine": {URI: "/mine.jsonl", Format: FormatContest}, "gsm8k": {Format: FormatGSM8K}}
	if !reflect.DeepEqual(r.Data, data) {
		t.Errorf("data %+v", r.Data)
	}
	if got := r.PromptOf("gsm8k").Math + r.PromptOf("mine").Math + r.PromptOf("other").Math; got != "Q {question}"+asked {
		t.Errorf("prompts %q", got)
	}
	if err := r.Validate(); err == nil || err.Error() != "data.gsm8k.uri is empty; give a path or s3:// URI, for instance --set data.gsm8k=…/gsm8k.jsonl" {
		t.Errorf("got %v", err)
	}
	sources := sourcesOf(t, text)
	got := shown(t, r, sources)
	for _, line := range []string{
		"samples: 2 # two are enough", "max_response_tokens: 32768 # benchmark aime24: AceReason-Nemotron 1.1 model card: 32768",
		"name: aime24 # benchmark aime24", "data: gsm8k # benchmark gsm8k", "format: contest # benchmark aime24", "- benchmark: aime24", "name: steps", "data: mine",
		"samples: 4 # benchmark gsm8k: as MATH-500: avg@4",
	} {
		if !slices.ContainsFunc(strings.Split(got, "\n"), func(l string) bool { return strings.Join(strings.Fields(l), " ") == line }) {
			t.Errorf("no line %q in\n%s", line, got)
		}
	}
	if twice := shown(t, r, sourcesOf(t, got)); twice != got {
		t.Errorf("shown twice:\n%s", twice)
	}
}

// TestSetBenchmark: a benchmark that --set names gives its values, and keeps its name and data.
func TestSetBenchmark(t *testing.T) {
	text := evaluated("{benchmark: aime24, data: mine, samples: 2}")
	r, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	before := r.Data
	for _, assignment := range []string{"evaluation.benchmarks.aime24.benchmark=math500", "evaluation.benchmarks.aime24.top_p=0.5"} {
		if err := Set(&r, assignment); err != nil {
			t.Fatal(err)
		}
	}
	b := r.Evaluation.Benchmarks[0]
	if b.Named != "math500" || b.Name != "aime24" || b.Data != "mine" || b.Samples != 4 || b.TopP != 0.5 {
		t.Errorf("got %+v", b)
	}
	got := shown(t, r, sourcesOf(t, text))
	for _, part := range []string{"# benchmark math500: AceReason-Nemotron 1.0: avg@4", "# " + changedSource} {
		if strings.Count(got, part) != 1 {
			t.Errorf("%q is not there once:\n%s", part, got)
		}
	}
	if err := Set(&r, "evaluation.benchmarks=[{benchmark: gsm8k}]"); err != nil || r.Evaluation.Benchmarks[0].Samples != 4 || r.Data["gsm8k"].Format != FormatGSM8K {
		t.Errorf("got %+v, %v", r.Evaluation.Benchmarks, err)
	}
	if len(before) != 1 {
		t.Errorf("another recipe's data changed: %v", before)
	}
}

func TestBenchmarkFaults(t *testing.T) {
	if _, _, err := NamedBenchmark("aime25x"); err == nil || !strings.HasPrefix(err.Error(), `there is no benchmark named "aime25x"; did you mean aime25? valid: aime24, `) {
		t.Errorf("got %v", err)
	}
	for benchmarks, want := range map[string]string{
		"{benchmark: gsm8, data: mine}":                                    "data.mine.format is \"\"; valid: gsm8k, math, problems, contest, examples, rows, acereason-sft, acereason-math, openr1-math, numinamath, numinamath-1.5, openmathreasoning, dapo, openthoughts, livecodebench, taco, apps, prime, deepcoder, codecontests, humaneval, humaneval-plus, mbpp, mbpp-plus, kodcode, leetcode\n" + `evaluation.benchmarks[0].benchmark is "gsm8"; did you mean gsm8k? valid: ` + strings.Join(BenchmarkNames(), ", "),
		"{benchmark: gsm8k, data: mne}":                                    "data.mine.format is \"\"; valid: gsm8k, math, problems, contest, examples, rows, acereason-sft, acereason-math, openr1-math, numinamath, numinamath-1.5, openmathreasoning, dapo, openthoughts, livecodebench, taco, apps, prime, deepcoder, codecontests, humaneval, humaneval-plus, mbpp, mbpp-plus, kodcode, leetcode\n" + `evaluation.benchmarks[0].data is "mne", which data does not have; did you mean mine? valid: mine`,
		"{benchmark: gsm8k, data: mine, prompt: 'Solve it.'}":              `evaluation.benchmarks[0].prompt is "Solve it."; valid: a text with {question} in it`,
		"{benchmark: gsm8k, data: mine, max_response_tokens: 40000}":       `evaluation.benchmarks[0].max_response_tokens is 40000, which leaves no room for a prompt in max_position_embeddings 40000`,
		"{benchmark: gsm8k, data: mine}, {benchmark: math500, data: mine}": "",
		"{benchmark: gsm8k, data: mine}, {name: a, benchmark: gsm8k, data: mine, prompt: '{question}'}": `evaluation.benchmarks[1].prompt is "{question}", but evaluation.benchmarks[0] uses the dataset "mine" with ` +
			`"{question}\n\nPlease place your final answer inside \\boxed{}."; valid: one text, or two names in data for the file (file_of)`,
	} {
		_, err := Decode([]byte(evaluated(benchmarks)))
		if got := ""; err != nil {
			got = err.Error()
			if got != want {
				t.Errorf("%s: got %s, want %s", benchmarks, got, want)
			}
		} else if want != "" {
			t.Errorf("%s is right", benchmarks)
		}
	}
}

// TestBenchmarkPromptBesideTheRecipes: the recipe's text for a domain is that of its benchmarks too,
// and formats with texts of their own take none.
func TestBenchmarkPromptBesideTheRecipes(t *testing.T) {
	for prompt, want := range map[string]string{"format: chat": "{question}\n\nPlease place your final answer inside \\boxed{}.", "format: chat, math: 'M {question}'": "", "format: acereason": ""} {
		r, err := Decode([]byte(strings.Replace(evaluated("{benchmark: gsm8k, data: mine}"), "format: chat", prompt, 1)))
		if err != nil || r.Evaluation.Benchmarks[0].Prompt != want {
			t.Errorf("%s: %q, %v", prompt, r.Evaluation.Benchmarks[0].Prompt, err)
		}
	}
	text := strings.Replace(evaluated("{benchmark: gsm8k, data: mine, prompt: '{question}'}"), "format: chat", "format: acereason", 1)
	if _, err := Decode([]byte(text)); err == nil || err.Error() != "evaluation.benchmarks[0].prompt is given; valid: only with prompt.format chat and plain" {
		t.Errorf("got %v", err)
	}
}

// TestBenchmarkAddition: a benchmark is a file of the table.
func TestBenchmarkAddition(t *testing.T) {
	before := benchmarkFiles
	defer func() { benchmarkFiles = before }()
	benchmarkFiles = fstest.MapFS{"benchmarks/riddles.yaml": {Data: []byte(`
domain: code
format: problems
prompt: "Solve {question}" # ours
samples: 3 # a paper
temperature: 1 # ours
top_p: 1 # ours
max_response_tokens: 100 # ours
shards: 1 # ours
`)}}
	text := evaluated("{benchmark: riddles, data: mine, top_p: 0.5}")
	r, err := Decode([]byte(text))
	want := Benchmark{Named: "riddles", Name: "riddles", Domain: DomainCode, Data: "mine", Prompt: "Solve {question}", Samples: 3, Temperature: 1, TopP: 0.5, MaxResponseTokens: 100, Shards: 1}
	if err != nil || r.Evaluation.Benchmarks[0] != want || r.PromptOf("mine").Code != want.Prompt || !r.RunsPrograms() {
		t.Errorf("got %+v, %v", r.Evaluation.Benchmarks, err)
	}
	if got := shown(t, r, sourcesOf(t, text)); !strings.Contains(got, "# benchmark riddles: a paper\n") {
		t.Errorf("shown:\n%s", got)
	}
}

// TestSelection: which rows of a file are meant, and what livecodebench-v5 brings along.
func TestSelection(t *testing.T) {
	r, err := Decode([]byte(evaluated("{benchmark: livecodebench-v5, data: mine}")))
	if err != nil || r.Data["mine"].Since != "2024-08-01" || BenchmarkProblems("livecodebench-v5") != 279 {
		t.Errorf("%+v, %v", r.Data, err)
	}
	with := func(data string) string {
		return strings.Replace(evaluated("{benchmark: livecodebench-v5, data: mine}"), "{uri: /mine.jsonl}", "{uri: /mine.jsonl, "+data+"}", 1)
	}
	if r, err := Decode([]byte(with("ids: {uri: /ids.json, list: v5}"))); err != nil || r.Data["mine"].Since != "" || r.Data["mine"].IDs.List != "v5" {
		t.Errorf("%+v, %v", r.Data, err)
	}
	for data, want := range map[string]string{
		"since: 1.8.2024":                   `data.mine.since is "1.8.2024"; valid: a day as in 2024-08-01`,
		"since: '2024-08-01', format: taco": `data.mine.since is given, but the format is "taco"; valid: only with the format livecodebench, whose rows have a contest_date`,
		"ids: {list: v5}":                   "data.mine.ids.uri is empty; give the path or s3:// URI of a list of names",
		"ids: {uri: 's3://b'}":              `data.mine.ids.uri is "s3://b"; valid: a path, s3://BUCKET/KEY`,
	} {
		r, err := Decode([]byte(with(data)))
		if err == nil {
			err = r.Validate()
		}
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", data, err, want)
		}
	}
}

// A prompt that is set for the whole recipe is that of its benchmarks too, in the place of the table's.
func TestPromptSetForBenchmarks(t *testing.T) {
	r := named(t, "gsm8k-tiny")
	r.Prompt = Prompt{Format: PromptChat}
	r.Evaluation.Benchmarks = []Benchmark{{Named: "gsm8k", Data: "test"}, {Named: "math500", Data: "test", Prompt: "mine {question}"}}
	prompts := func(assignment, gsm8k, math500 string) {
		t.Helper()
		if err := Set(&r, assignment); err != nil {
			t.Fatal(err)
		}
		if b := r.Evaluation.Benchmarks; b[0].Prompt != gsm8k || b[1].Prompt != math500 {
			t.Errorf("after %s the prompts are %q and %q", assignment, b[0].Prompt, b[1].Prompt)
		}
	}
	table, _, err := NamedBenchmark("gsm8k")
	if err != nil || table.Prompt == "" {
		t.Fatalf("the table's prompt is %q, %v", table.Prompt, err)
	}
	prompts("seed=2", table.Prompt, "mine {question}")
	prompts("prompt.math={question} Go!", "", "mine {question}")
	prompts("prompt.math=", table.Prompt, "mine {question}")
}
