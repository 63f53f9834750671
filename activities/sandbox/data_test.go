//go:build linux

package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"temper/model/reward"
	"temper/model/reward/code"
)

// rows reads JSON lines of the real data.
func rows[T any](t *testing.T, name string) []T {
	t.Helper()
	if testing.Short() {
		t.Skip("thousands of programs: -short leaves them out, make test does not")
	}
	f, err := os.Open(filepath.Join("../../../shared/data/code", name))
	if os.IsNotExist(err) {
		t.Skip("../shared is absent")
	} else if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []T
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	return all
}

// graded is a program with its tests, its name and the verdict that it deserves.
type graded struct {
	name, program string
	tests         code.Tests
	want          reward.Verdict
}

// gradeAll grades side by side and returns how many verdicts were as wanted.
func gradeAll(t *testing.T, all []graded) (right int) {
	t.Helper()
	s := opened(t)
	var mu sync.Mutex
	var wg sync.WaitGroup
	work := make(chan graded)
	for range 2 * runtime.NumCPU() {
		wg.Go(func() {
			for g := range work {
				got, err := s.Grade(context.Background(), g.program, g.tests, Limits{})
				mu.Lock()
				if err != nil || got.Verdict != g.want {
					t.Errorf("%s: got %s (%s), %v; want %s", g.name, got.Verdict, got.Reason, err, g.want)
				} else {
					right++
				}
				mu.Unlock()
			}
		})
	}
	for _, g := range all {
		work <- g
	}
	close(work)
	wg.Wait()
	t.Logf("%d of %d as wanted", right, len(all))
	return right
}

type humanEvalRow struct {
	ID       string `json:"task_id"`
	Prompt   string `json:"prompt"`
	Entry    string `json:"entry_point"`
	Solution string `json:"canonical_solution"`
	Test     string `json:"test"`
}

// HumanEval's solutions pass; their bodies replaced by one that returns nothing do not.
func TestHumanEval(t *testing.T) {
	var all []graded
	for _, r := range rows[humanEvalRow](t, "humaneval/HumanEval.jsonl") {
		tests := code.Tests{Type: code.Assert, Setup: r.Test, Asserts: []string{"check(" + r.Entry + ")"}}
		all = append(all, graded{r.ID, r.Prompt + r.Solution, tests, reward.Correct},
			graded{r.ID + " empty", r.Prompt + "    pass\n", tests, reward.Incorrect})
	}
	gradeAll(t, all)
}

type mbppRow struct {
	ID      int      `json:"task_id"`
	Code    string   `json:"code"`
	Setup   string   `json:"test_setup_code"`
	Imports []string `json:"test_imports"`
	Tests   []string `json:"test_list"`
	More    []string `json:"challenge_test_list"`
}

// MBPP's solutions pass, those of the sanitized rows too.
func TestMBPP(t *testing.T) {
	var all []graded
	for _, r := range rows[mbppRow](t, "mbpp/mbpp.jsonl") {
		all = append(all, r.graded())
	}
	text, err := os.ReadFile("../../../shared/data/code/mbpp/sanitized-mbpp.json")
	if err != nil {
		t.Fatal(err)
	}
	var sanitized []mbppRow
	if err := json.Unmarshal(text, &sanitized); err != nil {
		t.Fatal(err)
	}
	for _, r := range sanitized {
		g := r.graded()
		g.name = "sanitized " + g.name
		all = append(all, g)
	}
	gradeAll(t, all)
}

func (r mbppRow) graded() graded {
	return graded{fmt.Sprint("MBPP/", r.ID), r.Code, code.Tests{Type: code.Assert, Setup: strings.Join(append(r.Imports, r.Setup), "\n"), Asserts: append(r.Tests, r.More...)}, reward.Correct}
}

// An answer that is always the same fails MBPP's tests.
func TestMBPPWrongAnswers(t *testing.T) {
	var all []graded
	for _, r := range rows[mbppRow](t, "mbpp/mbpp.jsonl") {
		g := r.graded()
		var name []string
		for _, m := range regexp.MustCompile(`assert\W*(?:\w+\()*?(\w+)\(`).FindAllStringSubmatch(r.Tests[0], 1) {
			name = m
		}
		if name == nil || len(r.Setup) > 0 {
			continue
		}
		g.want, g.program = reward.Incorrect, "def "+name[1]+"(*a, **k): return 424242"
		all = append(all, g)
	}
	gradeAll(t, all)
}

type appsRow struct {
	ID    string `json:"id"`
	Tests struct {
		Name    string            `json:"fn_name"`
		Inputs  []json.RawMessage `json:"inputs"`
		Outputs []json.RawMessage `json:"outputs"`
	} `json:"input_output"`
	Solutions string `json:"solutions"`
}

// APPS' problems pass with their solutions. Some are no programs by themselves: they
// return at top level, since the harness of that data set puts them into a function.
func TestAPPS(t *testing.T) {
	s := opened(t)
	for _, r := range rows[json.RawMessage](t, "apps_five/problems.jsonl") {
		p := decodeAPPS(t, s, r)
		passed, bare := 0, 0
		for i, solution := range p.solutions {
			got, err := s.Grade(context.Background(), solution, p.tests, Limits{})
			switch {
			case err == nil && got.Verdict == reward.Correct:
				passed++
			case err == nil && strings.Contains(got.Reason, "'return' outside function"):
				bare++
			default:
				t.Errorf("%s, solution %d: %+v, %v", p.ID, i, got, err)
			}
		}
		t.Logf("%s: %d solutions pass, %d return at top level", p.ID, passed, bare)
		if passed == 0 || bare > 3 {
			t.Errorf("%s: %d of %d solutions pass", p.ID, passed, len(p.solutions))
		}
		if got, err := s.Grade(context.Background(), "pass", p.tests, Limits{}); err != nil || got.Verdict != reward.Incorrect {
			t.Errorf("%s, empty program: %+v, %v", p.ID, got, err)
		}
	}
}

type appsProblem struct {
	ID        string
	tests     code.Tests
	solutions []string
}

func decodeAPPS(t *testing.T, s *Sandbox, raw json.RawMessage) appsProblem {
	t.Helper()
	var outer struct {
		ID        string          `json:"id"`
		Tests     json.RawMessage `json:"input_output"`
		Solutions json.RawMessage `json:"solutions"`
	}
	if err := json.Unmarshal(raw, &outer); err != nil {
		t.Fatal(err)
	}
	// both fields are objects, or Python literals in a string
	literal := func(raw json.RawMessage) json.RawMessage {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return raw
		}
		if json.Valid([]byte(text)) {
			return json.RawMessage(text)
		}
		args, _ := json.Marshal([]string{text})
		out := run(t, s, Job{Program: "import ast\ndef f(x): return ast.literal_eval(x)", Function: "f", Calls: calls(string(args))})
		return out.Tests[0].Value
	}
	var tests appsRow
	if err := json.Unmarshal(literal(outer.Tests), &tests.Tests); err != nil {
		t.Fatal(err)
	}
	p := appsProblem{ID: outer.ID}
	if err := json.Unmarshal(literal(outer.Solutions), &p.solutions); err != nil {
		t.Fatal(err)
	}
	if tests.Tests.Name == "" {
		p.tests.Type = code.Stdin
		for i := range tests.Tests.Inputs {
			var in, out string
			if json.Unmarshal(tests.Tests.Inputs[i], &in) != nil || json.Unmarshal(tests.Tests.Outputs[i], &out) != nil {
				t.Fatalf("%s: inputs are no texts", p.ID)
			}
			p.tests.Inputs, p.tests.Outputs = append(p.tests.Inputs, in), append(p.tests.Outputs, out)
		}
		return p
	}
	p.tests.Type, p.tests.Name = code.Function, tests.Tests.Name
	for i, in := range tests.Tests.Inputs {
		expect := tests.Tests.Outputs[i]
		var one []json.RawMessage
		if json.Unmarshal(expect, &one) == nil && len(one) == 1 { // some rows wrap the value in a list
			expect = one[0]
		}
		p.tests.Cases = append(p.tests.Cases, code.Case{Args: in, Expect: expect})
	}
	return p
}

type contestRow struct {
	ID      string   `json:"id"`
	Inputs  []string `json:"inputs"`
	Outputs []string `json:"outputs"`
}

// CodeContests has no solutions: each problem's tests are run on a program that knows its
// outputs, which must be correct, and on the same with one output changed.
func TestCodeContests(t *testing.T) {
	var all []graded
	for _, r := range rows[contestRow](t, "code_contests_test/problems.jsonl") {
		tests := code.Tests{Type: code.Stdin, Inputs: r.Inputs, Outputs: r.Outputs}
		if err := tests.Validate(); err != nil {
			t.Fatalf("%s: %v", r.ID, err)
		}
		all = append(all, graded{r.ID, lookUp(r.Inputs, r.Outputs, -1), tests, reward.Correct})
		all = append(all, graded{r.ID + " changed", lookUp(r.Inputs, r.Outputs, len(r.Inputs)-1), tests, reward.Incorrect})
	}
	gradeAll(t, all)
}

// lookUp is a program that prints the output of the input that it reads, a wrong one for input wrong.
func lookUp(inputs, outputs []string, wrong int) string {
	var program bytes.Buffer
	program.WriteString("import sys\nt = {}\n")
	for i, in := range inputs {
		k, _ := json.Marshal(in)
		v, _ := json.Marshal(outputs[i])
		if i == wrong {
			v = []byte(`"no such output"`)
		}
		fmt.Fprintf(&program, "t[%s] = %s\n", k, v)
	}
	program.WriteString("sys.stdout.write(t[sys.stdin.read()])\n")
	return program.String()
}
