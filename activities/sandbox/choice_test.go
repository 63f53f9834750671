//go:build linux

package sandbox

import (
	"context"
	"testing"

	"temper/model/reward"
	"temper/model/reward/code"
)

// driver is Python that finds what runs the program.
const driver = "import sys\nframe = sys._getframe(1)\nwhile frame:\n line, frame = frame.f_locals.get('line'), frame.f_back\n if line: break\n"

// No program chooses its verdict: whatever it does to itself, a wrong one is wrong, behind
// both walls, and never without a verdict.
func TestNoChosenVerdict(t *testing.T) {
	function := code.Tests{Type: code.Function, Name: "f", Cases: []code.Case{{Args: []byte("[1]"), Expect: []byte("2")}}}
	script := code.Tests{Type: code.Stdin, Inputs: []string{"1"}, Outputs: []string{"2"}}
	asserts := func(lines ...string) code.Tests { return code.Tests{Type: code.Assert, Asserts: lines} }
	rows := map[string]struct {
		program string
		tests   code.Tests
	}{
		"own CPU limit":           {"import resource\ntry: resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nexcept (ValueError, OSError): pass\nwhile True: pass", script},
		"limit of a thread's":     {"import resource, threading, time\ntry: resource.prlimit(0, resource.RLIMIT_CPU, (1, 1))\nexcept OSError: pass\ndef g():\n while True: pass\nthreading.Thread(target=g, daemon=True).start()\ntime.sleep(100)", script},
		"signal of a CPU limit":   {"import os, signal\nos.kill(os.getpid(), signal.SIGXCPU)", script},
		"stopped by itself":       {"import os, signal, time\ntry: os.kill(os.getpid(), signal.SIGSTOP)\nexcept OSError: pass\nos.kill(os.getpid(), signal.SIGTSTP)\ntime.sleep(100)", script},
		"aborts":                  {"import os\nos.abort()", script},
		"timer that kills":        {"import signal\nsignal.setitimer(signal.ITIMER_PROF, 0.01)\nwhile True: pass", script},
		"another program, sleeps": {"import os\nos.execv('/usr/bin/sleep', ['sleep', '100'])", script},
		"another program, leaves": {"import os\ndef f(x): os.execv('/usr/bin/true', ['true'])", function},
		"first thread leaves":     {"import ctypes, threading, time\nthreading.Thread(target=time.sleep, args=(100,)).start()\nctypes.CDLL(None).pthread_exit(None)", script},
		"all memory, then a loop": {"x = []\ntry:\n while True: x.append(bytes(1 << 26))\nexcept MemoryError: pass\nwhile True: pass", script},
		"C's stack":               {"import sys\nsys.setrecursionlimit(10**9)\ndef g(n): return g(n + 1)\ng(0)", script},
		"files closed, sleeps":    {"import os, time\nos.closerange(0, 100)\ntime.sleep(100)", function},
		"job's pipe is read":      {"import os\ndef f(x): return os.read(4, 100)", function},
		"asks for the clock":      {driver + "for _ in range(100000): line.emit('clock')\nimport time\ntime.sleep(100)", function},
		"asks for it, for ever":   {driver + "while True: line.emit('clock')", function},
		"answers for ever":        {driver + "def f(x):\n while True: line.emit('answer', '[[],1]')", asserts("assert f(1) == 2")},
		"steals the question":     {"import os\ndef f(x):\n os.read(4, 10)\n return 1", asserts("assert f(1) == 2")},
		"a filter of its own":     {"import ctypes\ndef f(x): return 2 if ctypes.CDLL(None).prctl(22, 1, 0, 0, 0) == 0 else 1", function},
		"leaves its tests":        {"import os\nos._exit(0)", asserts("assert f(1) == 2")},
		"method for a function":   {"def bag(): return {}\ndef total(x): return 0", asserts("assert total(bag().copy) == 1")},
		"a range without end":     {"def f(x): return range(10**18)", asserts("assert list(f(1)) == 2")},
		"a number for the tests":  {"def f(x): return 10**8", asserts("assert 'x' * f(1) * 100 == '2'")},
	}
	for _, wall := range []string{Namespaces, Landlock} {
		s := openedWith(t, cellPath)
		s.wall = wall
		t.Run(wall, func(t *testing.T) {
			t.Parallel()
			for name, row := range rows {
				got, err := s.Grade(context.Background(), row.program, row.tests, Limits{CPUSeconds: 0.5, TotalCPUSeconds: 5, WallSeconds: 0.5})
				if err != nil || got.Verdict != reward.Incorrect {
					t.Errorf("%s: %+v, %v", name, got, err)
				}
			}
		})
	}
}
