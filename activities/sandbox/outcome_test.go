//go:build linux

package sandbox

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"temper/model/reward"
	"temper/model/reward/code"
)

func calls(args ...string) []json.RawMessage {
	var cs []json.RawMessage
	for _, a := range args {
		cs = append(cs, json.RawMessage(a))
	}
	return cs
}

func run(t *testing.T, s *Sandbox, j Job) Outcome {
	t.Helper()
	out, err := s.Run(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A value goes in and comes back as the same JSON, whatever its type.
func TestValuesRoundTrip(t *testing.T) {
	s := opened(t)
	values := []string{
		"null", "true", "false", "0", "-1", "2147483647", "-2147483648", "2147483648", "32768", "-98765432109876543210987654321098765432109876543210",
		"1" + strings.Repeat("0", 20000), "1.5", "-0.1", "1e+300", "\"\"", `"a\"b\\c"`, `"é漢😀"`, `"\u0000\u001f"`, "[]", "{}", `[[],[1,[2.5,null]],{"z":1,"a":[true]}]`,
	}
	args := make([]string, len(values))
	for i, v := range values {
		args[i] = "[" + v + "]"
	}
	out := run(t, s, Job{Program: "def f(x): return x", Function: "f", Calls: calls(args...)})
	if out.Status != code.Finished || len(out.Tests) != len(values) {
		t.Fatalf("%+v", out)
	}
	for i, v := range values {
		if got := string(out.Tests[i].Value); got != v {
			t.Errorf("got %s, want %s", got, v)
		}
	}
}

func TestFunctionOutcomes(t *testing.T) {
	s := opened(t)
	for _, tc := range []struct {
		name, program string
		status        code.Status
		answered      int
		say           string // part of the reason or of the last test's error
	}{
		{"good", "def f(x): return 2*x+3", code.Finished, 3, ""},
		{"prints", "def f(x):\n print('[1]'); return x", code.Finished, 3, ""},
		{"tuple", "def f(x): return (x, x)", code.Finished, 3, ""},
		{"standard library", "import json, collections, itertools, re\ndef f(x): return json.loads('1')", code.Finished, 3, ""},
		{"exit exists", "def f(x):\n if x > 1: exit()\n return x", code.Exception, 3, "SystemExit"},
		{"syntax", "def f(x) return x", code.Exception, 0, "SyntaxError"},
		{"null byte", "def f(x): return x\x00", code.Exception, 0, "null bytes"},
		{"not text", "def f(x): return x\xff", code.Exception, 0, "SyntaxError"},
		{"no function", "def g(x): return x", code.Exception, 0, "defines no function f"},
		{"raises", "def f(x): return 1 // (x - 1)", code.Exception, 2, "ZeroDivisionError"},
		{"wrong arity", "def f(): return 1", code.Exception, 1, "TypeError"},
		{"set", "def f(x): return {x}", code.Exception, 1, "type set"},
		{"nan", "def f(x): return float('nan')", code.Exception, 1, "nan"},
		{"deep recursion", "def f(x): return f(x)", code.Exception, 1, "RecursionError"},
		{"memory", "def f(x): return len([0] * (1 << 30))", code.Exception, 1, "MemoryError"},
		{"os._exit at import", "import os\nos._exit(0)", code.EndedEarly, 0, "after 0 of 3 calls"},
		{"os._exit in a call", "import os\ndef f(x): os._exit(0) if x else None", code.EndedEarly, 1, "after 1 of 3 calls"},
		{"crash", "import ctypes\ndef f(x): ctypes.string_at(1)", code.Crashed, 0, "segmentation"},
		{"bad exception", "class E(BaseException):\n def __str__(self): raise self\ndef f(x): raise E()", code.Exception, 1, "E"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out := run(t, s, Job{Program: tc.program, Function: "f", Calls: calls("[0]", "[1]", "[2]")})
			said := out.Reason
			if n := len(out.Tests); n > 0 {
				said += " " + out.Tests[n-1].Error
			}
			if out.Status != tc.status || len(out.Tests) != tc.answered || !strings.Contains(said, tc.say) {
				t.Errorf("got %q with %d answers (%s), want %q with %d (%s)", out.Status, len(out.Tests), said, tc.status, tc.answered, tc.say)
			}
		})
	}
}

func TestStdinOutcomes(t *testing.T) {
	s := opened(t)
	for _, tc := range []struct {
		name, program string
		status        code.Status
		stdout        string
	}{
		{"good", "a, b = map(int, input().split())\nprint(a + b)", code.Finished, "3\n"},
		{"main guard", "if __name__ == '__main__':\n import sys\n print(sys.stdin.read().strip())", code.Finished, "1 2\n"},
		{"thread at the end", "import threading\nthreading.Thread(target=lambda: print('x')).start()", code.Finished, "x\n"},
		{"sys.exit", "import sys\nprint(1)\nsys.exit()", code.Finished, "1\n"},
		{"exit code", "import sys\nprint(1)\nsys.exit(3)", code.Exception, "1\n"},
		{"exception", "print(1)\nint('x')", code.Exception, "1\n"},
		{"same set order", "print(*{'a', 'b', 'c', 'd'})", code.Finished, run(t, s, Job{Program: "print(*{'a', 'b', 'c', 'd'})", Stdin: []string{""}}).Tests[0].Stdout},
		{"same object order", "class A:\n def __init__(s, i): s.i = i\nprint(*[x.i for x in {A(i) for i in range(50)}])", code.Finished,
			run(t, s, Job{Program: "class A:\n def __init__(s, i): s.i = i\nprint(*[x.i for x in {A(i) for i in range(50)}])", Stdin: []string{""}}).Tests[0].Stdout},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out := run(t, s, Job{Program: tc.program, Stdin: []string{"1 2\n"}})
			if out.Status != tc.status || out.Tests[0].Stdout != tc.stdout {
				t.Errorf("%+v", out)
			}
		})
	}
	stops := run(t, s, Job{Program: "print(1 // int(input()))", Stdin: []string{"1\n", "0\n", "1\n"}})
	if len(stops.Tests) != 2 || !strings.Contains(stops.Tests[1].Error, "ZeroDivisionError") {
		t.Errorf("did not stop at the first failure: %+v", stops)
	}
}

// Scripts end as they would if the interpreter took itself apart.
func TestScriptsEndAsInPython(t *testing.T) {
	s := opened(t)
	for name, program := range map[string]string{
		"deep recursion":         "import sys\nsys.setrecursionlimit(10**6)\ndef d(n): return 0 if n == 0 else 1 + d(n - 1)\nd(200000)\nprint('a b')",
		"deep in a thread":       "import sys, threading\nsys.setrecursionlimit(10**6)\nthreading.stack_size(256 << 20)\ndef d(n): return 0 if n == 0 else 1 + d(n - 1)\ndef main():\n d(100000)\n print(input())\nthreading.Thread(target=main).start()",
		"output at exit":         "import atexit, io, os, sys\nb = io.BytesIO()\nsys.stdout.write = lambda s: b.write(s.encode())\natexit.register(lambda: os.write(1, b.getvalue()))\nprint(input())",
		"output replaced":        "import sys\nsys.stdout = open(1, 'w', closefd=False)\nprint(input())",
		"file not closed":        "import os\nf = os.fdopen(1, 'w')\nf.write(input())",
		"buffer":                 "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())",
		"input by descriptor":    "print(open(0).read())",
		"lines":                  "import sys\nfor line in sys.stdin: print(line.strip())",
		"flushed, then left":     "import os\nprint(input(), flush=True)\nos._exit(0)",
		"quit":                   "print(input())\nquit()",
		"pickle of its class":    "import pickle\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n x: str\nprint(pickle.loads(pickle.dumps(A(input()))).x)",
		"destructor":             "class A:\n def __del__(self): print(input())\na = A()",
		"module is main":         "import __main__\nx = input()\nprint(__main__.x, end='')",
		"another interpreter":    "import os\nos.execv('/usr/bin/python3', ['python3', '-c', 'print(input())'])",
		"random is reproducible": "import random\nx = random.random()\nrandom.seed(0)\nprint('a b' if x == random.random() else 'no')",
	} {
		out := run(t, s, Job{Program: program, Stdin: []string{"a b\n"}})
		if out.Status != code.Finished || strings.TrimSpace(out.Tests[0].Stdout) != "a b" {
			t.Errorf("%s: %+v", name, out)
		}
	}
}

// Nothing is carried from one run to the next.
func TestRunsAreFresh(t *testing.T) {
	s := opened(t)
	if s.wall == Landlock {
		t.Skip("behind Landlock nothing is written at all")
	}
	out := run(t, s, Job{Program: "import os\nprint(os.listdir('.'))\nopen('left', 'w').close()", Stdin: []string{"", ""}})
	if out.Tests[1].Stdout != "[]\n" {
		t.Errorf("second run sees %s", out.Tests[1].Stdout)
	}
}

func TestGrade(t *testing.T) {
	s := opened(t)
	tests := code.Tests{Type: code.Function, Name: "f"}
	for x := range 10 {
		n, _ := json.Marshal(2*x + 3)
		a, _ := json.Marshal([]int{x})
		tests.Cases = append(tests.Cases, code.Case{Args: a, Expect: n})
	}
	for program, want := range map[string]reward.Verdict{
		"def f(x):return 2*x+3":                                          reward.Correct,
		"def f(x):return 2*x+4":                                          reward.Incorrect,
		"def f(x):return 2*x+3 if x<9 else 0":                            reward.Incorrect,
		"import os\nos._exit(0)":                                         reward.Incorrect,
		"def f(x):return 9**9**9**9":                                     reward.Incorrect,
		"class A:\n def __eq__(s, o): return True\ndef f(x): return A()": reward.Incorrect,
	} {
		got, err := s.Grade(context.Background(), program, tests, Limits{CPUSeconds: 1})
		if err != nil || got.Verdict != want {
			t.Errorf("%q: %+v, %v, want %s", program, got, err, want)
		}
	}
	// standard input: the first wrong output ends the job
	stdin := code.Tests{Type: code.Stdin, Inputs: []string{"1", "2", "3"}, Outputs: []string{"1", "x", "3"}}
	got, err := s.Grade(context.Background(), "print(input())", stdin, Limits{})
	if err != nil || got.Verdict != reward.Incorrect || !strings.HasPrefix(got.Reason, "test 2 of 3") {
		t.Errorf("%+v, %v", got, err)
	}
}

// Many different programs at once each get their own answers.
func TestConcurrentRuns(t *testing.T) {
	s := opened(t)
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			n, _ := json.Marshal(i)
			out, err := s.Run(context.Background(), Job{Program: "def f(x): return x * x", Function: "f", Calls: calls("[" + string(n) + "]")})
			want, _ := json.Marshal(i * i)
			if err != nil || len(out.Tests) != 1 || string(out.Tests[0].Value) != string(want) {
				t.Errorf("program %d: %+v, %v", i, out, err)
			}
		})
	}
	wg.Wait()
	requireNoPrograms(t, s)
}

func TestCancelledRunIsAnError(t *testing.T) {
	s := opened(t)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if out, err := s.Run(ctx, Job{Program: "while True: pass", Stdin: []string{""}}); err == nil {
		t.Errorf("got %+v, want an error", out)
	}
	requireNoPrograms(t, s)
}

// requireNoPrograms fails if anything is left below this process but the warm interpreters
// and the examiners of these sandboxes.
func requireNoPrograms(t *testing.T, of ...*Sandbox) {
	t.Helper()
	examiners := map[int]bool{}
	for _, s := range of {
		for _, sl := range s.free {
			if sl.examiner != nil {
				examiners[sl.examiner.p.pid()] = true
			}
		}
	}
	var left []child
	for range 6000 { // two minutes: on a busy machine processes take their time to end
		left = nil
		for _, launcher := range children(os.Getpid()) {
			for _, interpreter := range children(launcher.pid) {
				for _, c := range children(interpreter.pid) {
					if !examiners[c.pid] {
						left = append(left, c)
					}
				}
			}
		}
		if len(left) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("left behind: processes %v", left)
}

// A program that idles is told from one that works, however long the machine lets it wait.
func TestIdleProgramReachesWallLimit(t *testing.T) {
	s := opened(t)
	out := run(t, s, Job{Program: "import time\ntime.sleep(1000)", Stdin: []string{""}, Limits: Limits{CPUSeconds: 1, WallSeconds: 0.5}})
	if out.Status != code.WallLimit {
		t.Errorf("idle: %+v", out)
	}
	busy := "import time\ndeadline = time.time() + 100\nwhile time.time() < deadline: pass"
	out = run(t, s, Job{Program: busy, Stdin: []string{""}, Limits: Limits{CPUSeconds: 0.8, WallSeconds: 0.2}})
	if out.Status != code.CPULimit {
		t.Errorf("busy: %+v", out)
	}
}

// Each test has its own CPU time, and all together have theirs.
func TestCPULimits(t *testing.T) {
	s := opened(t)
	spin := "import time\ndef f(x):\n end = time.process_time() + x\n while time.process_time() < end: pass\n return x\n"
	for name, tc := range map[string]struct {
		calls    []string
		limits   Limits
		answered int
		say      string
	}{
		"each within":     {[]string{"[0.2]", "[0.2]", "[0.2]"}, Limits{CPUSeconds: 0.4}, 3, ""},
		"one over":        {[]string{"[0.05]", "[100]", "[0.05]"}, Limits{CPUSeconds: 0.3}, 1, "more than 0.3 s of CPU time"},
		"a little over":   {[]string{"[0.05]", "[0.4]", "[0.05]"}, Limits{CPUSeconds: 0.3}, 2, "more than 0.3 s of CPU time"},
		"over in all":     {[]string{"[0.4]", "[0.4]", "[0.4]", "[0.4]", "[0.4]"}, Limits{CPUSeconds: 0.6, TotalCPUSeconds: 0.9}, 5, "0.9 s of CPU time for all tests"},
		"over at loading": {[]string{"[1]"}, Limits{CPUSeconds: 0.2, TotalCPUSeconds: 10}, 0, "more than 0.2 s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := spin
			if name == "over at loading" {
				program += "f(5)\n"
			}
			out := run(t, s, Job{Program: program, Function: "f", Calls: calls(tc.calls...), Limits: tc.limits})
			if len(out.Tests) > tc.answered || (tc.say == "") != (out.Status == code.Finished) || !strings.Contains(out.Reason, tc.say) {
				t.Errorf("%+v", out)
			}
		})
	}
	t.Run("scripts", func(t *testing.T) {
		out := run(t, s, Job{Program: spin + "f(0.3)", Stdin: make([]string, 9), Limits: Limits{CPUSeconds: 0.5, TotalCPUSeconds: 0.8}})
		if out.Status != code.CPULimit || len(out.Tests) != 3 || !strings.Contains(out.Reason, "for all tests") {
			t.Errorf("%+v", out)
		}
	})
}

// Limits on output are those of one test: what all print, return and are given may be more.
func TestOutputOfEachTest(t *testing.T) {
	t.Parallel()
	s := opened(t)
	const megabyte = "def f(n):\n print('x' * 600_000)\n return 'y' * 600_000 if n else 0"
	limits := Limits{OutputBytes: 1 << 20}
	var cases []code.Case
	for range 6 {
		cases = append(cases, code.Case{Args: []byte("[1]"), Expect: []byte(`"` + strings.Repeat("y", 600_000) + `"`)})
	}
	got, err := s.Grade(context.Background(), megabyte, code.Tests{Type: code.Function, Name: "f", Cases: cases}, limits)
	if err != nil || got.Verdict != reward.Correct {
		t.Errorf("calls: %s (%.200s), %v", got.Verdict, got.Reason, err)
	}
	assert := "for i in range(6): assert f(1) == 'y' * 600_000 and f('') == 0 and f('z' * 600_000)"
	gradeAsserts(t, s, "asserts", megabyte, "", limits, reward.Correct, assert, assert)
	gradeAsserts(t, s, "one too large", "def f(n): return 'y' * (1 << 20)", "", limits, reward.Incorrect, "assert len(f(1)) == 1 << 20")
	gradeAsserts(t, s, "one prints too much", "def f(n): print('y' * (1 << 21))", "", limits, reward.Incorrect, "assert f(1) is None")
}
