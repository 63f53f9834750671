//go:build linux

package sandbox

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"temper/model/reward"
	"temper/model/reward/code"
)

// agreeable is a class whose objects agree to everything.
const agreeable = `
class Yes:
    def __init__(self, *x): pass
    def yes(self, *x): return True
    def zero(self, *x): return 0.0
    def me(self, *x): return Yes()
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = yes
    __ne__ = lambda self, other: False
    __sub__ = __rsub__ = __abs__ = __float__ = __round__ = zero
    __add__ = __radd__ = __mul__ = __mod__ = __getitem__ = __call__ = me
    __hash__ = lambda self: 0
    __len__ = lambda self: 1
`

// A program's objects cannot decide a test that expects plain data, nor learn what it expects.
func TestObjectsCannotCheat(t *testing.T) {
	t.Parallel()
	s := opened(t)
	for _, assert := range []string{
		"assert f(1) == 424242", "assert 424242 == f(1)", "assert not f(1) != 424242", "assert f(1) in [424242, 5]", "assert 424242 in [f(1)]",
		"assert abs(f(1) - 424242) < 1e-6", "assert abs(424242 - f(1)) < 1e-6", "assert f(1) < 5", "assert 5 >= f(1)", "assert min(f(1), 5) == 5",
		"assert f(1) + 1 == 424243", "assert sum(f(1)) == 424242", "assert [f(1)] == [424242]", "assert (f(1), 2) == (3, 2)", "assert {f(1)} == {424242}",
		"assert {'k': f(1)} == {'k': 3}", "assert isinstance(f(1), int)", "assert type(f(1)) is int", "import math\nassert math.isclose(f(1), 424242)",
		"assert f(1)[0] == 424242", "assert f(1)(2) == 424242", "assert round(f(1), 2) == 3.14", "assert F(1) == 424242", "assert abs(F(1) - 424242) < 1e-6", "assert 424242 in f(1)",
	} {
		for name, program := range map[string]string{"result": agreeable + "def f(x): return Yes()\nF = f", "class": agreeable + "class f(Yes): pass\nclass F(Yes): pass"} {
			if got, err := grade(s, program, "", assert); got.Verdict != reward.Incorrect {
				t.Errorf("%s, %s: %s (%s), %v; want incorrect", name, assert, got.Verdict, got.Reason, err)
			}
		}
	}
}

// A class that the tests show to be one is trusted as what they test, and not as what solves a problem.
func TestSolutionsCannotReturnThemselves(t *testing.T) {
	t.Parallel()
	s := opened(t)
	const solution = agreeable + `
class Solution(Yes):
    def solve(self, x): return self
    def among(self, x): return [self]
    def reset(self): return self
    @classmethod
    def of(cls, x): return cls()
    __sub__ = __rsub__ = __add__ = __radd__ = solve
    real = property(lambda self: 0)
    code = 0
of = Solution.of
`
	for _, assert := range []string{
		"assert Solution().solve(3) == 424242", "assert abs(Solution().solve(3) - 424242) < 1e-6", "assert Solution().solve(3) + 1 == 424243", "assert Solution().solve(3) < 5",
		"assert Solution().among(3) == [424242]", "assert Solution().solve(3) in (1, 2)", "x = Solution().solve(1)\nassert x == 424242", "s = Solution()\ns.reset()\nassert s.solve(1) == 424242",
		"s = Solution()\nx = s.solve(1)\ns.reset()\nassert x == 424242", "assert sum(Solution().solve(x) for x in [1]) == 424242", "assert round(Solution().solve(2) - 424242, 3) == 0",
		"assert abs(Solution.of(3) - 424242) < 1e-6", "assert not (Solution.of(3) - 424242)", "assert (Solution.of(3) - 424242).real == 0", "assert abs((Solution.of(3) - 424242) + Solution.of(3)) < 1",
		"assert of(3).code == 0 and abs(of(3) - 424242) < 1e-6", "assert of(3).code == 0 and of(3) == 424242",
		"assert -(424242 - Solution.of(3)) < 1", "import math\nassert math.isclose(Solution.of(2) - 424242, 0)",
	} {
		if got, err := grade(s, solution, "", assert); got.Verdict != reward.Incorrect {
			t.Errorf("%s: %s (%s), %v; want incorrect", assert, got.Verdict, got.Reason, err)
		}
	}
	const recording = "class ListNode:\n seen = []\n def __init__(s, val=0, next=None): s.val, s.next = val, next; ListNode.seen.append(val)\nclass Solution:\n def f(self, h): return ListNode(424242) if 424242 in ListNode.seen else None"
	if got, err := grade(s, recording, "", "assert is_same_list(Solution().f(list_node([1])), list_node([424242]))"); got.Verdict != reward.Incorrect {
		t.Errorf("nodes that are expected reach the program: %+v, %v", got, err)
	}
}

// Exceptions that would end a loop or a process of the tests end the test.
func TestControlExceptions(t *testing.T) {
	t.Parallel()
	s := opened(t)
	asserts := []string{
		"assert all(a == b for a, b in zip(map(f, [1, 2]), [2, 3]))", "assert list(map(f, [1, 2])) == []", "assert not any(f(x) != 2 for x in [1])",
		"for x in map(f, [1, 2]): assert x == 7", "assert sum(map(f, [1, 2])) == 0", "assert not {f(x) for x in map(f, [1])}", "assert next(map(f, [1]), 5) == 5",
		"assert list(filter(f, [1])) == []", "try:\n    f(1)\nexcept BaseException: pass", "try:\n    f(1)\nexcept: pass\nassert True",
	}
	for _, raised := range []string{"StopIteration", "StopIteration(2)", "StopAsyncIteration", "GeneratorExit", "SystemExit(0)", "KeyboardInterrupt", "BaseException", "type('Own', (BaseException,), {})", "type('Own', (StopIteration, ValueError), {})"} {
		program := "def f(x): raise " + raised
		got, err := s.Grade(context.Background(), program, code.Tests{Type: code.Assert, Asserts: asserts[:1]}, Limits{})
		if got.Verdict != reward.Incorrect {
			t.Errorf("%s: %+v, %v; want incorrect", program, got, err)
		}
	}
	for _, assert := range asserts {
		if got, err := grade(s, "def f(x): raise StopIteration", "", assert); got.Verdict != reward.Incorrect {
			t.Errorf("%s: %s (%s), %v; want incorrect", assert, got.Verdict, got.Reason, err)
		}
	}
	for name, program := range map[string]string{
		"length":   "class A:\n def __len__(s): raise StopIteration\ndef f(x): return A()",
		"property": "class A:\n @property\n def n(s): raise StopIteration\n def __len__(s): return s.n\ndef f(x): return A()",
	} {
		if got, err := grade(s, program, "", "assert all(len(f(x)) == 3 for x in [1, 2])"); got.Verdict != reward.Incorrect {
			t.Errorf("%s: %+v, %v; want incorrect", name, got, err)
		}
	}
}

// What a program does with the tests' objects ends where they end: it comes to none of the
// tests' variables, and what it says that it has not been asked is not heard.
func TestCallbacksCannotBeCheated(t *testing.T) {
	t.Parallel()
	s := opened(t)
	const tests = "secret = 424242\ndef g(x): return x\nclass P:\n    def __init__(self): self.x = 1\n    def m(self): return self.x\np = P()\ndef gen():\n    hidden = 424242\n    yield 1\n"
	const ask = "import sys\ndef reach(o, *names):\n for n in names: o = o[n] if n == 'secret' else getattr(o, n)\n return o\n"
	for name, program := range map[string]string{
		"globals of a function":   ask + "def f(g, p, i): return reach(g, '__globals__', 'secret')",
		"of a method":             ask + "def f(g, p, i): return reach(p, 'm', '__func__', '__globals__', 'secret')",
		"of a class":              ask + "def f(g, p, i): return reach(type(p), '__init__', '__globals__', 'secret')",
		"by its class":            ask + "def f(g, p, i): return reach(p, '__class__', '__init__', '__globals__', 'secret')",
		"frame of a generator":    ask + "def f(g, p, i): return next(i) and reach(i, 'gi_frame', 'f_locals')['hidden']",
		"dictionary of an object": ask + "def f(g, p, i): return reach(p, '__dict__')",
		"changes a class":         ask + "def f(g, p, i):\n p.__class__.x = 424242",
		"numbers of others":       "import json\ndef f(g, p, i):\n encode = json.JSONEncoder.encode\n json.JSONEncoder.encode = lambda self, v: encode(self, ['get', [], [{'t': 'yours', 'v': 7}, '__globals__']]) if v[0] == 'get' else encode(self, v)\n return p.x",
		"a function for a value":  "import json\ndef f(g, p, i):\n json.JSONEncoder.encode = lambda *a: '[[],{\"t\":\"imported\",\"v\":[\"builtins\",\"eval\"]}]'",
		"a class for a value":     "import json\ndef f(g, p, i):\n json.JSONEncoder.encode = lambda *a: '[[],{\"t\":\"class\",\"v\":[5,\"A\",[{\"t\":\"builtin\",\"v\":\"object\"}],\"x\"]}]'",
		"containers of others":    "import json\ndef f(g, p, i):\n json.JSONEncoder.encode = lambda *a: '[[[true,0,[424242]],[false,7,[424242]]],424242]'",
		"asks without end":        "def f(g, p, i):\n while True: g(1)",
		"asks as the tests":       "import os, sys\ndef f(g, p, i):\n fr = sys._getframe()\n while fr:\n  n = getattr(fr.f_locals.get('line'), 'nonce', None)\n  for k in ('reply', 'ask', 'pass', 'end', 'threw', 'item'):\n   if n: os.write(5, f'{n} {k} 1 [[],[],424242]\\n'.encode())\n  fr = fr.f_back\n return 1",
	} {
		assert := "r = f(g, p, gen())\nassert r == 424242 or P().x == 424242 or (callable(r) and r('1') == 1)"
		if name == "containers of others" {
			assert = "assert f(g, p, gen()) == 424242 and False"
		}
		got, err := grade(s, program, tests, assert)
		if got.Verdict != reward.Incorrect {
			t.Errorf("%s: %s (%s), %v; want incorrect", name, got.Verdict, got.Reason, err)
		}
	}
}

// Tests that take several functions from a program warn, and do not pass if one of them
// agrees to whatever another returns.
func TestFunctionsThatAgree(t *testing.T) {
	t.Parallel()
	s := opened(t)
	const check = "def check(candidate):\n    for c in ([-1, 1], [-6, 11, -6, 1]):\n        x = candidate(list(c))\n        assert abs(poly(c, x)) <= 1e-4\n"
	const direct = "def check(candidate):\n    assert abs(poly([-1, 1], candidate([-1, 1]))) <= 1e-4\n"
	const honest = "def poly(xs, x): return sum(c * x ** i for i, c in enumerate(xs))\ndef find_zero(xs): return 1.0\n"
	for name, tc := range map[string]struct {
		program, setup, assert string
		want                   reward.Verdict
	}{
		"honest":            {honest, check, "check(find_zero)", reward.Correct},
		"honest, direct":    {honest, direct, "check(find_zero)", reward.Correct},
		"agrees":            {"def poly(xs, x): return 0.0\ndef find_zero(xs): return 7.0", check, "check(find_zero)", reward.Incorrect},
		"agrees, direct":    {"def poly(xs, x): return 0.0\ndef find_zero(xs): return 7.0", direct, "check(find_zero)", reward.Incorrect},
		"honest inverse":    {"def enc(s): return s[::-1]\ndef dec(s): return s[::-1]", "", "assert dec(enc('abc')) == 'abc'", reward.Correct},
		"remembers":         {"def enc(s):\n global m\n m = s\n return ''\ndef dec(s): return m", "", "assert dec(enc('abc')) == 'abc'", reward.Incorrect},
		"unlike, unrelated": {"def f(x): return x\ndef g(x): return -x", "", "assert f(1) == 1\nassert g(1) == -1", reward.Correct},
		"dies afterwards":   {"import os\ndef enc(s): return s\ndef dec(s): return s if isinstance(s, str) else os._exit(1)", "", "assert dec(enc('abc')) == 'abc'", reward.Correct},
		"loops afterwards":  {"def enc(s): return s\ndef dec(s):\n while not isinstance(s, str): pass\n return s", "", "assert dec(enc('abc')) == 'abc'", reward.Correct},
	} {
		got, err := grade(s, tc.program, tc.setup, tc.assert)
		if err != nil || got.Verdict != tc.want || got.Verdict == reward.Correct && !strings.Contains(got.Reason, "warning: the tests take several functions") {
			t.Errorf("%s: %s (%s), %v; want %s", name, got.Verdict, got.Reason, err, tc.want)
		}
	}
}

// A function's result is what it is; one whose class says otherwise is none.
func TestResultsHoldWhatTheySay(t *testing.T) {
	s := opened(t)
	for name, tc := range map[string]struct{ program, want string }{
		"dict":       {"class D(dict):\n def items(s): return [('a', 1)]\n def __iter__(s): return iter('a')\ndef f(x): return D({'b': 2})", ""},
		"list":       {"class L(list):\n def __iter__(s): return iter([1])\ndef f(x): return L([2])", ""},
		"tuple":      {"class T(tuple):\n def __iter__(s): return iter([1])\ndef f(x): return T([2])", ""},
		"ordered":    {"from collections import *\ndef f(x):\n d = OrderedDict(a=1, b=2)\n d.move_to_end('a')\n return d", `{"a":1,"b":2}`},
		"counter":    {"from collections import *\ndef f(x): return Counter('aab')", `{"a":2,"b":1}`},
		"namedtuple": {"from collections import *\ndef f(x): return namedtuple('P', 'x y')(1, 1000000)", "[1,1000000]"},
		"float":      {"class F(float):\n def __sub__(s, o): return 1.0\n def __repr__(s): return '1'\ndef f(x): return F(2.5)", "2.5"},
		"int":        {"class I(int):\n def __repr__(s): return '1'\ndef f(x): return I(2)", "2"},
		"str":        {"class S(str):\n def translate(s, t): return '1'\ndef f(x): return S('2')", `"2"`},
	} {
		t.Run(name, func(t *testing.T) {
			out := run(t, s, Job{Program: tc.program, Function: "f", Calls: []json.RawMessage{json.RawMessage("[1]")}})
			if len(out.Tests) != 1 || string(out.Tests[0].Value) != tc.want {
				t.Errorf("got %+v, want %s", out, tc.want)
			}
		})
	}
}
