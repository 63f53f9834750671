//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"temper/model/reward"
	"temper/model/reward/code"
)

// Calls that are made in advance are those of the tests, in their order, and give the same
// verdicts and reasons.
func TestBatches(t *testing.T) {
	s := opened(t)
	const count = "n = 0\ndef f(x):\n global n\n n += 1\n return [n, x]\ndef g(): return n\n"
	many := func(text string, n int) (all []string) {
		for i := range n {
			all = append(all, strings.ReplaceAll(strings.ReplaceAll(text, "$i", fmt.Sprint(i)), "$n", fmt.Sprint(i+1)))
		}
		return all
	}
	for _, tc := range []struct {
		name, program, setup string
		asserts              []string
		want                 reward.Verdict
		say                  string
	}{
		{"in order", count, "", many("assert f($i) == [$n, $i]", 300), reward.Correct, "300 of 300"},
		{"two in one test", count, "", many("assert f($i)[1] == f($i)[1] and g() % 2 == 0", 20), reward.Correct, ""},
		{"others between", count, "", []string{"assert f(1) == [1, 1]", "assert f(2) == [2, 2]", "for i in range(3, 5): assert f(i) == [i, i]", "assert f(5) == [5, 5]", "assert f(6) == [6, 6]"}, reward.Correct, ""},
		{"assigned", count, "", []string{"a = f(1)\nassert a == [1, 1]", "b = f(2)\nassert a != b and b[0] == 2"}, reward.Correct, ""},
		{"the second is wrong", count, "", many("assert f($i) == [1, $i]", 9), reward.Incorrect, "test 2 of 9: assertion failed: assert f(1) == [1, 1]"},
		{"the third raises", "def f(x): return [1, 2][x]", "", many("assert f($i) == $n", 9), reward.Incorrect, "test 3 of 9: IndexError"},
		{"leaves in the third", "import os\ndef f(x): return os._exit(0) if x == 2 else x", "", many("assert f($i) == $i", 9), reward.Incorrect, "of 9 tests, in this test or a later one"},
		{"loops in the third", "def f(x):\n while x == 2: pass\n return x", "", many("assert f($i) == $i", 9), reward.Incorrect, "CPU time"},
		{"a long one each", "import time\ndef f(x):\n t = time.process_time()\n while time.process_time() - t < 0.3: pass\n return x", "", many("assert f($i) == $i", 5), reward.Correct, ""},
		{"what is returned", "def f(k):\n row = [0, 0]\n return [[row, row], {(1, 2): {3}}, 1e308 * 10, 'ü\\n', b'x', None, 10 ** 30][k]", "", []string{"r = f(0)\nr[0][0] = 1\nassert r == [[1, 0], [1, 0]]", "assert f(1) == {(1, 2): {3}}", "assert f(2) == float('inf')", "assert f(3) == 'ü\\n'", "assert f(4) == b'x' and f(5) is None", "assert f(6) == 10 ** 30"}, reward.Correct, ""},
		{"arguments", "def f(*a, **k):\n a[0].append(1)\n return a[0], sorted(k.items())", "", []string{"assert f([], b=2) == ([1], [('b', 2)])", "assert f([0], 5, c={1: (2, {3})}) == ([0, 1], [('c', {1: (2, {3})})])"}, reward.Correct, ""},
		{"objects", "class A:\n def __init__(self, x): self.x = x\n def __eq__(self, o): return self.x == o.x\ndef f(x): return A(x) if x > 1 else x", "", []string{"assert f(0) == 0", "assert f(1) == 1", "assert f(2).x == 2", "assert f(3) == f(3)", "assert A(4) == f(4)"}, reward.Correct, ""},
		{"a function that checks", count, "def check(candidate):\n    '''Checks.'''\n    assert candidate(1) == [1, 1], 'one'\n    assert candidate(2) == [2, 2]\n    for i in range(3, 5): assert candidate(i)[0] == i\n    assert candidate(5)[0] == 5\n", []string{"check(f)"}, reward.Correct, ""},
		{"a function that fails", count, "def check(candidate):\n    assert candidate(1) == [1, 1]\n    assert candidate(2) == [3, 2], 'two'\n", []string{"check(f)"}, reward.Incorrect, "AssertionError: two"},
		{"a function called twice", count, "def check(candidate):\n    assert candidate(1)[1] == 1\n    assert candidate(2)[1] == 2\n", []string{"check(f)", "check(f)\nassert f(0)[0] == 5"}, reward.Correct, ""},
		{"only one of two", count, "", many("assert f($i) == [$n, $i] or f(9)", 5), reward.Correct, ""},
		{"stops", "def f(x): raise StopIteration", "", []string{"assert f(1) == 2", "assert f(2) == 3"}, reward.Incorrect, "StopIteration"},
		{"missing", "def g(x): return x", "", []string{"assert f(1) == 2", "assert f(2) == 3"}, reward.Incorrect, "NameError"},
		{"answers that nobody awaits", "import json\nencode = json.JSONEncoder.encode\ndef f(x):\n import sys\n d = sys._getframe(1).f_locals.get('done')\n if d is not None: d.append('2')\n return 2", "", []string{"assert f(1) == 2", "assert f(2) == 2", "for i in [3]: assert f(i) == 2"}, reward.Incorrect, "not asked"},
		{"an object for plain data", "import json\ndef f(x):\n json.JSONEncoder.encode = lambda *a: '{\"t\":\"ref\",\"v\":[0,-1,\"\"]}'\n return 2", "", []string{"assert f(1) == 2", "assert f(2) == 2"}, reward.Incorrect, "cannot be read"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tests := code.Tests{Type: code.Assert, Setup: tc.setup, Asserts: tc.asserts}
			got, err := s.Grade(context.Background(), tc.program, tests, Limits{CPUSeconds: 0.6})
			if err != nil || got.Verdict != tc.want || !strings.Contains(got.Reason, tc.say) {
				t.Errorf("%s (%s), %v; want %s with %q", got.Verdict, got.Reason, err, tc.want, tc.say)
			}
		})
	}
}
