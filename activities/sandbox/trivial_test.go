//go:build linux

package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"temper/model/curation"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/code"
)

// TestTrivialPrograms: of each form of tests some are weak, and the trivial program that a rule of curation tries passes
// them; strong ones stop them all.
func TestTrivialPrograms(t *testing.T) {
	cases := func(pairs ...string) (all []code.Case) {
		for _, p := range pairs {
			args, expect, _ := strings.Cut(p, " -> ")
			all = append(all, code.Case{Args: json.RawMessage(args), Expect: json.RawMessage(expect)})
		}
		return all
	}
	s := opened(t)
	for name, c := range map[string]struct {
		tests code.Tests
		by    string // the trivial program that passes, "" for none
	}{
		"nothing wanted":     {code.Tests{Type: code.Stdin, Inputs: []string{"1\n", "2\n"}, Outputs: []string{"", "\n"}}, "prints nothing"},
		"echo":               {code.Tests{Type: code.Stdin, Inputs: []string{"1 2\n", "3\n"}, Outputs: []string{"1 2\n", "3\n"}}, "prints its input"},
		"always YES":         {code.Tests{Type: code.Stdin, Inputs: []string{"1\n", "2\n"}, Outputs: []string{"YES\n", "YES\n"}}, "prints YES"},
		"one test":           {code.Tests{Type: code.Stdin, Inputs: []string{"1\n"}, Outputs: []string{"a \"b\"\\\n\u00e9\n"}}, "prints a \"b\"\\ \u00e9"},
		"NO for each case":   {code.Tests{Type: code.Stdin, Inputs: []string{"2\n7\n8\n", "3\n1\n2\n3\n"}, Outputs: []string{"NO\nNO\n", "NO\nNO\nNO\n"}}, "prints NO for each case"},
		"YES or NO":          {code.Tests{Type: code.Stdin, Inputs: []string{"1\n", "2\n"}, Outputs: []string{"YES\n", "NO\n"}}, ""},
		"a checker's 0":      {code.Tests{Type: code.Stdin, Inputs: []string{"1\n", "2\n"}, Outputs: []string{"5\n", "6\n"}, Checker: "def check(i, o, e):\n    return o.strip() == '0'"}, "prints 0"},
		"None":               {code.Tests{Type: code.Function, Name: "f", Cases: cases("[1] -> null", "[2] -> null")}, "returns None"},
		"the argument":       {code.Tests{Type: code.Function, Name: "f", Cases: cases("[[1,2],3] -> [1,2]", "[[4],3] -> [4]")}, "returns its first argument"},
		"a constant":         {code.Tests{Type: code.Function, Name: "f", Cases: cases(`[1] -> {"a":"\u00e9"}`, `[2] -> {"a":"\u00e9"}`)}, `returns {"a":"\u00e9"}`},
		"a method":           {code.Tests{Type: code.Function, Name: "Solution.f", Cases: cases("[1] -> 0", "[2] -> 0")}, "returns 0"},
		"a strong method":    {code.Tests{Type: code.Function, Name: "Solution.f", Cases: cases("[1] -> 2", "[2] -> 3")}, ""},
		"a list of nodes":    {code.Tests{Type: code.Function, Name: "f", Nodes: &code.Nodes{Args: []string{"list"}, Result: "list"}, Cases: cases("[[1,2]] -> [1,2]", "[[3]] -> [3]")}, "returns its first argument"},
		"asserts":            {code.Tests{Type: code.Assert, Asserts: []string{"assert is_even(2) == True", "assert is_even(4) == True"}}, "returns True"},
		"asserts of text":    {code.Tests{Type: code.Assert, Asserts: []string{"assert name(2) == 'two'"}}, "returns 'two'"},
		"a builtin's name":   {code.Tests{Type: code.Assert, Asserts: []string{"assert sum(10, 15) == 6", "assert sum(1, 2) == 6"}}, "returns 6"},
		"a builtin around":   {code.Tests{Type: code.Assert, Asserts: []string{"assert set(divisors(4)) == set((1, 2, 4))", "assert set(divisors(3)) == set((1, 3))"}}, ""},
		"strong asserts":     {code.Tests{Type: code.Assert, Asserts: []string{"assert is_even(2) == True", "assert is_even(3) == False"}}, ""},
		"check(candidate)":   {code.Tests{Type: code.Assert, Setup: "def check(candidate):\n    assert candidate([1]) == 0\n    assert candidate([]) == 0\n", Asserts: []string{"check(count)"}}, "returns 0"},
		"a strong check":     {code.Tests{Type: code.Assert, Setup: "def check(candidate):\n    assert candidate([1]) == 1\n    assert candidate([]) == 0\n", Asserts: []string{"check(count)"}}, ""},
		"pytest":             {code.Tests{Type: code.Assert, Setup: "import math\ndef test_a():\n    assert not median([math.pi])\n", Asserts: []string{"test_a()"}}, "returns None"},
		"exceptions checked": {code.Tests{Type: code.Assert, Asserts: []string{"try:\n    f(1)\n    raise AssertionError\nexcept ValueError:\n    pass"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.tests.Validate(); err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(c.tests)
			if err != nil {
				t.Fatal(err)
			}
			trials, err := curation.Trials(recipe.Rule{WeakTests: &recipe.WeakTests{}}, data, "")
			if err != nil || len(trials) < 2 {
				t.Fatalf("%d programs, %v", len(trials), err)
			}
			var passed []string
			for _, trial := range trials {
				got, err := s.Grade(t.Context(), trial.Program, c.tests, Limits{})
				if err != nil || got.Verdict == reward.Ungradable {
					t.Errorf("%s: %s (%s), %v", trial.Name, got.Verdict, got.Reason, err)
				}
				if got.Verdict == reward.Correct {
					passed = append(passed, trial.Name)
				}
			}
			if c.by != "" && !strings.Contains(fmt.Sprint(passed), c.by) || c.by == "" && len(passed) > 0 {
				t.Errorf("%q pass, want %q", passed, c.by)
			}
		})
	}
}
