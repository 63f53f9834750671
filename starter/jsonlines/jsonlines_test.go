package jsonlines

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func source(text string) []Source { return []Source{{Name: "-", Reader: strings.NewReader(text)}} }

// double adds twice the field n.
var double = Each(func(_ context.Context, line *Line) error {
	var n int
	has, err := line.Get("n", &n, "an integer")
	if err == nil && !has {
		err = errors.New("n is missing")
	}
	line.Add("double", 2*n)
	return err
})

func TestLines(t *testing.T) {
	in := "\ufeff" + `{"n":1}
{"a": 1.50e3, "n" : 2 , "big":123456789012345678901234567890, "s":"<é\u00e9\/\ud83d\ude00>"}

  	{"n": 3 }` + "\r" + `
{"n":"x","id":7}
{"id":7}
{}
[1]
"n"
7
{"n":1
{"n":1}{"n":2}
{"n":1,"n":2}
{"n":null}
{"n":"` + "\xff" + `"}
{"double":0,"n":5}
{"n":6, "double" : [1,2] , "z": {} }
{"double":1,"double2":2,"n":7}
{"n": 1e2}
{"n":8}`
	want := `{"n":1,"double":2}
{"a": 1.50e3, "n" : 2 , "big":123456789012345678901234567890, "s":"<é\u00e9\/\ud83d\ude00>","double":4}
{"n": 3,"double":6}
{"n":"x","id":7,"error":"n is a string; valid: an integer","line":5}
{"id":7,"error":"n is missing","line":6}
{"error":"n is missing","line":7}
{"error":"the line is an array; valid: a JSON object","line":8}
{"error":"the line is a string; valid: a JSON object","line":9}
{"error":"the line is a number; valid: a JSON object","line":10}
{"error":"the line cannot be read: it is truncated: the JSON goes on after byte 6, the last","line":11}
{"error":"the line cannot be read: there is something after the JSON value, which ends at byte 7","line":12}
{"error":"the field \"n\" is given twice","line":13}
{"n":null,"error":"n is missing","line":14}
{"error":"the line cannot be read: byte 7 is not UTF-8","line":15}
{"n":5,"double":10}
{"n":6 , "z": {},"double":12}
{"double2":2,"n":7,"double":14}
{"n": 1e2,"error":"n is a number; valid: an integer","line":19}
{"n":8,"double":16}
`
	for _, o := range []Options{{}, {Batch: 3}, {Batch: 100, Workers: 1}, {Batch: 2, Workers: 7}} {
		var out bytes.Buffer
		err := Run(context.Background(), source(in), &out, o, double)
		if err == nil || err.Error() != "12 of 19 lines failed, the first at line 5" || out.String() != want {
			t.Errorf("%+v: %v\n%s", o, err, out.String())
		}
	}
}

// Order in is order out, and each line comes once, however long the work on a line takes.
func TestOrder(t *testing.T) {
	var in, want strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&in, "{\"n\":%d}\n", i)
		fmt.Fprintf(&want, "{\"n\":%d,\"double\":%d}\n", i, 2*i)
	}
	for _, o := range []Options{{Workers: 8}, {Batch: 7, Workers: 8}} {
		var out bytes.Buffer
		var most atomic.Int64
		count, err := run(context.Background(), source(in.String()), &out, o, maxLine, func(ctx context.Context, lines []*Line) error {
			most.Store(max(most.Load(), int64(len(lines))))
			if lines[0].Number%5 == 1 {
				time.Sleep(time.Millisecond)
			}
			return double(ctx, lines)
		})
		if err != nil || out.String() != want.String() || count != (summary{lines: 3000}) || count.err() != nil {
			t.Errorf("%+v: %v, %v", o, count, err)
		}
		if most.Load() != int64(max(1, o.Batch)) {
			t.Errorf("%+v: batches of at most %d", o, most.Load())
		}
	}
}

func TestLongLines(t *testing.T) {
	long := func(n int) string { return `{"n":1,"x":"` + strings.Repeat("x", n-14) + `"}` }
	in := long(100) + "\n" + long(101) + "\n" + long(500000) + "\n{\"n\":2}\n" + long(101)
	var out bytes.Buffer
	count, err := run(context.Background(), source(in), &out, Options{}, 100, double)
	want := strings.TrimSuffix(long(100), "}") + `,"double":2}
{"error":"the line has more than 100 bytes","line":2}
{"error":"the line has more than 100 bytes","line":3}
{"n":2,"double":4}
{"error":"the line has more than 100 bytes","line":5}
`
	if err != nil || out.String() != want || count.bad != 3 {
		t.Errorf("%v, %v\n%s", count, err, out.String())
	}
}

// TestKeep: only what is kept comes out with what was added, of lines and of arrays.
func TestKeep(t *testing.T) {
	keep := Each(func(_ context.Context, line *Line) error {
		n := 0
		for range line.Fields() {
			n++
		}
		if line.Has("d") {
			line.Add("n", n)
		}
		line.Keep("b", "c")
		return nil
	})
	for in, want := range map[string]string{
		`{"a":1, "b":2, "c":[3],"d":4}` + "\n" + `{"a":1,"d":null}`: `{"b":2, "c":[3],"n":4}` + "\n{}\n",
		"\ufeff [{\"a\":1,\n\"c\":2}, {\"d\":3}]":                   `{"c":2}` + "\n" + `{"n":1}` + "\n",
		"[]": "",
	} {
		var out bytes.Buffer
		if err := Run(context.Background(), []Source{OrArray(source(in)[0])}, &out, Options{}, keep); err != nil || out.String() != want {
			t.Errorf("%s: %v\n%s", in, err, out.String())
		}
	}
	err := Run(context.Background(), []Source{OrArray(source("[{}, ")[0])}, io.Discard, Options{}, keep)
	if err == nil || !strings.Contains(err.Error(), "begins as a JSON array and does not go on as one") {
		t.Errorf("half an array: %v", err)
	}
}

func TestSeveralSources(t *testing.T) {
	dir := t.TempDir()
	paths := []string{filepath.Join(dir, "a"), "-", filepath.Join(dir, "b")}
	for path, text := range map[string]string{paths[0]: "{\"n\":1}\n{\"n\":2}", paths[2]: "\n{}\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	err := RunFiles(context.Background(), paths, strings.NewReader("{\"n\":3}"), &out, Options{}, double)
	want := "{\"n\":1,\"double\":2}\n{\"n\":2,\"double\":4}\n{\"n\":3,\"double\":6}\n{\"error\":\"n is missing\",\"line\":2}\n"
	if err == nil || err.Error() != "1 of 4 lines failed, the first at "+paths[2]+", line 2" || out.String() != want {
		t.Errorf("%v\n%s", err, out.String())
	}
	for path, want := range map[string]string{dir: "read lines: " + dir + " is a folder; valid: a file of JSON lines, or -", dir + "/c": "read lines: open " + dir + "/c: no such file or directory; valid: a file of JSON lines, or -"} {
		if err := RunFiles(context.Background(), []string{paths[0], path}, nil, io.Discard, Options{}, double); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// A line that comes alone is answered at once, in whatever batches the rest is worked on.
func TestInteractive(t *testing.T) {
	in, type_ := io.Pipe()
	read, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := Run(context.Background(), []Source{{"-", in}}, out, Options{Batch: 64}, double)
		done <- errors.Join(err, out.Close())
	}()
	answers := json.NewDecoder(read)
	for n := range 5 {
		if _, err := fmt.Fprintf(type_, "{\"n\":%d}\n", n); err != nil {
			t.Fatal(err)
		}
		var answer struct{ Double int }
		if err := answers.Decode(&answer); err != nil || answer.Double != 2*n {
			t.Fatalf("%v, %v", answer, err)
		}
	}
	if err := type_.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := read.Read(make([]byte, 1)); err != nil && !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) Read([]byte) (int, error)  { return 0, f.err }

func TestStops(t *testing.T) {
	broken := errors.New("broken")
	many := strings.Repeat("{\"n\":1}\n", 100000)
	for _, pipe := range []error{syscall.EPIPE, io.ErrClosedPipe} {
		if err := Run(context.Background(), source(many), failing{&os.PathError{Op: "write", Path: "|1", Err: pipe}}, Options{}, double); err != nil {
			t.Errorf("a closed pipe: %v", err)
		}
	}
	if err := Run(context.Background(), source(many), failing{broken}, Options{}, double); !errors.Is(err, broken) {
		t.Errorf("a broken output: %v", err)
	}
	var out bytes.Buffer
	sources := []Source{{"a", strings.NewReader("{\"n\":1}")}, {"b", failing{broken}}}
	if err := Run(context.Background(), sources, &out, Options{}, double); err == nil || err.Error() != "read lines: b, line 1: broken" || out.String() != "{\"n\":1,\"double\":2}\n" {
		t.Errorf("a broken input: %v, %q", err, out.String())
	}
	out.Reset()
	err := Run(context.Background(), source(many), &out, Options{Batch: 10}, func(ctx context.Context, lines []*Line) error {
		if lines[0].Number > 1000 {
			return broken
		}
		return double(ctx, lines)
	})
	if !errors.Is(err, broken) || strings.Contains(strings.ReplaceAll(out.String(), `{"n":1,"double":2}`, ""), "n") {
		t.Errorf("broken work: %v", err)
	}
	blocked, _ := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(10*time.Millisecond, cancel)
	if err := Run(ctx, []Source{{"-", blocked}}, io.Discard, Options{Batch: 4}, double); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

// FuzzLine: what comes out is an object with the same fields, or an error.
func FuzzLine(f *testing.F) {
	f.Add(`{"n":1, "a" : [1,{"b":null}] }`)
	f.Add(`{"new":1,"n":"\ud800"}`)
	f.Add(`{ }`)
	f.Fuzz(func(t *testing.T, text string) {
		var out bytes.Buffer
		_, err := run(context.Background(), source(text), &out, Options{Workers: 1}, maxLine, Each(func(_ context.Context, line *Line) error {
			line.Add("new", line.Number)
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			var object map[string]json.RawMessage
			if err := json.Unmarshal([]byte(line), &object); err != nil || object["new"] == nil && object["error"] == nil {
				t.Fatalf("%q gives %q", text, line)
			}
		}
	})
}

// TestUnknownFields: a field that is a mistake is refused, unless all are let through.
func TestUnknownFields(t *testing.T) {
	const refused = "%s%s,\"error\":\"the field \\\"%s\\\" is unknown here; %svalid: n, limits, id; with --pass any field goes through\",\"line\":1}\n"
	for _, test := range []struct {
		field, hint string
		strict      bool
		refused     bool
	}{
		{"id", "", true, false}, {"responses", "", true, false}, {"limits", "", false, false},
		{"source", "", false, false}, {"source", "", true, true}, {"m", "", false, false},
		{"limit", "did you mean limits? ", false, true}, {"limitz", "did you mean limits? ", true, true},
		{"temperature", "", false, true}, {"temprature", "", false, true},
	} {
		for _, pass := range []bool{false, true} {
			line := fmt.Sprintf(`{"n":1,%q:2`, test.field)
			want := line + ",\"double\":2}\n"
			if test.refused && !pass {
				want = fmt.Sprintf(refused, "", line, test.field, test.hint)
			}
			var out bytes.Buffer
			err := Run(context.Background(), source(line+"}\n"), &out, Options{Fields: []string{"n", "limits"}, Strict: test.strict, Pass: pass}, double)
			if (err != nil) != (test.refused && !pass) || out.String() != want {
				t.Errorf("%s, strict %v, pass %v: %v, got\n%swant\n%s", test.field, test.strict, pass, err, out.String(), want)
			}
		}
	}
}
