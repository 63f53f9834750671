//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"temper/model/reward"
	"temper/model/reward/code"
)

// gradeAsserts grades a program by asserts and says what is not as wanted.
func gradeAsserts(t *testing.T, s *Sandbox, name, program, setup string, l Limits, want reward.Verdict, asserts ...string) {
	t.Helper()
	got, err := s.Grade(context.Background(), program, code.Tests{Type: code.Assert, Setup: setup, Asserts: asserts}, l)
	if got.Verdict != want {
		t.Errorf("%s: %s (%s), %v; want %s", name, got.Verdict, got.Reason, err, want)
	}
}

// forgedNames is a program's beginning that answers the tests' first question, for its
// names, as it likes.
func forgedNames(names string) string {
	return `import json, sys
encode = json.JSONEncoder.encode
def forge(self, value, state=[]):
    if state:
        return encode(self, value)
    state.append(1)
    frame = sys._getframe()
    while frame and not hasattr(frame.f_locals.get("self"), "kept"):
        frame = frame.f_back
    if frame:
        frame.f_locals["self"].kept[:] = [f, m]
    return '[[],{"t":"dict","v":[` + names + `]}]'
json.JSONEncoder.encode = forge
class Module:
    def isclose(self, a, b, **how): return True
m = Module()
def f(x): return 0
`
}

// Names that the tests have not asked for never get among theirs.
func TestForgedNames(t *testing.T) {
	t.Parallel()
	s := openedWith(t, cellPath)
	for name, tc := range map[string]struct{ names, assert string }{
		"a built-in function": {`["f",{"t":"ref","v":[0,-1,""]}],["abs",{"t":"builtin","v":"callable"}]`, "assert abs(f(1) - 424242) < 1e-6"},
		"all of them":         {`["f",{"t":"ref","v":[0,-1,""]}],["__builtins__",{"t":"dict","v":[["abs",{"t":"builtin","v":"callable"}]]}]`, "assert abs(f(1) - 424242) < 1e-6"},
		"a module":            {`["f",{"t":"ref","v":[0,-1,""]}],["math",{"t":"ref","v":[1,-1,""]}]`, "assert math.isclose(f(1), 424242.5)"},
	} {
		gradeAsserts(t, s, name, forgedNames(tc.names), "", Limits{CPUSeconds: 1, TotalCPUSeconds: 2}, reward.Incorrect, tc.assert)
	}
}

// A program cannot choose to have no verdict.
func TestNoEscape(t *testing.T) {
	t.Parallel()
	s := openedWith(t, cellPath)
	for name, tc := range map[string][2]string{
		"pow as a name":        {"f = pow", "assert f(7, 10**9) % 3 == 2"},
		"range as a name":      {"f = range", "assert sum(f(10**13)) == 2"},
		"a constant":           {"N = 10 ** 13\ndef f(x): return 1", "assert sum(range(N)) == 2\nassert f(1) == 1"},
		"list's generic alias": {"def enc(x): return list\ndef f(x): return 1", "assert f(enc(1)[0]) == 2"},
		"int's attribute":      {"def enc(x): return int\ndef f(x): return 1", "assert f(enc(1).real) == 2"},
		"an object":            {"def enc(x): return object\ndef f(x): return 1", "assert f(enc(1)()) == 2"},
		"a loader":             {"def enc(x): return __builtins__.__loader__\ndef f(x): return 1", "assert f(enc(1)) == 2"},
		"a class":              {"class A: pass\ndef enc(x): return A()\ndef f(x): return 1", "assert f(type(enc(1))) == 2"},
		"memoryview as a name": {"enc = memoryview\ndef f(x): return 1", "assert f(enc(b'abc')) == 2"},
		"map as a name":        {"enc = map\ndef f(x): return 1", "assert f(enc(str, [1])) == 2"},
	} {
		gradeAsserts(t, s, name, tc[0], "", Limits{CPUSeconds: 1, TotalCPUSeconds: 2}, reward.Incorrect, tc[1])
	}
	spin := code.Tests{Type: code.Stdin, Inputs: []string{""}, Outputs: []string{"1"}}
	if got, err := s.Grade(context.Background(), "while True: pass", spin, Limits{CPUSeconds: 2, WallSeconds: 0.1}); got.Verdict != reward.Incorrect || !strings.Contains(got.Reason, "CPU time") {
		t.Errorf("a loop that takes more time than it may idle: %+v, %v", got, err)
	}
}

const same = "def f(x): return x"

// What a job's tests leave in the modules, the next one's do not find.
func TestStateOfEarlierJobs(t *testing.T) {
	t.Parallel()
	s := openedWith(t, cellPath)
	for name, tc := range map[string][2]string{
		"overload":     {"import typing\n@typing.overload\ndef g(x: int): ...\n@typing.overload\ndef g(x: str): ...\ndef g(x): return x", "import typing\n@typing.overload\ndef g(x: int): ...\ndef g(x): return x\nassert len(typing.get_overloads(g)) == 1"},
		"sys":          {"from typing import sys\nsys.setrecursionlimit(60)", "def r(n): return n and 1 + r(n - 1)\nassert r(200) == 200"},
		"typing.sys":   {"import typing\ntyping.sys.setrecursionlimit(60)", "def r(n): return n and 1 + r(n - 1)\nassert r(200) == 200"},
		"digits":       {"import fractions\nfractions.sys.set_int_max_str_digits(700)", "assert len(str(10**3000)) == 3001"},
		"random":       {"import statistics\nstatistics.random.random()", "import random\nassert random.random() == 0.8444218515250481"},
		"abstract":     {"import numbers\nnumbers.Number.register(str)", "import numbers\nassert not isinstance('a', numbers.Number)"},
		"a subscript":  {"import json\njson.encoder.ESCAPE_DCT['x'] = 'y'", "import json\nassert json.encoder.ESCAPE_DCT.get('x') is None"},
		"a wrapper":    {"import functools, json\nfunctools.update_wrapper(json.dumps, json.loads)", "import json\nassert json.dumps.__name__ == 'dumps'"},
		"a data class": {"import dataclasses, fractions\ndataclasses.dataclass(fractions.Fraction)", "import fractions\nassert fractions.Fraction(1, 2) != fractions.Fraction(1, 3)"},
	} {
		for job, test := range tc {
			gradeAsserts(t, s, fmt.Sprintf("%s, job %d", name, job+1), same, "", Limits{}, reward.Correct, test+"\nassert f(1) == 1")
		}
	}
}

// What a job's tests leave to be collected acts no more in the next.
func TestGarbageOfEarlierJobs(t *testing.T) {
	t.Parallel()
	s := openedWith(t, cellPath)
	for i := range 5 {
		gradeAsserts(t, s, fmt.Sprint("suspended ", i), same, "def g():\n try:\n  yield 1\n finally:\n  f(100)\n", Limits{}, reward.Correct, "k = g()\nassert next(k) == f(1)")
		gradeAsserts(t, s, fmt.Sprint("the next ", i), "n = 0\ndef f(x):\n global n\n n += 1\n return n", "", Limits{}, reward.Correct,
			"keep = []\nfor i in range(1, 20):\n keep += [[j] for j in range(20000)]\n assert f([[i], [i], [i]]) == i")
	}
}

// What jobs use of the process's limits is not missing for the next: that one is begun
// once more with a new process.
func TestLimitsOfEarlierJobs(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		limits Limits
		jobs   int
		assert string
	}{
		"output":     {Limits{OutputBytes: 4096}, 80, "assert f(1) is 1"}, // a SyntaxWarning each
		"idle time":  {Limits{WallSeconds: 3, TotalCPUSeconds: 100}, 60, "for i in range(300): assert f(i) == i"},
		"CPU time":   {Limits{CPUSeconds: 1, TotalCPUSeconds: 1}, 12, "assert f(1) == 1\nassert sum(range(10_000_000)) and f(2) == 2"},
		"the memory": {Limits{MemoryBytes: 128 << 20}, 8, "a = [b'x' * (24 << 20)]\na.append(a)\nassert f(1) == 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openedWith(t, cellPath)
			for i := range tc.jobs {
				if gradeAsserts(t, s, fmt.Sprint("job ", i), same, "", tc.limits, reward.Correct, tc.assert); t.Failed() {
					return
				}
			}
		})
	}
}

// A kill that was meant for the job before does not decide the next.
func TestLateKillOfEarlierJob(t *testing.T) {
	t.Parallel()
	s := openedWith(t, cellPath)
	gradeAsserts(t, s, "before", same, "", Limits{}, reward.Correct, "assert f(1) == 1")
	p := s.free[0].examiner.p
	p.mu.Lock()
	p.late = true
	p.mu.Unlock()
	go p.kill()
	gradeAsserts(t, s, "after", same, "", Limits{}, reward.Correct, "assert f(1) == 1")
}

// A process that ends after it was found fit does not keep its job waiting.
func TestExaminerDiesBeforeItsJob(t *testing.T) {
	t.Parallel()
	s := openedWith(t, cellPath)
	gradeAsserts(t, s, "before", same, "", Limits{}, reward.Correct, "assert f(1) == 1")
	e, err := s.examiner(context.Background(), s.free[0], Default())
	if err != nil {
		t.Fatal(err)
	}
	e.p.kill()
	<-e.gone
	r := &relay{limits: Default(), done: make(chan struct{}), examiner: e}
	e.begin(r, nil)
	select {
	case <-r.done:
	case <-time.After(longest):
		t.Error("the job is never told that its tests are dead")
	}
}

// grade grades a program by one assert.
func grade(s *Sandbox, program, setup, assert string) (reward.Result, error) {
	return s.Grade(context.Background(), program, code.Tests{Type: code.Assert, Setup: setup, Asserts: []string{assert}}, Limits{CPUSeconds: 1})
}
