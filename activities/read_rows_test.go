package activities_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
)

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.Bytes()
}

func zstandard(t *testing.T, text string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll([]byte(text), nil)
}

// TestCompressedData: compressed files are looked at and read as the text that they hold.
func TestCompressedData(t *testing.T) {
	p := newPlace(t, nil)
	var long strings.Builder
	for i := range 60000 { // both heads end within it
		fmt.Fprintf(&long, `{"question": "%d and %d, and then nothing more?", "answer": "no\n#### %d"}`+"\n", i*7919%10007, i, i)
	}
	p.sources["/a.jsonl.gz"], p.sources["/b.jsonl.zst"] = gzipped(t, gsm8kLines), zstandard(t, gsm8kLines)
	p.sources["/long.gz"], p.sources["/long.zst"] = gzipped(t, long.String()), zstandard(t, long.String())
	p.sources["/cut.gz"], p.sources["/wrong.gz"] = gzipped(t, gsm8kLines)[:60], gzipped(t, `{"question": "?"}`)
	if err := p.checkFiles("/a.jsonl.gz", "/b.jsonl.zst", "/long.gz", "/long.zst"); err != nil {
		t.Error(err)
	}
	app := checkFailure(t, p.checkFiles("/cut.gz", "/wrong.gz"), activities.UserErrorType, false)
	for _, want := range []string{"data.a: /cut.gz: it is gzip-compressed, and cannot be unpacked: unexpected EOF", `data.b: /wrong.gz line 1: field "answer" is missing`} {
		if !strings.Contains(app.Message(), want) {
			t.Errorf("got %q, want %q in it", app.Message(), want)
		}
	}
	for _, uri := range []string{"/a.jsonl.gz", "/b.jsonl.zst"} {
		if got := must(p, p.acts.PrepareData, p.fileInput(uri, recipe.FormatGSM8K, "bytes")); got.NumProblems != 2 || got.NumExamples != 2 || got.Dropped != 2 {
			t.Errorf("%s: %+v", uri, got)
		}
	}
}

// TestSkipBadRows: what cannot be used is counted by reason and shown, and the rest is kept.
func TestSkipBadRows(t *testing.T) {
	const good = `{"question": "2 and 3?", "answer": "2+3=5\n#### 5"}` + "\n"
	bad := "{\"question\": \n" + `{"question": "?"}` + "\n" + `{"question": "?", "answer": 3}` + "\n" + `{"question": "?", "answer": 4}` + "\n\n"
	p := newPlace(t, nil)
	p.sources["/some.jsonl"], p.sources["/none.jsonl"] = []byte(bad+good+good), []byte(bad)
	p.sources["/later.jsonl"] = []byte(strings.Repeat(bad, 20000) + good)
	in := p.fileInput("/some.jsonl", recipe.FormatGSM8K, "bytes")
	_, err := p.env.ExecuteActivity(p.acts.PrepareData, in)
	checkFailure(t, err, activities.UserErrorType, false)
	in.Dataset.SkipBadRows = true
	if got := must(p, p.acts.PrepareData, in); got.NumProblems != 2 || got.NumExamples != 2 || got.Dropped != 0 {
		t.Errorf("%+v", got)
	}
	var m artifact.Manifest
	for _, recorded := range p.manifests(testRun) {
		if recorded.Kind == artifact.KindDataset {
			m = recorded
		}
	}
	if len(m.Remarks) != 1 || !strings.HasPrefix(m.Remarks[0], `5 bad rows are left out, as skip_bad_rows says: field "answer" is missing 1, field "answer": want a string, got a number 2, `) ||
		!strings.Contains(m.Remarks[0], `the first: row 1: it is truncated`) || !strings.Contains(m.Remarks[0], `row 3: field "answer": want a string`) || strings.Contains(m.Remarks[0], "row 4") {
		t.Errorf("remarks %q", m.Remarks)
	}
	if n := m.Metrics[artifact.MetricBadRows+`field "answer": want a string, got a number`]; n != 2 {
		t.Errorf("%v rows of a reason: %v", n, m.Metrics)
	}
	in.Dataset.URI = "/none.jsonl"
	_, err = p.env.ExecuteActivity(p.acts.PrepareData, in)
	if app := checkFailure(t, err, activities.UserErrorType, false); !strings.Contains(app.Message(), "data.train: /none.jsonl: no row can be used; the first, row 1: it is truncated") {
		t.Errorf("got %s", app.Message())
	}
	for uri, fails := range map[string]bool{"/some.jsonl": false, "/later.jsonl": false, "/none.jsonl": true} {
		d := map[string]recipe.Dataset{"a": {URI: uri, Format: recipe.FormatGSM8K, SkipBadRows: true}}
		_, err := p.env.ExecuteActivity(p.acts.CheckData, activities.CheckDataInput{Run: testRun, Prompt: in.Prompt, Data: d})
		if (err != nil) != fails {
			t.Errorf("the check of %s: %v", uri, err)
		}
	}
}

// TestParquetData: a Parquet file is looked at and read as its rows, and so is its schema.
func TestParquetData(t *testing.T) {
	p := newPlace(t, nil)
	data, err := os.ReadFile("../model/library/parquetlines/testdata/rows.parquet")
	if err != nil {
		t.Fatal(err)
	}
	p.sources["/data/rows.parquet"], p.sources["/data/cut.parquet"] = data, data[:len(data)-9]
	fields := recipe.Fields{Question: "generations[-1]", Answer: "reward_model.ground_truth", ID: "extra_info.index"}
	in := p.fileInput("/data/rows.parquet", recipe.FormatRows, "bytes")
	in.Dataset.Fields, in.Dataset.SkipBadRows = &fields, true
	check := func(uri string) error {
		d := in.Dataset
		d.URI = uri
		_, err := p.env.ExecuteActivity(p.acts.CheckData, activities.CheckDataInput{Run: testRun, Prompt: in.Prompt, Data: map[string]recipe.Dataset{"a": d}})
		return err
	}
	if err := check("/data/rows.parquet"); err != nil {
		t.Error(err)
	}
	if app := checkFailure(t, check("/data/cut.parquet"), activities.UserErrorType, false); !strings.Contains(app.Message(), "data.a: /data/cut.parquet: it is no whole Parquet file: ") {
		t.Errorf("got %s", app.Message())
	}
	got := must(p, p.acts.PrepareData, in)
	problems, err := dataset.DecodeProblems(p.get(got.Problems))
	if err != nil || len(problems) == 0 || problems[0].ID != "2" || problems[0].Question != "g1" || problems[0].Answer != "4" {
		t.Errorf("%v of %+v: %+v", err, got, problems)
	}
	in.Name, in.Dataset.URI = "cut", "/data/cut.parquet"
	_, err = p.env.ExecuteActivity(p.acts.PrepareData, in)
	if app := checkFailure(t, err, activities.UserErrorType, false); !strings.Contains(app.Message(), "data.cut: /data/cut.parquet: it is no whole Parquet file: ") {
		t.Errorf("got %s", app.Message())
	}
}
