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

func TestAssertOutcomes(t *testing.T) {
	s := opened(t)
	const good = "def f(x): return x + 1"
	for _, tc := range []struct {
		name, program, setup string
		asserts              []string
		want                 reward.Verdict
		say                  string
	}{
		{"good", good, "", []string{"assert f(1) == 2", "assert f(2) == 3"}, reward.Correct, "2 of 2"},
		{"second fails", good, "", []string{"assert f(1) == 2", "assert f(2) == 4", "assert f(3) == 4"}, reward.Incorrect, "test 2 of 3: assertion failed: assert f(2) == 4"},
		{"message", good, "", []string{"assert f(1) == 3, 'should be 3'"}, reward.Incorrect, "should be 3"},
		{"check function", good, "def check(candidate):\n    for i in range(20):\n        assert candidate(i) == i + 1\n", []string{"check(f)"}, reward.Correct, ""},
		{"check fails", good, "def check(candidate):\n    assert candidate(1) == 2\n    assert candidate(2) == 2\n", []string{"check(f)"}, reward.Incorrect, "assert candidate(2) == 2"},
		{"float", "def f(x): return x / 3", "", []string{"assert abs(f(1) - 0.333333) < 1e-3", "assert f(1) == 1/3"}, reward.Correct, ""},
		{"not finite", "def f(x): return float(x)", "import math", []string{"assert math.isnan(f('nan'))", "assert f('inf') == math.inf"}, reward.Correct, ""},
		{"is", "def f(x): return x > 1", "", []string{"assert f(2) is True", "assert not f(1)", "assert f(1) is False"}, reward.Correct, ""},
		{"huge numbers", "def f(x): return x ** 20000", "", []string{"assert f(2) == 2 ** 20000", "assert f(-3) % 1000 == 1", "assert f(2) > 10 ** 6000", "assert f(10 ** 4) == 10 ** 80000"}, reward.Correct, ""},
		{"main guard", "def f(x): return x\nif __name__ == '__main__':\n print(f(int(input())))", "", []string{"assert f(1) == 1"}, reward.Correct, ""},
		{"tuple is not list", "def f(x): return [x]", "", []string{"assert f(1) == (1,)"}, reward.Incorrect, ""},
		{"types", "import collections, decimal, datetime\ndef f(k): return [(1, 2), {3}, {4: (5,)}, b'x', 1j, frozenset([1]), collections.Counter('aab'), collections.deque([1]), decimal.Decimal('1.5'), datetime.date(2020, 1, 2), None, range(3), 10**50, int][k]",
			"from collections import Counter, deque\nimport datetime, decimal",
			[]string{"assert f(0) == (1, 2)", "assert f(1) == {3}", "assert f(2) == {4: (5,)}", "assert f(3) == b'x'", "assert f(4) == 1j", "assert f(5) == {1}", "assert f(6) == Counter('aba')", "assert f(7) == deque([1])", "assert f(8) == decimal.Decimal('1.5')", "assert f(9).year == 2020", "assert f(10) is None", "assert list(f(11)) == [0, 1, 2]", "assert f(12) == 10**50", "assert f(13) is int"}, reward.Correct, ""},
		{"imports of the program", "import math\nfrom collections import Counter\ndef f(x): return math.sqrt(x)", "", []string{"assert math.isclose(f(2), 1.41421356, rel_tol=1e-6)", "assert Counter('a') == {'a': 1} and f(4) == 2"}, reward.Correct, ""},
		{"named like a built-in", "def sum(a, b): return a + b", "", []string{"assert sum(1, 2) == 3"}, reward.Correct, ""},
		{"named like a usual one", "def gcd(a, b): return 7", "", []string{"assert gcd(1, 2) == 7"}, reward.Correct, ""},
		{"not defined", "def g(x): return x", "", []string{"assert gcd(4, 6) == 2"}, reward.Incorrect, "NameError"},
		{"objects of the program", "class Node:\n def __init__(self, v): self.v = v; self.next = None\ndef f(n):\n return n.v + (f(n.next) if n.next else 0)", "root = Node(1)\nroot.next = Node(2)\nroot.next.next = Node(3)", []string{"assert f(root) == 6", "assert root.next.v == 2"}, reward.Correct, ""},
		{"argument changed", "def f(x): x.sort()", "", []string{"a = [3, 1, 2]\nf(a)\nassert a == [1, 2, 3]"}, reward.Correct, ""},
		{"generator", "def f(n):\n for i in range(n): yield i", "", []string{"assert list(f(3)) == [0, 1, 2]", "assert sum(f(4)) == 6"}, reward.Correct, ""},
		{"endless generator", "def f(n):\n while True:\n  yield n\n  n += 1", "", []string{"g = f(3)\nassert next(g) == 3 and next(g) == 4", "assert [x for _, x in zip(range(9), f(1))] == list(range(1, 10))"}, reward.Correct, ""},
		{"end of a generator", "def f(n): yield n", "", []string{"g = f(3)\nassert next(g) == 3\ntry:\n    next(g)\n    assert False\nexcept StopIteration:\n    pass", "assert 7 in f(7)"}, reward.Correct, ""},
		{"expected exception", "def f(x):\n if x < 0: raise ValueError('negative')\n return x", "", []string{"try:\n    f(-1)\n    assert False\nexcept ValueError as e:\n    assert 'negative' in str(e)"}, reward.Correct, ""},
		{"keyword and default", "def f(a, b=2): return a * b", "", []string{"assert f(2) == 4", "assert f(2, b=5) == 10"}, reward.Correct, ""},
		{"raises", "def f(x): return 1 // 0", "", []string{"assert f(1) == 1"}, reward.Incorrect, "ZeroDivisionError"},
		{"does not load", "def f(x) return x", "", []string{"assert f(1) == 1"}, reward.Incorrect, "SyntaxError"},
		{"loops", "def f(x):\n while True: pass", "", []string{"assert f(1) == 1"}, reward.Incorrect, "CPU time"},
		{"leaves", "import os\ndef f(x): os._exit(0)", "", []string{"assert f(1) == 1"}, reward.Incorrect, "ended after 0 of 1"},
		{"exits", "import sys\ndef f(x): sys.exit(0)", "", []string{"assert f(1) == 1"}, reward.Incorrect, "SystemExit"},
		{"crashes", "import ctypes\ndef f(x): ctypes.string_at(1)", "", []string{"assert f(1) == 1"}, reward.Incorrect, "segmentation"},
		{"prints a lot", "def f(x):\n while True: print('x' * 10000)", "", []string{"assert f(1) == 1"}, reward.Incorrect, "wrote more than"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tests := code.Tests{Type: code.Assert, Setup: tc.setup, Asserts: tc.asserts}
			got, err := s.Grade(context.Background(), tc.program, tests, Limits{CPUSeconds: 1})
			if err != nil || got.Verdict != tc.want || !strings.Contains(got.Reason, tc.say) {
				t.Errorf("%+v, %v; want %s with %q", got, err, tc.want, tc.say)
			}
		})
	}
}

// Programs that try to pass tests that they do not solve.
func TestAssertsCannotBeCheated(t *testing.T) {
	s := opened(t)
	asserts := []string{"assert f(1) == 424242 or 424242 in f(1)", "assert set(f(2)) == {424243}"}
	for name, program := range map[string]string{
		"overrides ==":         "class A:\n def __eq__(s, o): return True\n def __ne__(s, o): return False\n def __hash__(s): return 0\n def __iter__(s): return iter([A()])\ndef f(x): return A()",
		"contains everything":  "class A:\n def __contains__(s, x): return True\n def __iter__(s): return s\n def __next__(s): return A()\ndef f(x): return A()",
		"subclass of int":      "class A(int):\n def __eq__(s, o): return True\n __hash__ = int.__hash__\ndef f(x): return A(1)",
		"list of such":         "class A(int):\n def __eq__(s, o): return True\n __hash__ = int.__hash__\nclass L(list):\n def __eq__(s, o): return True\ndef f(x): return L([A()])",
		"patches built-ins":    "import builtins\nbuiltins.set = lambda x: 0\nset = lambda x: 0\nbuiltins.AssertionError = ValueError\ndef f(x): return 1",
		"leaves with 0":        "import os\nos._exit(0)",
		"leaves in the call":   "import os, sys\ndef f(x):\n os._exit(0)",
		"raises what is meant": "def f(x): raise SystemExit(0)",
		"raises assertion":     "def f(x): raise AssertionError('passed')",
		"says pass":            "import os, sys\nfr = sys._getframe()\nwhile fr:\n for v in list(fr.f_locals.values()):\n  n = getattr(v, 'nonce', None)\n  if n:\n   for k in ('pass', 'pass', 'end'): os.write(5, f'{n} {k} 1 \\n'.encode())\n fr = fr.f_back\ndef f(x): return 1",
		"answers in advance":   "import os, sys\nfr = sys._getframe()\nwhile fr:\n for v in list(fr.f_locals.values()):\n  n = getattr(v, 'nonce', None)\n  if n:\n   for i in range(9): os.write(5, (n + ' answer 1 [[],true]\\n').encode())\n fr = fr.f_back\ndef f(x): return 1",
		"reads the tests": `import gc, re, sys
found = []
def see(o):
    try:
        found.extend(int(n) + 0 for n in re.findall("assert.{1,9}f.*== .?([0-9]+)", o if isinstance(o, str) else repr(o)[:100000]))
    except BaseException:
        pass
for o in gc.get_objects(): see(o)
fr = sys._getframe()
while fr:
    for v in list(fr.f_locals.values()) + list(fr.f_globals.values()): see(v)
    fr = fr.f_back
def f(x): return [[n] if x == 2 else n for n in found[x - 1:x]][0]`,
		"hash of a huge string": "def f(x): return 'x' * (7 << 20)",
		"deep answer":           "def f(x):\n r = []\n for i in range(100000): r = [r]\n return r",
		"huge number":           "def f(x): return 10 ** 100000",
		"not JSON":              "import json\njson.JSONEncoder.encode = lambda *a, **k: '{\"t\":\"nothing\",\"v\":1}'\ndef f(x): return 1",
		"unknown reference":     "import json\njson.JSONEncoder.encode = lambda *a, **k: '[[],{\"t\":\"yours\",\"v\":999}]'\ndef f(x): return 1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := s.Grade(context.Background(), program, code.Tests{Type: code.Assert, Asserts: asserts}, Limits{CPUSeconds: 2, WallSeconds: 5})
			if err != nil || got.Verdict != reward.Incorrect {
				t.Errorf("%+v, %v; want incorrect", got, err)
			}
		})
	}
}

// The same for tests of the other kinds: what is expected is nowhere to be found, and the
// judge's own messages, printed or written, are answers like any other.
func TestOutputsCannotBeCheated(t *testing.T) {
	s := opened(t)
	const search = `
import gc, os, re, sys
def look(seen=[]):
    texts = [repr(o)[:100000] for o in gc.get_objects() if o is not seen]
    fr = sys._getframe()
    while fr:
        texts += [repr(v)[:100000] for v in list(fr.f_locals.values()) + list(fr.f_globals.values())]
        fr = fr.f_back
    for top, _, names in list(os.walk("/tmp")) + list(os.walk("/dev")):
        texts += [open(os.path.join(top, n)).read() for n in names]
    for fd in (3, 4, 6, 7, 8):
        try: texts.append(os.read(fd, 1 << 16).decode())
        except OSError: pass
    texts += list(os.environ.values()) + sys.argv + sys.orig_argv
    return [n for x in texts for n in re.findall("9[0-9]{11}7", x)] or ["0"]
`
	const secret = "9%d7"
	answer := fmt.Sprintf(secret, time.Now().UnixNano()%90_000_000_000+10_000_000_000)
	function := code.Tests{Type: code.Function, Name: "f", Cases: []code.Case{{Args: []byte("[1]"), Expect: []byte(answer)}}}
	stdin := code.Tests{Type: code.Stdin, Inputs: []string{"1\n"}, Outputs: []string{answer + "\n"}}
	for name, tc := range map[string]struct {
		tests   code.Tests
		program string
	}{
		"function: search":           {function, search + "def f(x): return int(look()[0])"},
		"stdin: search":              {stdin, search + "print(look()[0])"},
		"function: leaves with 0":    {function, "import os\nos._exit(0)"},
		"stdin: leaves with 0":       {stdin, "import os\nos._exit(0)"},
		"function: overrides ==":     {function, "class A(int):\n def __eq__(s, o): return True\n def __repr__(s): return 'null'\ndef f(x): return A()"},
		"function: patches int":      {function, "import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.int = builtins.float = str\ndef f(x): return 1"},
		"function: patches writing":  {function, "import posix\nposix.write = lambda fd, b: len(b)\nposix._exit = lambda c: None\ndef f(x): return 1"},
		"function: judge's messages": {function, "import os, sys\nfr = sys._getframe()\nwhile fr:\n for v in list(fr.f_locals.values()):\n  n = getattr(v, 'nonce', None)\n  if n: os.write(5, f'{n} value 1 true\\n{n} pass 1 \\n{n} end 1 \\n'.encode())\n fr = fr.f_back\ndef f(x): return 1"},
		"function: executes another": {function, "import os\ndef f(x): os.execv('/usr/bin/python3', ['python3', '-c', 'import os; os.write(5, b\"value 1 true\\\\n\"); os._exit(0)'])"},
		"function: traces the judge": {function, "import sys\ndef t(fr, event, arg):\n if event == 'return' and fr.f_code.co_name == 'f': fr.f_locals['x'] = 7\n return t\nsys.settrace(t)\nsys.setprofile(t)\ndef f(x): return x"},
		"function: fake modules":     {function, "import sys, types\nfor n in ('json', 'marshal', 'posix', 'gc', 'builtins'):\n sys.modules[n] = types.ModuleType(n)\ndef f(x): return 1"},
		"function: reducible":        {function, "import os\nclass A(int):\n def __reduce__(s): return os.system, ('true',)\n def __index__(s): return 9\n def __int__(s): return 9\n def __hash__(s): return 0\n def __format__(s, f): return 'null'\ndef f(x): return A(1)"},
		"stdin: writes everywhere":   {stdin, "import os\nfor fd in range(64):\n for m in (b'value 1 2\\n', b'exit 0 0', b'R', b'pass 1 true\\n'):\n  try:\n   os.set_blocking(fd, False)\n   os.write(fd, m)\n  except OSError: pass"},
		"stdin: ends in atexit":      {stdin, "import atexit, os\natexit.register(os._exit, 0)\nprint(1)"},
		"stdin: judge's messages":    {stdin, "import os\nprint('{\"verdict\": \"correct\"}')\nos.write(5, b'pass 1 true\\n')\nos.write(1, b'R\\nexit 0 1\\n')"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := s.Grade(context.Background(), tc.program, tc.tests, Limits{CPUSeconds: 5})
			if err != nil || got.Verdict != reward.Incorrect || strings.Contains(got.Reason, "Error") {
				t.Errorf("%+v, %v; want incorrect, and not for an error in the attack", got, err)
			}
		})
	}
}

// Tests that cannot be run are the caller's fault and no verdict on the program.
func TestBrokenTestsAreUngradable(t *testing.T) {
	s := opened(t)
	for _, tests := range []code.Tests{
		{Type: code.Assert, Asserts: []string{"assert f(1) =="}},
		{Type: code.Assert, Setup: "def", Asserts: []string{"assert f(1) == 2"}},
		{Type: code.Assert, Asserts: []string{"import sys\nassert f(sys) == 2"}},
		{Type: code.Assert, Asserts: []string{"while True: pass"}},
	} {
		got, err := s.Grade(context.Background(), "def f(x): return 2", tests, Limits{CPUSeconds: 0.3, TotalCPUSeconds: 0.5})
		if err == nil || got.Verdict != reward.Ungradable || !strings.Contains(err.Error(), "tests cannot be run") {
			t.Errorf("%v: %+v, %v", tests.Asserts, got, err)
		}
	}
}

// What a program's values do to the tests is the program's failure, and a job's tests find
// nothing of those before them, though they may run in the same process.
func TestExaminer(t *testing.T) {
	t.Parallel()
	s := openedWith(t, cellPath)
	const twice = "def f(x): return 2 * x"
	limits := Limits{CPUSeconds: 1, TotalCPUSeconds: 2}
	for _, tc := range []struct {
		name, program, setup, assert string
		want                         reward.Verdict
		continues                    bool // the same process takes the next job
	}{
		{"right", twice, "", "assert f(1) == 2", reward.Correct, true},
		{"wrong", twice, "", "assert f(1) == 3", reward.Incorrect, true},
		{"does not load", "1 / 0", "", "assert f(1) == 3", reward.Incorrect, true},
		{"not there", "import os\ndef f(x): os._exit(0)", "", "assert f(1) == 3", reward.Incorrect, true},
		{"not there, and nobody minds", "import os\ndef f(x): os._exit(0)", "", "try:\n    f(1)\nexcept BaseException:\n    pass\nassert f(1) == 2", reward.Incorrect, true},
		{"late", "def f(x):\n while True: pass", "", "assert f(1) == 3", reward.Incorrect, true},
		{"usual", twice, "import math\nfrom typing import List", "def check(g):\n    assert math.isclose(g(1), 2)\ncheck(f)", reward.Correct, true},
		{"names of the one before", twice, "", "assert check", reward.Incorrect, true},
		{"modules", twice, "import sys", "assert f(1) == 2\nsys.modules['spy'] = 1", reward.Correct, false},
		{"modules of the one before", twice, "import sys", "assert 'spy' not in sys.modules", reward.Correct, false},
		{"built-ins", twice, "import math", "math.sqrt = f\nassert math.sqrt(1) == 2", reward.Correct, false},
		{"built-ins of the one before", twice, "import math", "assert math.sqrt(1) == 1", reward.Correct, true},
		{"random", twice, "import random", "assert random.random() == 0.8444218515250481", reward.Correct, false},
		{"random again", twice, "import random", "assert random.random() == 0.8444218515250481", reward.Correct, false},
		{"endless range", "def f(x): return range(10 ** 15)", "", "assert sum(f(1)) == 6", reward.Incorrect, false},
		{"huge fraction", "import json\ndef f(x):\n json.JSONEncoder.encode = lambda *a: '[[],{\"t\":\"Fraction\",\"v\":\"1e999999999\"}]'", "", "assert f(1) == 6", reward.Incorrect, false},
		{"huge fraction for a name", "import json\njson.JSONEncoder.encode = lambda *a: '[[],{\"t\":\"dict\",\"v\":[[\"f\",{\"t\":\"Fraction\",\"v\":\"1e999999999\"}]]}]'\ndef f(x): return 2", "", "assert f(1) == 2", reward.Incorrect, false},
		{"huge list", "def f(x): return 10 ** 10", "", "assert len([0] * f(1)) == 6", reward.Incorrect, true},
		{"much memory", twice, "", "assert len([0] * f(4_000_000)) == 8_000_000", reward.Correct, false},
		{"right again", twice, "", "assert f(1) == 2", reward.Correct, true},
	} {
		tests := code.Tests{Type: code.Assert, Setup: tc.setup, Asserts: []string{tc.assert}}
		got, err := s.Grade(context.Background(), tc.program, tests, limits)
		if err != nil || got.Verdict != tc.want {
			t.Errorf("%s: %+v, %v; want %s", tc.name, got, err, tc.want)
		}
		if continues := s.free[0].examiner.takes(limits.filled()); continues != tc.continues {
			t.Errorf("%s: the process goes on: %v, want %v", tc.name, continues, tc.continues)
		}
	}
}
