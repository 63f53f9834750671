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
	s := open(t)
	values := []string{
		"null", "true", "false", "0", "-1", "2147483647", "-2147483648", "2147483648", "32768", "-98765432109876543210987654321098765432109876543210",
		"1.5", "-0.1", "1e+300", "\"\"", `"a\"b\\c"`, `"é漢😀"`, `"\u0000\u001f"`, "[]", "{}", `[[],[1,[2.5,null]],{"z":1,"a":[true]}]`,
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
	s := open(t)
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
	s := open(t)
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

// Nothing is carried from one run to the next.
func TestRunsAreFresh(t *testing.T) {
	s := open(t)
	out := run(t, s, Job{Program: "import os\nprint(os.listdir('.'))\nopen('left', 'w').close()", Stdin: []string{"", ""}})
	if out.Tests[1].Stdout != "[]\n" {
		t.Errorf("second run sees %s", out.Tests[1].Stdout)
	}
}

func TestGrade(t *testing.T) {
	s := open(t)
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
	s := open(t)
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
	requireNoCells(t)
}

func TestCancelledRunIsAnError(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if out, err := s.Run(ctx, Job{Program: "while True: pass", Stdin: []string{""}}); err == nil {
		t.Errorf("got %+v, want an error", out)
	}
	requireNoCells(t)
}

// requireNoCells fails if a child of this process is left; everything in a cell's pid
// namespace dies with it.
func requireNoCells(t *testing.T) {
	t.Helper()
	left := children(os.Getpid())
	for range 50 {
		if len(left) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
		left = children(os.Getpid())
	}
	t.Errorf("left behind: processes %v", left)
}
