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

// TestValues: what arguments become and results are read from, for calls that JSON alone has
// no words for.
func TestValues(t *testing.T) {
	s := opened(t)
	for name, tc := range map[string]struct {
		program, tests string
		want           reward.Verdict
		reason         string
	}{
		"a list":                    {"class Solution:\n    def f(self, head: Optional[ListNode]):\n        return head.next", `"nodes":{"args":["list"],"result":"list"},"cases":[{"args":[[1,2,3]],"expect":[2,3]},{"args":[[1]],"expect":[]}]`, reward.Correct, ""},
		"a class of its own":        {"class ListNode:\n    def __init__(self, x): self.val, self.next, self.own = x, None, 7\nf = lambda a, b: a.own", `"nodes":{"args":["list"]},"cases":[{"args":[[1],2],"expect":7}]`, reward.Correct, ""},
		"a tree":                    {"def f(root):\n    root.left, root.right = root.right, root.left\n    return root", `"nodes":{"args":["tree"],"result":"tree"},"cases":[{"args":[[1,null,2,3]],"expect":[1,2,null,3]}]`, reward.Correct, ""},
		"lists":                     {"def f(lists):\n    return lists[::-1]", `"nodes":{"args":["lists"],"result":"lists"},"cases":[{"args":[[[1],[]]],"expect":[[],[1]]}]`, reward.Correct, ""},
		"a list without end":        {"def f(a):\n    a.next = a\n    return a", `"nodes":{"args":["list"],"result":"list"},"cases":[{"args":[[1]],"expect":[1]}]`, reward.Incorrect, "a list that has no end"},
		"a node met twice":          {"def f(a):\n    a.left = a.right = TreeNode(1)\n    return a", `"nodes":{"args":["tree"],"result":"tree"},"cases":[{"args":[[1]],"expect":[1,1,1]}]`, reward.Incorrect, "met twice"},
		"not a node":                {"def f(a): return [1]", `"nodes":{"args":["list"],"result":"list"},"cases":[{"args":[[1]],"expect":[1]}]`, reward.Incorrect, "AttributeError"},
		"annotated":                 {"class Solution:\n    def f(self, root: Optional[TreeNode], k: int) -> Optional[ListNode]:\n        return ListNode(root.val + k)", `"cases":[{"args":[[3,9,20,null,null,15,7],1],"expect":[4]}]`, reward.Correct, ""},
		"annotated by a text":       {"class TreeNode:\n    def __init__(self, val): self.val, self.left, self.right = val, None, None\nclass Solution:\n    def f(self, root: 'Optional[TreeNode]') -> int:\n        return 1 + max(self.f(root.left), self.f(root.right)) if root else 0", `"cases":[{"args":[[3,9,20,null,null,15,7]],"expect":3},{"args":[[]],"expect":0}]`, reward.Correct, ""},
		"annotated lists":           {"def f(lists: List[Optional[ListNode]]) -> Optional[ListNode]: return lists[1]", `"cases":[{"args":[[[1],[2,3]]],"expect":[2,3]},{"args":[[[1],[]]],"expect":[]}]`, reward.Correct, ""},
		"annotated otherwise":       {"def f(a: List[int]) -> List[int]: return a", `"cases":[{"args":[[1]],"expect":[1]}]`, reward.Correct, ""},
		"integer keys":              {"def f(d): return d[1], d[-2][\"a\"]", `"int_keys":true,"cases":[{"args":[{"1":2,"-2":{"a":3,"4":5}}],"expect":[2,3]}]`, reward.Correct, ""},
		"no integer keys":           {"def f(d): return d['01']", `"int_keys":true,"cases":[{"args":[{"01":2,"1":3}],"expect":2}]`, reward.Correct, ""},
		"changed in place":          {"class Solution:\n    def f(self, a, k): a.sort()", `"cases":[{"args":[[2,1],0],"expect":[1,2]}]`, reward.Correct, ""},
		"not changed in place":      {"def f(a): sorted(a)", `"cases":[{"args":[[2,1]],"expect":[1,2]}]`, reward.Incorrect, "returned null"},
		"nothing expected":          {"def f(a): a.sort()", `"cases":[{"args":[[2,1]],"expect":null}]`, reward.Correct, ""},
		"given before":              {"def f(x): return twice(x)", `"before":"def twice(x): return 2 * x","cases":[{"args":[2],"expect":4}]`, reward.Correct, ""},
		"less memory":               {"def f(x): return x", `"memory_bytes":1000000,"cases":[{"args":[2],"expect":2}]`, reward.Correct, ""},
		"its own time":              {"def f(x):\n    while True: pass", `"time_seconds":0.3,"cases":[{"args":[2],"expect":2}]`, reward.Incorrect, "used more than 0.3 s"},
		"checked":                   {"def f(x): return x + 2", `"checker":"def check(args, out, expected): return out > args[0] and expected is None","cases":[{"args":[2],"expect":null}]`, reward.Correct, ""},
		"refused":                   {"def f(x): return x - 2", `"checker":"def check(args, out, expected): return out > args[0]","cases":[{"args":[2],"expect":null}]`, reward.Incorrect, "test 1 of 1: the checker refuses"},
		"a checker that raises":     {"def f(x): return x", `"checker":"def check(args, out, expected): return out / 0","cases":[{"args":[2],"expect":null}]`, reward.Incorrect, "the checker fails on the output: ZeroDivisionError"},
		"a checker that is none":    {"def f(x): return x", `"checker":"def chek(args, out, expected): return 1","cases":[{"args":[2],"expect":null}]`, reward.Ungradable, "does not define check"},
		"a checker with a fault":    {"def f(x): return x", `"checker":"def check(","cases":[{"args":[2],"expect":null}]`, reward.Ungradable, "SyntaxError"},
		"a checker that is stopped": {"def f(x): return x", `"checker":"import sys\ndef check(a, b, c): sys.exit(0)","cases":[{"args":[2],"expect":null}]`, reward.Incorrect, "the checker fails on the output"},
		"a checker that says 1":     {"def f(x): return x", `"checker":"def check(args, out, expected): return 1","cases":[{"args":[2],"expect":null}]`, reward.Incorrect, "the checker says 1 of the output"},
	} {
		var tests code.Tests
		if err := json.Unmarshal([]byte(`{"type":"function","name":"f",`+tc.tests+`}`), &tests); err != nil {
			t.Fatal(name, err)
		}
		if err := tests.Validate(); err != nil {
			t.Fatal(name, err)
		}
		if got, _ := s.Grade(context.Background(), tc.program, tests, Limits{}); got.Verdict != tc.want || !strings.Contains(got.Reason, tc.reason) {
			t.Errorf("%s: %s, %s", name, got.Verdict, got.Reason)
		}
	}
	stdin := code.Tests{Type: code.Stdin, Inputs: []string{"4", "9"}, Outputs: []string{"", ""},
		Checker: "def check(text, out, expected):\n    a, b = map(int, out.split())\n    return a * b == int(text) + 1"}
	for program, want := range map[string]reward.Verdict{
		"print(int(input()) + 1, 1)": reward.Correct, "print(1, 5)": reward.Incorrect, "print(1)\nraise ValueError": reward.Incorrect,
	} {
		if got, _ := s.Grade(context.Background(), program, stdin, Limits{}); got.Verdict != want {
			t.Errorf("%s: %s, %s", program, got.Verdict, got.Reason)
		}
	}
}
