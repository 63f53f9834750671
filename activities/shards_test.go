package activities_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
)

// rowsInFile writes n rows of GSM8K's form, of which every tenth is bad.
func rowsInFile(n int) []byte {
	var text bytes.Buffer
	for i := range n {
		if i%10 == 7 {
			fmt.Fprintf(&text, `{"question": "%d?"}`+"\n", i)
			continue
		}
		fmt.Fprintf(&text, `{"question": "%d and %d?", "answer": "add\n#### %d"}`+"\n", i, i, 2*i)
	}
	return text.Bytes()
}

// shardsOf are the blobs of a stored dataset.
func (p *place) shardsOf(ref artifact.Ref) (blobs [][]byte) {
	data := p.get(ref)
	if !dataset.IsIndex(data) {
		return [][]byte{data}
	}
	index, err := dataset.DecodeIndex(data)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, shard := range index.Shards {
		blobs = append(blobs, p.get(shard.Blob))
	}
	return blobs
}

// TestPrepareInShards: a dataset in shards has the rows of one that is not, in their order.
func TestPrepareInShards(t *testing.T) {
	p := newPlace(t, nil)
	p.sources["/some.jsonl.gz"] = gzipped(t, string(rowsInFile(100)))
	in := p.fileInput("/some.jsonl.gz", recipe.FormatGSM8K, "bytes")
	in.Dataset.SkipBadRows = true
	whole := must(p, p.acts.PrepareData, in)
	in.Dataset.ShardRows = 25
	sharded := must(p, p.acts.PrepareData, in)
	if whole.ProblemShards != 0 || sharded.ProblemShards != 4 || sharded.ExampleShards != 4 || sharded.NumProblems != 90 || sharded.NumExamples != 90 {
		t.Errorf("it is %+v", sharded)
	}
	for one, all := range map[artifact.Ref]artifact.Ref{whole.Problems: sharded.Problems, whole.Examples: sharded.Examples} {
		if !bytes.Equal(bytes.Join(p.shardsOf(all), nil), p.get(one)) {
			t.Error("the shards hold other rows")
		}
	}
	train := overAll(p, sharded.Dataset)
	got, err := do(p, p.acts.TrainSFT, train)
	train.Examples = whole.Examples
	want := must(p, p.acts.TrainSFT, train)
	if err != nil || got.Loss != want.Loss || got.Tokens != want.Tokens {
		t.Errorf("training sees %v, %v, want %v", got, err, want)
	}
}

// overAll is a segment of a stage over all of a dataset's examples.
func overAll(p *place, d activities.Dataset) activities.TrainSFTInput {
	stage := recipe.Stage{Name: "sft", Kind: recipe.KindSFT, SFT: &recipe.SFT{BatchSize: 9, Epochs: 2}}
	return activities.TrainSFTInput{
		Run: testRun, Stage: stage, Seed: 3, Vocabulary: p.vocabulary("bytes"), Examples: d.Examples, NumExamples: d.NumExamples,
		Policy: p.initial(), FirstUpdate: 0, EndUpdate: 20, Updates: 20,
	}
}

// packedRows is gzip of rows around one that is n bytes long.
func packedRows(t *testing.T, before string, n int, after string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	piece := bytes.Repeat([]byte("0"), 1<<20)
	io.WriteString(w, before)
	for range n >> 20 {
		w.Write(piece)
	}
	io.WriteString(w, after)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestLongRows: a row beyond all bounds, such as a bomb unpacks to, is one bad row in lines, and
// the end of a file that is one array.
func TestLongRows(t *testing.T) {
	const good = `{"question": "2 and 3?", "answer": "2+3=5\n#### 5"}`
	p := newPlace(t, nil)
	p.sources["/bomb.gz"] = packedRows(t, good+"\n"+`{"question": "`, 200<<20, "\"}\n"+good+"\n")
	p.sources["/array.gz"] = packedRows(t, "["+good+`, {"question": "`, 200<<20, "\"}, "+good+"]")
	p.sources["/cut.json"] = []byte("[" + good + "\n")
	refused := func(uri string, format recipe.Format, skips bool, want string) {
		t.Helper()
		in := p.fileInput(uri, format, "bytes")
		in.Dataset.SkipBadRows = skips
		if format == recipe.FormatRows {
			in.Dataset.Fields = &recipe.Fields{Question: "question", Answer: "answer"}
		}
		_, err := p.env.ExecuteActivity(p.acts.PrepareData, in)
		if app := checkFailure(t, err, activities.UserErrorType, false); !strings.Contains(app.Message(), want) {
			t.Errorf("got %s, want %s", app.Message(), want)
		}
	}
	refused("/bomb.gz", recipe.FormatGSM8K, false, "data.train: /bomb.gz line 2: the line is longer than 128 MiB")
	refused("/array.gz", recipe.FormatRows, true, "data.train: /array.gz: member 2 of the array: it is longer than 128 MiB")
	refused("/cut.json", recipe.FormatRows, true, "data.train: /cut.json: the array does not end after member 1: unexpected EOF")
	in := p.fileInput("/bomb.gz", recipe.FormatGSM8K, "bytes")
	in.Dataset.SkipBadRows = true
	if got := must(p, p.acts.PrepareData, in); got.NumProblems != 2 {
		t.Errorf("beside a bad row there are %+v", got)
	}
	if remarks := p.remarks(artifact.KindDataset); len(remarks) != 1 || !strings.Contains(remarks[0], "1 bad rows are left out, as skip_bad_rows says: the line is longer than N MiB 1; the first: row 2: ") {
		t.Errorf("remarks %q", remarks)
	}
}

// remarks are those of all records of a kind.
func (p *place) remarks(kind artifact.Kind) (all []string) {
	for _, m := range p.manifests(testRun) {
		if m.Kind == kind {
			all = append(all, m.Remarks...)
		}
	}
	return all
}
