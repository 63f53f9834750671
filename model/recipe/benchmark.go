package recipe

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"temper/model/library/spelling"
	"temper/model/library/yamlfolder"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"
)

//go:embed benchmarks/*.yaml
var embeddedBenchmarks embed.FS

// benchmarkFiles is the table of named benchmarks: a file each, whose comments are the sources of its values.
var benchmarkFiles fs.FS = embeddedBenchmarks

// namedBenchmark is what a file of the table says: all of a benchmark but its data, and how that is written.
type namedBenchmark struct {
	Benchmark
	// Format is that of the benchmark's file, and Since the day from which on its rows are meant.
	Format Format `json:"format"`
	Since  string `json:"since"`
	// Problems is how many there are, 0 where files differ.
	Problems int `json:"problems"`
}

// BenchmarkNames lists the named benchmarks, sorted.
func BenchmarkNames() []string { return yamlfolder.Names(benchmarkFiles, "benchmarks") }

// NamedBenchmark is what the table says of a benchmark, and the format of its file.
func NamedBenchmark(name string) (Benchmark, Format, error) {
	b, _, ok := benchmarkNamed(name)
	if !ok {
		return Benchmark{}, "", fmt.Errorf("there is no benchmark named %q; %svalid: %s", name, spelling.DidYouMean(name, BenchmarkNames()), strings.Join(BenchmarkNames(), ", "))
	}
	return b.Benchmark, b.Format, nil
}

// BenchmarkProblems is how many problems a benchmark of the table has; 0 where that is not known.
func BenchmarkProblems(name string) int {
	b, _, _ := benchmarkNamed(name)
	return b.Problems
}

// Problems is how many problems the recipe's benchmark of a name has by the table; 0 where that does not say.
func (e Evaluation) Problems(name string) int {
	b, _ := e.Figure(name)
	return BenchmarkProblems(b.Named)
}

// benchmarkNamed reads a named benchmark and the sources of its values by field; false if there is none.
func benchmarkNamed(name string) (namedBenchmark, map[string]source, bool) {
	if !slices.Contains(BenchmarkNames(), name) {
		return namedBenchmark{}, nil, false
	}
	var b namedBenchmark
	var tree yaml.Node
	text, err := fs.ReadFile(benchmarkFiles, "benchmarks/"+name+".yaml")
	if err == nil {
		err = sigsyaml.UnmarshalStrict(text, &b)
	}
	if err == nil {
		err = yaml.Unmarshal(text, &tree)
	}
	if err != nil { // the files are part of the program
		panic(fmt.Sprintf("benchmark %s: %v", name, err))
	}
	sources := map[string]source{}
	leaves(&tree, "", "", func(field string, leaf *yaml.Node, comment string) {
		sources[field] = source{valueOf(leaf), strings.TrimSuffix("benchmark "+name+": "+comment, ": ")}
	})
	return b, sources, true
}

// fillBenchmarks puts what the table says of a named benchmark where the recipe leaves it
// out, and the format where its dataset has none. Its name and its dataset's are the
// benchmark's unless the recipe gives others.
func (r *Recipe) fillBenchmarks() {
	for i := range r.Evaluation.Benchmarks {
		b := &r.Evaluation.Benchmarks[i]
		from, _, ok := benchmarkNamed(b.Named)
		if !ok {
			continue
		}
		if b.Data == "" {
			b.Data = b.Named
			if _, ok := r.Data[b.Data]; !ok {
				r.addData(b.Data, Dataset{Format: from.Format, Since: from.Since})
			}
		}
		if d, ok := r.Data[b.Data]; ok && d.Format == "" && !d.drawn() {
			d.Format = from.Format
			if d.IDs == nil {
				d.Since = cmp.Or(d.Since, from.Since)
			}
			r.addData(b.Data, d)
		}
		b.fill(from.Benchmark)
		if text := r.Prompt.text(b.Domain); r.Prompt.takesTexts() && text != nil && *text == "" {
			b.Prompt = cmp.Or(b.Prompt, from.Prompt)
		}
	}
}

// takeBackPrompts takes away the prompts that the table gave benchmarks: where the recipe's has
// changed, there may be none to give any more.
func (r *Recipe) takeBackPrompts() {
	for i := range r.Evaluation.Benchmarks {
		b := &r.Evaluation.Benchmarks[i]
		if from, _, ok := benchmarkNamed(b.Named); ok && b.Prompt == from.Prompt {
			b.Prompt = ""
		}
	}
}

// addData sets a dataset in a map of its own: recipes that were assigned to each other share theirs.
func (r *Recipe) addData(name string, d Dataset) {
	data := map[string]Dataset{name: d}
	for other, dataset := range r.Data {
		if other != name {
			data[other] = dataset
		}
	}
	r.Data = data
}

// fill takes from the table what b leaves out; the prompt depends on the recipe's.
func (b *Benchmark) fill(from Benchmark) {
	b.Name = cmp.Or(b.Name, b.Named)
	b.Domain = cmp.Or(b.Domain, from.Domain)
	b.Samples = cmp.Or(b.Samples, from.Samples)
	b.Temperature = cmp.Or(b.Temperature, from.Temperature)
	b.TopP = cmp.Or(b.TopP, from.TopP)
	b.MaxResponseTokens = cmp.Or(b.MaxResponseTokens, from.MaxResponseTokens)
	b.Grading = cmp.Or(b.Grading, from.Grading)
	b.AlsoGrading = cmp.Or(b.AlsoGrading, from.AlsoGrading)
	b.Extract = cmp.Or(b.Extract, from.Extract)
	b.Shards = cmp.Or(b.Shards, from.Shards)
}

// become makes a benchmark another of the table: of its own it keeps what the table does not say.
func (b *Benchmark) become(named string) {
	*b = Benchmark{Named: named, Name: b.Name, Data: b.Data, Reward: b.Reward, Label: b.Label}
}

// supplied are the sources of the values that tables may have given the recipe, by path.
func (r Recipe) supplied() Sources {
	all := Sources{}
	r.addSubsets(all)
	for _, b := range r.Evaluation.Benchmarks {
		_, sources, ok := benchmarkNamed(b.Named)
		if !ok {
			continue
		}
		at, the := "evaluation.benchmarks."+b.Name, source{b.Named, "benchmark " + b.Named}
		for field, s := range sources {
			all[join(at, field)] = s
		}
		for _, field := range []string{"name", "data"} {
			all[join(at, field)] = the
		}
		for _, field := range []string{"format", "since"} {
			all[join("data."+b.Data, field)] = sources[field]
		}
	}
	return all
}
