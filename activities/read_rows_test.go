package activities_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"temper/activities"
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
	check := func(uris ...string) error {
		in := activities.CheckDataInput{Run: testRun, Prompt: recipe.Prompt{Format: recipe.PromptTokens}, Data: map[string]recipe.Dataset{}}
		for i, uri := range uris {
			in.Data[string(rune('a'+i))] = recipe.Dataset{URI: uri, Format: recipe.FormatGSM8K}
		}
		_, err := p.env.ExecuteActivity(p.acts.CheckData, in)
		return err
	}
	if err := check("/a.jsonl.gz", "/b.jsonl.zst", "/long.gz", "/long.zst"); err != nil {
		t.Error(err)
	}
	app := checkFailure(t, check("/cut.gz", "/wrong.gz"), activities.UserErrorType, false)
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
	p = newPlace(t, nil)
	p.sources["/a.jsonl.gz"] = gzipped(t, gsm8kLines)
	p.acts.Available = func() (int64, error) { return 600, nil }
	_, err := p.env.ExecuteActivity(p.acts.PrepareData, p.fileInput("/a.jsonl.gz", recipe.FormatGSM8K, "bytes"))
	app = checkFailure(t, err, activities.UserErrorType, false)
	if want := "data.train: /a.jsonl.gz: it unpacks to more than 100 bytes (on worker test-worker; a data set may take 1/6 of the memory that is left)"; !strings.Contains(app.Message(), want) {
		t.Errorf("got %q, want %q", app.Message(), want)
	}
}
