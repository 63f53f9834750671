package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"temper/starter/advice"
)

const sharedData = "../../shared/data"

// tokenizeCLI runs `starter tokenize` with that standard input.
func tokenizeCLI(t testing.TB, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	path := filepath.Join(t.TempDir(), "stdin")
	if err := os.WriteFile(path, []byte(stdin), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func(before *os.File) {
		os.Stdin = before
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}(os.Stdin)
	os.Stdin = file
	code = execute(context.Background(), append([]string{"tokenize"}, args...), &out, &errs)
	return code, out.String(), errs.String()
}

// qwenFolder is a folder in Hugging Face layout, with one of the two chat templates.
func qwenFolder(t testing.TB, template string) string {
	t.Helper()
	dir := t.TempDir()
	from, err := filepath.Abs(filepath.Join(sharedData, "tokenizer/qwen2.5"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(from); errors.Is(err, os.ErrNotExist) {
		t.Skip("../shared is absent")
	}
	for name, file := range map[string]string{"tokenizer.json": "tokenizer.json", "tokenizer_config.json": "tokenizer_config.json", "chat_template.jinja": "chat_template_" + template + ".jinja"} {
		if err := os.Symlink(filepath.Join(from, file), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// goldenLines are the rows of a golden file.
func goldenLines(t testing.TB, file string) []json.RawMessage {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(sharedData, "tokenizer_goldens", file))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("../shared is absent")
	}
	if err != nil {
		t.Fatal(err)
	}
	var rows []json.RawMessage
	for line := range bytes.Lines(text) {
		rows = append(rows, bytes.TrimSpace(line))
	}
	return rows
}

// TestTokenizeGoldens: the IDs of transformers, for texts and for conversations.
func TestTokenizeGoldens(t *testing.T) {
	type row struct {
		Template, Text string
		Ids            []int32
	}
	for _, template := range []string{"instruct", "math"} {
		var in strings.Builder
		var want []row
		for _, line := range goldenLines(t, "chat_template.jsonl") {
			var r row
			var fields map[string]json.RawMessage
			if err := errors.Join(json.Unmarshal(line, &r), json.Unmarshal(line, &fields)); err != nil {
				t.Fatal(err)
			}
			if r.Template != template {
				continue
			}
			delete(fields, "text")
			delete(fields, "ids")
			text, err := json.Marshal(fields)
			if err != nil {
				t.Fatal(err)
			}
			in.Write(append(text, '\n'))
			want = append(want, r)
		}
		code, stdout, stderr := tokenizeCLI(t, in.String(), "--tokenizer", qwenFolder(t, template))
		if code != exitOK || stderr != "" {
			t.Errorf("code %d, %s", code, stderr)
		}
		out := slices.Collect(strings.Lines(stdout))
		if len(out) != len(want) || len(want) == 0 {
			t.Fatalf("%d lines, want %d", len(out), len(want))
		}
		for i, line := range out {
			var got row
			if err := json.Unmarshal([]byte(line), &got); err != nil || got.Text != want[i].Text || !slices.Equal(got.Ids, want[i].Ids) {
				t.Errorf("%s, row %d: %v, %s", template, i, err, line)
			}
		}
	}
}

func TestTokenizeLines(t *testing.T) {
	in := `{"id": 1.50, "text": "<user>é"}

{"text": "a", "messages": []}
{"id": 2}
{"text": 5}
{"messages": "a"}
{"messages": [{"role": "user", "content": "a"}]}
{"text": "a", "tools": []}
{"text": ""}
`
	want := `{"id": 1.50, "text": "<user>é","ids":[2,202,176]}
{"text": "a", "messages": [],"error":"both text and messages are given; valid: one of them","line":3}
{"id": 2,"error":"neither text nor messages is given; valid: one of them","line":4}
{"text": 5,"error":"text is a number; valid: a string","line":5}
{"messages": "a","error":"messages is a string; valid: an array of objects","line":6}
{"messages": [{"role": "user", "content": "a"}],"error":"the tokenizer has no chat template: neither chat_template.jinja nor chat_template in tokenizer_config.json","line":7}
{"text": "a", "tools": [],"error":"tools and add_generation_prompt are for messages, and there are none","line":8}
{"text": "","ids":[]}
`
	code, stdout, stderr := tokenizeCLI(t, in, "--tokenizer", "bytes")
	if code != exitFailure || stdout != want || stderr != "starter: 6 of 8 lines failed, the first at line 3\n" {
		t.Errorf("code %d, %s\n%s", code, stderr, stdout)
	}
	file := filepath.Join(t.TempDir(), "in.jsonl")
	if err := os.WriteFile(file, []byte(in), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = tokenizeCLI(t, `{"text":"abc"}`, "--tokenizer=synthetic", "-", file)
	if code != exitFailure || !strings.HasPrefix(stdout, `{"text":"abc","ids":[48,49,50]}`+"\n"+`{"id": 1.50, "text": "<user>é","error":"encode: vocabulary`) ||
		stderr != "starter: 7 of 9 lines failed, the first at "+file+", line 1\n" {
		t.Errorf("code %d, %s\n%s", code, stderr, stdout)
	}
}

func TestTokenizeTools(t *testing.T) {
	in := `{"messages": [{"role": "user", "content": "a"}], "tools": [{"b": 1, "a": "<é>"}], "add_generation_prompt": false}
{"messages": [{"role": "user", "content": null}]}
{"messages": [5], "tools": {"a": 1}}
{"messages": [5]}
{"messages": [], "add_generation_prompt": 1}
`
	_, stdout, _ := tokenizeCLI(t, in, "--tokenizer", qwenFolder(t, "math"))
	lines := slices.Collect(strings.Lines(stdout))
	for i, want := range []string{
		`\n<tools>\n{\"b\": 1, \"a\": \"<é>\"}\n</tools>`,
		`"error":"render chat template: line 23: can only concatenate str (not \"NoneType\") to str","line":2`,
		`"error":"tools is an object; valid: an array of objects","line":3`,
		`"error":"render chat: messages[0] is no JSON object","line":4`,
		`"error":"add_generation_prompt is a number; valid: true or false","line":5`,
	} {
		if i >= len(lines) || !strings.Contains(lines[i], want) {
			t.Errorf("line %d of\n%s\nlacks %s", i+1, stdout, want)
		}
	}
}

func TestTokenizeMistakes(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{nil, exitUsage, "starter: no tokenizer is given; valid: --tokenizer with a folder, a tokenizer.json, a .bin file, synthetic or bytes; see " + advice.Command("", "tokenize", "--help") + "\n"},
		{[]string{"--tokenizer", "qwen"}, exitFailure, "starter: read tokenizer: stat qwen: no such file or directory; built-in vocabularies: synthetic, bytes\n"},
		{[]string{"--tokenizer", dir + "/no"}, exitFailure, "starter: read tokenizer: stat " + dir + "/no: no such file or directory\n"},
		{[]string{"--tokenizer", "bytes", dir + "/no"}, exitFailure, "starter: read lines: open " + dir + "/no: no such file or directory; valid: a file of JSON lines, or -\n"},
		{[]string{"--tokenizer", "bytes", dir}, exitFailure, "starter: read lines: " + dir + " is a folder; valid: a file of JSON lines, or -\n"},
	} {
		code, stdout, stderr := tokenizeCLI(t, "{}", test.args...)
		if code != test.code || stderr != test.want || stdout != "" {
			t.Errorf("%v: code %d, %q, %q", test.args, code, stdout, stderr)
		}
	}
	code, stdout, _ := tokenizeCLI(t, "", "--help")
	for _, word := range []string{"text ", "messages ", "tools ", "add_generation_prompt ", "ids ", "error, line ", "Examples:", "--tokenizer DIR"} {
		if code != exitOK || !strings.Contains(stdout, word) {
			t.Errorf("code %d, the help does not say %q:\n%s", code, word, stdout)
		}
	}
}

// BenchmarkTokenize is the whole command, on the questions of GSM8K.
func BenchmarkTokenize(b *testing.B) {
	text, err := os.ReadFile(filepath.Join(sharedData, "gsm8k/test.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		b.Skip("../shared is absent")
	}
	if err != nil {
		b.Fatal(err)
	}
	dir := qwenFolder(b, "math")
	const repeat = 40 // long enough that reading the vocabulary does not count
	for _, messages := range []bool{false, true} {
		var in strings.Builder
		for line := range bytes.Lines(text) {
			var row struct{ Question, Answer json.RawMessage }
			if err := json.Unmarshal(line, &row); err != nil {
				b.Fatal(err)
			}
			if messages {
				fmt.Fprintf(&in, `{"messages": [{"role": "user", "content": %s}]}`+"\n", row.Question)
			} else {
				fmt.Fprintf(&in, `{"text": %s}`+"\n", row.Question)
			}
		}
		stdin := strings.Repeat(in.String(), repeat)
		b.Run(map[bool]string{false: "text", true: "messages"}[messages], func(b *testing.B) {
			tokens := 0
			for b.Loop() {
				code, stdout, stderr := tokenizeCLI(b, stdin, "--tokenizer", dir)
				if code != exitOK {
					b.Fatal(stderr)
				}
				tokens = tokenCount(stdout)
			}
			lines := float64(strings.Count(stdin, "\n")) * float64(b.N)
			b.ReportMetric(lines/b.Elapsed().Seconds(), "lines/s")
			b.ReportMetric(float64(tokens)*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}

// tokenCount counts the IDs in lines of output.
func tokenCount(stdout string) int {
	n := 0
	for line := range strings.Lines(stdout) {
		_, ids, _ := strings.Cut(line, `"ids":[`)
		ids, _, _ = strings.Cut(ids, "]")
		n += 1 + strings.Count(ids, ",")
	}
	return n
}

// A chat template gets the variables and the date that the flags give.
func TestTokenizeWithVariables(t *testing.T) {
	dir := qwenFolder(t, "instruct")
	template := filepath.Join(dir, "chat_template.jinja")
	if err := errors.Join(os.Remove(template), os.WriteFile(template, []byte("{{ enable_thinking }} {{ strftime_now('%d %B %Y') }} {{ messages[0].content }}"), 0o600)); err != nil {
		t.Fatal(err)
	}
	const line = `{"messages": [{"role": "user", "content": "hi"}]}`
	code, stdout, stderr := tokenizeCLI(t, line, "--tokenizer", dir, "--variable", "enable_thinking=false", "--date", "2026-03-04")
	if code != 0 || !strings.Contains(stdout, `"text":"False 04 March 2026 hi"`) {
		t.Errorf("exit code %d, %s, %s", code, stdout, stderr)
	}
	for want, args := range map[string][]string{
		`--variable "a"; valid: NAME=JSON, such as enable_thinking=false`: {"--variable", "a"},
		`--date "4 March"; valid: YYYY-MM-DD`:                             {"--date", "4 March"},
		`template variable "tools": valid are names other than messages`:  {"--variable", "tools=[]"},
		`template variable "a": invalid character '('`:                    {"--variable", "a=f(x)"},
	} {
		code, _, stderr := tokenizeCLI(t, line, append([]string{"--tokenizer", dir}, args...)...)
		if code == 0 || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit code %d, %s, want %s", args, code, stderr, want)
		}
	}
}
