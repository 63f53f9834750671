package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/curation"
	"temper/model/pretrained"
	"temper/model/recipe"
)

// largeRows is how many rows the file of TestLongLargeData and BenchmarkLargeData has, unless
// TEMPER_DATA_ROWS says otherwise.
const largeRows = 4_000_000

// largeWork is what is done with a large data set, each in a process of its own, and the most
// memory that it may take, in MiB, with 4 million rows or fewer.
var largeWork = []struct {
	name string
	most float64
	rule recipe.Rule
}{
	{name: "prepare", most: 256},
	{"questions", 400, recipe.Rule{Questions: &recipe.Questions{MinWords: 3, Drop: []recipe.QuestionKind{recipe.QuestionMultiPart, recipe.QuestionProof, recipe.QuestionShort}}}},
	{"answers", 400, recipe.Rule{Answers: &recipe.Answered{MaxCharacters: 20}}},
	{"decontaminate", 400, recipe.Rule{Decontaminate: &recipe.Decontaminate{Against: []string{"benchmark"}, Words: 18}}},
	{"dedupe", 700, recipe.Rule{Dedupe: &recipe.Dedupe{}}},
	{"subset", 1000, recipe.Rule{Subset: &recipe.Subset{Prompts: 100_000}}},
	{name: "prepare-examples", most: 256},
	{"length", 400, recipe.Rule{Length: &recipe.Length{From: 20, Below: 40, Keep: 0.5}}},
	{name: "train", most: 400},
	{"length-of", 700, recipe.Rule{Length: &recipe.Length{From: 20, Below: 40, Keep: 0.5, Of: "benchmark"}}},
}

// TestLongLargeData: a file of millions of rows is prepared, and rows that repeat others are left
// out, within a bound on memory.
func TestLongLargeData(t *testing.T) {
	if os.Getenv("TEMPER_LONG") == "" {
		t.Skip("it takes minutes: TEMPER_LONG is not set, as make check sets it")
	}
	withLargeData(t, []string{"prepare", "dedupe"}, func(name string, f figures) {
		t.Logf("%s of %d rows: %.0f s, %.1f MB/s per core, peak %.0f MiB", name, f.Rows, f.Seconds, f.rate(), f.Peak)
	})
}

// BenchmarkLargeData does all of largeWork and measures megabytes of the file per second and core,
// and the peak of memory. Run it with -benchtime 1x; TEMPER_DATA_ROWS is the number of rows.
func BenchmarkLargeData(b *testing.B) {
	for b.Loop() {
		withLargeData(b, nil, func(name string, f figures) {
			b.ReportMetric(f.rate(), name+"-MB/s")
			b.ReportMetric(f.Peak, name+"-peak-MiB")
		})
	}
}

// figures are what a process took.
type figures struct {
	Bytes        int64
	Seconds, CPU float64
	Peak         float64 // MiB
	Rows, Kept   int
}

func (f figures) rate() float64 { return float64(f.Bytes) / 1e6 / f.CPU }

// withLargeData does some of largeWork, or all of it, and tells of each.
func withLargeData(t testing.TB, only []string, tell func(string, figures)) {
	dir := t.TempDir()
	for _, work := range largeWork {
		if only != nil && !slices.Contains(only, work.name) {
			continue
		}
		cmd := exec.Command(os.Args[0], "-test.run", "^TestLargeWork$", "-test.timeout", "60m")
		cmd.Env = append(os.Environ(), "TEMPER_LARGE_WORK="+work.name, "TEMPER_LARGE_DIR="+dir)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", work.name, err, out)
		}
		data, err := os.ReadFile(filepath.Join(dir, work.name+".figures"))
		if err != nil {
			t.Fatal(err)
		}
		var f figures
		if err := json.Unmarshal(data, &f); err != nil {
			t.Fatal(err)
		}
		tell(work.name, f)
		if f.Peak > work.most {
			t.Errorf("%s of %d rows takes %.0f MiB, at most %.0f are stated", work.name, f.Rows, f.Peak, work.most)
		}
		if f.Kept == 0 || f.Rows == 0 {
			t.Errorf("%s keeps %d of %d rows", work.name, f.Kept, f.Rows)
		}
	}
}

// TestLargeWork is a process of withLargeData.
func TestLargeWork(t *testing.T) {
	name, dir := os.Getenv("TEMPER_LARGE_WORK"), os.Getenv("TEMPER_LARGE_DIR")
	if name == "" {
		t.Skip("TEMPER_LARGE_WORK is not set: it is a process that TestLongLargeData and BenchmarkLargeData start")
	}
	rows, err := strconv.Atoi(os.Getenv("TEMPER_DATA_ROWS"))
	if err != nil {
		rows = largeRows
	}
	p := newPlace(t, diskStore{objectstore.Folder(dir)})
	p.acts.Sources = generatedSources{rows: rows}
	began := time.Now()
	var f figures
	for _, work := range largeWork {
		examples := work.name == "prepare-examples" || strings.HasPrefix(work.name, "length")
		switch {
		case work.name != name:
		case name == "train":
			f = trainLarge(p, dir)
		case strings.HasPrefix(name, "prepare"):
			f = prepareLarge(p, dir, examples)
		default:
			f = curateLarge(p, dir, work.rule, examples)
		}
	}
	f.Seconds = time.Since(began).Seconds()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	f.CPU = time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
	f.Peak = float64(used.Maxrss) / 1024
	writeJSON(t, filepath.Join(dir, name+".figures"), f)
}

// prepareLarge prepares the large file, and the benchmark beside it.
func prepareLarge(p *place, dir string, examples bool) figures {
	in := p.fileInput("/large.jsonl", recipe.FormatProblems, "bytes")
	in.MaxExampleTokens, in.MaxPromptTokens = 1000, 1000
	if examples {
		in.Name, in.Dataset.URI, in.Dataset.Format = "examples", "/examples.jsonl", recipe.FormatExamples
	}
	file, err := p.acts.Sources.Open(p.t.Context(), in.Dataset.URI)
	if err != nil {
		p.t.Fatal(err)
	}
	d := must(p, p.acts.PrepareData, in)
	writeJSON(p.t, filepath.Join(dir, in.Dataset.URI), d)
	small := in
	small.Name, small.Dataset.Limit = "benchmark", 1000
	writeJSON(p.t, filepath.Join(dir, "benchmark"+in.Dataset.URI[1:]), must(p, p.acts.PrepareData, small))
	rows := d.NumProblems + d.NumExamples
	return figures{Bytes: file.Size(), Rows: rows, Kept: rows}
}

// curateLarge does what a workflow has done for a rule.
func curateLarge(p *place, dir string, rule recipe.Rule, examples bool) figures {
	uri := "/large.jsonl"
	if examples {
		uri = "/examples.jsonl"
	}
	file, err := p.acts.Sources.Open(p.t.Context(), uri)
	if err != nil {
		p.t.Fatal(err)
	}
	of := activities.CurateDataInput{Run: testRun, Stage: "curated", Into: "clean", Number: 1, Rule: rule, Seed: 1, Vocabulary: p.vocabulary("bytes")}
	readJSON(p.t, filepath.Join(dir, uri), &of.Dataset)
	var benchmark activities.Dataset
	readJSON(p.t, filepath.Join(dir, "benchmark"+uri[1:]), &benchmark)
	if len(rule.Others()) > 0 {
		of.Others = map[string]activities.Dataset{"benchmark": benchmark}
	}
	shards := max(of.Dataset.ProblemShards, of.Dataset.ExampleShards, 1)
	whole := of
	var compared artifact.Ref
	if curation.Compares(rule) {
		of.Others = nil
		sketch := func(d activities.Dataset, shard int) artifact.Ref {
			return must(p, p.acts.SketchShard, activities.SketchShardInput{
				Run: testRun, Stage: "curated", Into: "clean", Number: 1, Rule: rule, Seed: 1, Vocabulary: of.Vocabulary,
				Part: shard, Dataset: d, Range: activities.ShardRange{Examples: examples, First: shard, Count: 1},
			}).Ref
		}
		in := activities.CompareRowsInput{Run: testRun, Stage: "curated", Into: "clean", Number: 1, Rule: rule, Seed: 1, Examples: examples}
		for shard := range shards {
			in.Own.Items = append(in.Own.Items, sketch(of.Dataset, shard))
		}
		if whole.Others != nil {
			in.Others = map[string]activities.List[artifact.Ref]{"benchmark": activities.ListOf(sketch(benchmark, 0))}
		}
		compared = must(p, p.acts.CompareRows, in).Ref
	}
	for shard := range shards {
		whole.Parts.Items = append(whole.Parts.Items, must(p, p.acts.CurateShard, activities.CurateShardInput{
			CurateDataInput: of, Part: shard, Range: activities.ShardRange{Examples: examples, First: shard, Count: 1}, Compared: compared,
		}).CuratedShard)
	}
	left := must(p, p.acts.CurateData, whole)
	return figures{Bytes: file.Size(), Rows: left.Passed.In, Kept: left.Passed.Out}
}

func writeJSON(t testing.TB, path string, value any) {
	t.Helper()
	data, err := json.Marshal(value)
	if err == nil {
		err = os.WriteFile(path, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func readJSON(t testing.TB, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// generatedSources has two large files that are made as they are read. Every ninth row repeats
// an earlier one.
type generatedSources struct {
	activities.Sources
	rows int
}

func (s generatedSources) Open(_ context.Context, uri string) (pretrained.File, error) {
	row := func(i int) string {
		return fmt.Sprintf(`{"problem": "Tom has %08d apples and buys %08d more on each of %02d days. How many apples has he then?", "answer": "%09d"}`+"\n", i, i%7919, i%89, i+i%7919*(i%89))
	}
	if uri == "/examples.jsonl" {
		row = func(i int) string {
			return fmt.Sprintf(`{"prompt": "How many are %08d apples and %08d apples?", "response": "%s%06d</think>They are %09d."}`+"\n", i, i%7919, "Both together are ", i%7919, i+i%7919)
		}
	}
	return &generatedFile{rows: s.rows, size: len(row(0)), row: row}, nil
}

// generatedFile has rows of one size.
type generatedFile struct {
	rows, size int
	row        func(int) string
}

func (f *generatedFile) Size() int64  { return int64(f.rows) * int64(f.size) }
func (f *generatedFile) Close() error { return nil }

func (f *generatedFile) ReadAt(b []byte, at int64) (n int, err error) {
	for i := int(at) / f.size; n < len(b); i++ {
		if i == f.rows {
			return n, io.EOF
		}
		of := i
		if i%9 == 8 {
			of = i / 2
		}
		n += copy(b[n:], f.row(of)[(int(at)+n)%f.size:])
	}
	return n, nil
}

// diskStore is a store in a folder.
type diskStore struct{ objectstore.Folder }

func (s diskStore) Put(ctx context.Context, data []byte) (artifact.Ref, error) {
	ref := artifact.RefOf(data)
	err := s.Create(ctx, ref.Key, data)
	if errors.Is(err, objectstore.ErrExists) {
		err = nil
	}
	return ref, err
}

func (s diskStore) Create(_ context.Context, key string, data []byte) error {
	path := filepath.Join(string(s.Folder), filepath.FromSlash(key))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if os.IsExist(err) {
		return fmt.Errorf("%s: %w", key, objectstore.ErrExists)
	}
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}
