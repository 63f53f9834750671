package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// buildCell builds the sandbox's helper, as make build does.
func buildCell(t *testing.T) string {
	t.Helper()
	cell := filepath.Join(t.TempDir(), "sandbox-cell")
	build := exec.Command("go", "build", "-o", cell, "temper/activities/sandbox/cell")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the helper: %v\n%s", err, out)
	}
	return cell
}

func TestGradeCode(t *testing.T) {
	cell := buildCell(t)
	in := `{"id":1,"code":"print(int(input())+1)","tests":{"type":"stdin","inputs":["1","2"],"outputs":["2\n","3"]}}
{"id":2,"code":"print(int(input())+1)","tests":{"type":"stdin","inputs":["1","2","3"],"outputs":["2","4","4"]}}
{"id":3,"response":"so</think>Here:\n` + "```python\\ndef f(x): return x\\n```" + `","tests":{"type":"assert","setup":"import math","asserts":["assert math.floor(f(1.5)) == 1"]},"limits":{"cpu_seconds":2}}
{"id":4,"response":"def f(x): return x","tests":{"type":"function","name":"f","cases":[{"args":[1],"expect":1}]}}
{"id":5,"code":"while True: pass","tests":{"type":"function","name":"f","cases":[{"args":[1],"expect":1}]},"limits":{"cpu_seconds":0.2}}
{"id":6,"code":"print(0.33333)","tests":{"type":"stdin","inputs":[""],"outputs":["0.333333"],"compare":"float","tolerance":1e-4}}
{"id":7,"code":"def f(x): return x","tests":{"type":"assert","asserts":["assert f("]}}
`
	want := []string{
		`{"id":1 correct "2 of 2 tests passed" passed passed`,
		`{"id":2 incorrect "test 2 of 3: output line 1 is \"3\", want \"4\"" passed failed`,
		`{"id":3 correct "1 of 1 tests passed" passed`,
		`{"id":4 incorrect "no program after </think>"`,
		`{"id":5 incorrect "test 1 of 1: used more than 0.2 s of CPU time"`,
		`{"id":6 correct "1 of 1 tests passed" passed`,
		`{"id":7 ungradable "sandbox: tests cannot be run: SyntaxError`,
	}
	status, stdout, stderr := gradeCLI(t, in, "code", "--cell", cell)
	if status != exitOK || unhurried(stderr) != "" {
		t.Fatalf("code %d, %s", status, stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(lines), len(want), stdout)
	}
	for i, text := range lines {
		var line struct {
			Verdict, Reason, Grader string
			Tests                   []codeTest
		}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		reason, _ := json.Marshal(line.Reason)
		got := text[:7] + " " + line.Verdict + " " + strings.ReplaceAll(strings.ReplaceAll(string(reason), `\u003c`, "<"), `\u003e`, ">")
		for _, test := range line.Tests {
			got += " " + test.Outcome
			if test.CPU < 0 || test.CPU > 1 {
				t.Errorf("line %d: CPU time %v", i+1, test.CPU)
			}
		}
		if !strings.HasPrefix(got, want[i]) {
			t.Errorf("line %d: got %s, want %s", i+1, got, want[i])
		}
		if !strings.Contains(line.Grader, "code/") || !strings.Contains(line.Grader, "python/3.") {
			t.Errorf("line %d: grader %q", i+1, line.Grader)
		}
	}
}

func TestGradeCodeBadLines(t *testing.T) {
	in := `{"code":"1"}
{"tests":{"type":"stdin","inputs":["1"],"outputs":["1"]}}
{"code":"1","response":"1","tests":{"type":"stdin","inputs":["1"],"outputs":["1"]}}
{"code":"1","tests":{"type":"stdin","inputs":["1"],"outputs":[]}}
{"code":"1","tests":{"type":"stdin","input":["1"]}}
{"code":"1","tests":{"type":"other"}}
{"code":"1","tests":[1]}
{"code":"1","tests":{"type":"stdin","inputs":[1],"outputs":["1"]}}
{"code":1,"tests":{"type":"stdin","inputs":["1"],"outputs":["1"]}}
{"code":"1","tests":{"type":"stdin","inputs":["1"],"outputs":["1"]},"limits":{"cpu_seconds":-1}}
{"code":"1","tests":{"type":"stdin","inputs":["1"],"outputs":["1"]},"limits":{"seconds":1}}
{"code":"print(1)","tests":{"type":"stdin","inputs":["1"],"outputs":["1"]}}
`
	want := []string{
		"tests is missing", "neither code nor response is given; valid: one of them", "both code and response are given; valid: one of them",
		"tests: 1 inputs and 0 outputs, want as many of each", `tests: unknown field "input"`, `tests: type is "other", want "stdin", "function" or "assert"`,
		"tests is an array; valid: an object", "tests.inputs is a number; valid: a string", "code is a number; valid: a string",
		"limits: cpu_seconds is -1, want more than 0 and at most 3600", `limits: unknown field "seconds"`, "",
	}
	status, stdout, stderr := gradeCLI(t, in, "code", "--cell", buildCell(t))
	if status != exitFailure || unhurried(stderr) != "starter: 11 of 12 lines failed, the first at line 1\n" {
		t.Errorf("code %d, %s", status, stderr)
	}
	for i, text := range strings.Split(strings.TrimSpace(stdout), "\n") {
		var line struct {
			Error, Verdict string
			Line           int
		}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		if line.Error != want[i] || want[i] != "" && line.Line != i+1 || want[i] == "" && line.Verdict != "correct" {
			t.Errorf("line %d: got %s, want %q", i+1, text, want[i])
		}
	}
}

// Without a sandbox there are no verdicts.
func TestGradeCodeWithoutSandbox(t *testing.T) {
	status, stdout, stderr := gradeCLI(t, `{"code":"1"}`, "code", "--cell", "/nonexistent/cell")
	if status != exitFailure || stdout != "" || !strings.Contains(stderr, "sandbox-cell not found") {
		t.Errorf("code %d, %s%s", status, stdout, stderr)
	}
}

func TestDoctor(t *testing.T) {
	var out, errs bytes.Buffer
	status := execute(context.Background(), []string{"doctor", "--cell", buildCell(t)}, &out, &errs)
	for _, say := range []string{"kernel ", "seccomp ", "Landlock ", "cgroups ", "wall namespaces ", "wall landlock ", "demo: judges programs", "gsm8k-tiny: judges no programs"} {
		if !strings.Contains(out.String(), say) {
			t.Errorf("%q is not in\n%s", say, out.String())
		}
	}
	if serves := strings.Contains(out.String(), "attack programs stopped"); serves != (status == exitOK) {
		t.Errorf("code %d, %s\n%s", status, errs.String(), out.String())
	}
	out.Reset()
	status = execute(context.Background(), []string{"doctor", "--cell", "/nonexistent"}, &out, &errs)
	if status != exitFailure || !strings.Contains(out.String(), "to do: build it: make build") || !strings.Contains(errs.String(), "cannot be judged on this machine") {
		t.Errorf("code %d, %s\n%s", status, errs.String(), out.String())
	}
	// A recipe that judges no programs is served by a machine without a wall.
	for args, want := range map[string]int{"gsm8k-tiny": exitOK, "gsm8k-tiny demo": exitFailure, "absent": exitFailure} {
		out.Reset()
		errs.Reset()
		if status := execute(context.Background(), append([]string{"doctor", "--cell", "/nonexistent"}, strings.Fields(args)...), &out, &errs); status != want {
			t.Errorf("doctor %s: code %d, want %d: %s%s", args, status, want, out.String(), errs.String())
		}
	}
}

// TestGradeCodeFormats: rows of data sets as they are published, with what the data set has
// as right, or with a program that is wrong.
func TestGradeCodeFormats(t *testing.T) {
	cell := buildCell(t)
	for format, want := range map[string]string{
		"livecodebench": `made_a error, made_b correct, made_c ungradable, made_d ungradable`,
		"taco":          `null correct, null correct, null ungradable, null ungradable, null ungradable, null ungradable`,
		"prime":         `null correct, null ungradable, null correct`,
		"deepcoder":     `null correct, null correct, null correct, null correct, null correct, null ungradable`,
		"codecontests":  `made_1 correct, made_2 ungradable, made_3 ungradable`,
		"humaneval":     `Made/0 correct, Made/1 correct, Made/2 ungradable, Made/3 correct, Made/4 correct, Made/5 incorrect`,
		"mbpp":          `1 correct, 2 correct, 3 correct, 4 ungradable, Mbpp/5 correct`,
		// Those that only base tests hold for, that miss by more than 1e-6 or that take too long are wrong;
		// one that takes less than four times the data set's own solution is not.
		"humaneval-plus": `Made/0 correct, Made/1 incorrect, Made/2 correct, Made/3 incorrect, Made/4 correct`,
		"mbpp-plus":      `Mbpp/2 correct, Mbpp/63 correct, Mbpp/115 correct, Mbpp/124 correct, Mbpp/737 correct, Mbpp/164 correct, Mbpp/791 correct`,
		"kodcode":        `Made_1 correct, Made_2 ungradable, Made_3 ungradable`,
		"leetcode":       `made-reverse correct, made-depth correct, made-even correct, made-lists correct, made-near correct`,
	} {
		rows := filepath.Join("..", "model", "source", "testdata", "programs", format+".jsonl")
		_, out, stderr := gradeCLI(t, "", "code", "--cell", cell, "--format", format, rows)
		if got := formatVerdicts(t, out); got != want {
			t.Errorf("%s: %s\n%s%s", format, got, out, stderr)
		}
	}
	wrong := `[{"task_id":"Made/3","prompt":"def f(x):\n","entry_point":"f","canonical_solution":"    return x\n","test":"def check(c):\n    assert c(1) == 1\n","completion":"    return 2\n"},
 {"task_id":"Made/4","prompt":"def f(x):\n","entry_point":"f","canonical_solution":"    return x\n","test":"def check(c):\n    assert c(1) == 1\n","response":"</think>So:\n` + "```python\\ndef f(x): return x\\n```" + `"}]`
	if _, out, stderr := gradeCLI(t, wrong, "code", "--cell", cell, "--format", "humaneval"); formatVerdicts(t, out) != "Made/3 incorrect, Made/4 correct" {
		t.Errorf("an array with programs: %s%s", out, stderr)
	}
	if _, _, stderr := gradeCLI(t, "", "code", "--cell", cell, "--format", "spider"); !strings.Contains(stderr, `format is "spider"; valid: livecodebench, taco, `) {
		t.Error(stderr)
	}
}

// formatVerdicts are the id and the verdict of each line.
func formatVerdicts(t *testing.T, out string) string {
	t.Helper()
	var list []string
	for text := range strings.Lines(out) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		id, verdict := any("null"), line["verdict"]
		for _, name := range names {
			if line[name] != nil {
				id = line[name]
				break
			}
		}
		if line["error"] != nil {
			verdict = "error"
		}
		if line["prompt"] != nil || line["test"] != nil {
			t.Errorf("more than the name comes out: %s", text)
		}
		list = append(list, fmt.Sprint(id, " ", verdict))
	}
	return strings.Join(list, ", ")
}

// unhurried is what a command says but for how far its self-test is, which a slow machine shows.
func unhurried(stderr string) string {
	var said strings.Builder
	for line := range strings.Lines(stderr) {
		if !strings.HasPrefix(line, "self-test behind ") {
			said.WriteString(line)
		}
	}
	return said.String()
}
