package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// gradeCLI runs `starter grade` on lines in a file.
func gradeCLI(t *testing.T, lines string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lines.jsonl")
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code = execute(context.Background(), append(append([]string{"grade"}, args...), path), &out, &errs)
	return code, out.String(), strings.ReplaceAll(errs.String(), path, "PATH")
}

func TestGradeMath(t *testing.T) {
	in := `{"gold":"\\frac{1}{2}","pred":"0.5","id":7}
{"gold": 4, "pred": 4.0}
{"gold":"4","response":"<think>so \\boxed{5}</think>It is \\boxed{4}."}
{"gold":"4","response":"The answer is \\boxed{4}."}
{"gold":"x<3","pred":"5"}
{"gold":"","pred":"5"}
`
	want := `{"gold":"\\frac{1}{2}","pred":"0.5","id":7,"verdict":"correct","extracted":"0.5","reason":"equals \\frac{1}{2}"}
{"gold": 4, "pred": 4.0,"verdict":"correct","extracted":"4.0","reason":"equals 4"}
{"gold":"4","response":"<think>so \\boxed{5}</think>It is \\boxed{4}.","verdict":"correct","extracted":"4","reason":"equals 4"}
{"gold":"4","response":"The answer is \\boxed{4}.","verdict":"incorrect","extracted":"","reason":"no </think>"}
{"gold":"x<3","pred":"5","verdict":"incorrect","extracted":"5","reason":"differs from x<3"}
{"gold":"","pred":"5","verdict":"ungradable","extracted":"5","reason":"the gold answer is empty"}
`
	code, stdout, stderr := gradeCLI(t, in, "math")
	if code != exitOK || stdout != want || stderr != "" {
		t.Errorf("code %d, %s\n%s", code, stderr, stdout)
	}
	code, stdout, _ = gradeCLI(t, `{"gold":"4","response":"The answer is 4, I think."}`, "math", "--grading", "lenient")
	if code != exitOK || !strings.Contains(stdout, `"verdict":"correct","extracted":"4"`) {
		t.Errorf("lenient: code %d, %s", code, stdout)
	}
}

// A bad line says what is wrong with it and where it stands; the others go on.
func TestGradeMathBadLines(t *testing.T) {
	in := `{"gold":"4"}
{"pred":"4"}
{"gold":"4","pred":"4","response":"4"}
{"gold":["4"],"pred":"4"}
{"gold":"4","pred":true}
nonsense
{"gold":"4","pred":"4"}
`
	want := `{"gold":"4","error":"neither pred nor response is given; valid: one of them","line":1}
{"pred":"4","error":"gold is missing","line":2}
{"gold":"4","pred":"4","response":"4","error":"both pred and response are given; valid: one of them","line":3}
{"gold":["4"],"pred":"4","error":"gold is an array; valid: a string or a number","line":4}
{"gold":"4","pred":true,"error":"pred is a boolean; valid: a string or a number","line":5}
{"error":"the line cannot be read: it is not JSON: byte 2: invalid character 'o' in literal null (expecting 'u')","line":6}
{"gold":"4","pred":"4","verdict":"correct","extracted":"4","reason":"equals 4"}
`
	code, stdout, stderr := gradeCLI(t, in, "math")
	if code != exitFailure || stdout != want || stderr != "starter: 6 of 7 lines failed, the first at line 1\n" {
		t.Errorf("code %d, %s\n%s", code, stderr, stdout)
	}
}

// Gold answers come out with what is made of them, and their shares go to standard error.
func TestGradeGold(t *testing.T) {
	in := `{"answer":"\\frac{1}{2}","problem":"p"}
{"answer": 12}
{"answer":"So it is 4 + 3.\n#### 7"}
{"answer":"\\text{even}"}
{"answer":""}
{"answers":"4"}
`
	want := `{"answer":"\\frac{1}{2}","problem":"p","form":"fraction","verdict":"correct","extracted":"\\frac{1}{2}","reason":"equals \\frac{1}{2}"}
{"answer": 12,"form":"number","verdict":"correct","extracted":"12","reason":"equals 12"}
{"answer":"So it is 4 + 3.\n#### 7","form":"number","verdict":"correct","extracted":"7","reason":"equals 7"}
{"answer":"\\text{even}","form":"text","verdict":"correct","extracted":"\\text{even}","reason":"equals \\text{even}"}
{"answer":"","form":"text","verdict":"ungradable","extracted":"","reason":"the gold answer is empty"}
{"answers":"4","error":"the field \"answers\" is unknown here; did you mean answer? valid: answer, id; with --pass any field goes through","line":6}
`
	wantErr := `of 5 gold answers 2 (40.00 %) are compared as texts only, 1 (20.00 %) are not correct against themselves
  number     2 (40.00 %)
  fraction   1 (20.00 %)
  text       2 (40.00 %)
starter: 1 of 6 lines failed, the first at line 6
`
	code, stdout, stderr := gradeCLI(t, in, "gold", "--field", "answer")
	if code != exitFailure || stdout != want || stderr != wantErr {
		t.Errorf("code %d, %s\n%s", code, stderr, stdout)
	}
	code, stdout, stderr = gradeCLI(t, `{"gold":"x^2"}`, "gold")
	if code != exitOK || !strings.Contains(stdout, `"form":"expression"`) || !strings.HasPrefix(stderr, "of 1 gold answers 0 (0.00 %)") {
		t.Errorf("code %d, %s\n%s", code, stderr, stdout)
	}
	if code, _, stderr := gradeCLI(t, `{"gold":"1"}`, "gold", "--field", ""); code != exitFailure || stderr != "starter: --field is empty; valid: the name of a field\n" {
		t.Errorf("an empty --field: code %d, %s", code, stderr)
	}
}
