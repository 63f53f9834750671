package curation

import (
	"slices"
	"strings"
	"testing"

	"temper/model/recipe"
)

// TestProgramQuestions: what statements of programming tasks say of themselves, and what only sounds like it.
func TestProgramQuestions(t *testing.T) {
	cases := map[recipe.QuestionKind][]string{
		recipe.QuestionSeveralOutputs: {
			"Print the permutation. If there are multiple answers, print any of them.",
			"If there are several ways to reach the sum, you may output any.\n",
			"Any valid answer will be accepted.",
			"You may return the answer in any order.",
			"Return the indices of the two numbers. The answer can be returned in any order.",
			"In case there are many optimal solutions, you can choose any of them.",
			"Find any such array or report that there is none.",
			"Output one of them if more than one string fits.",
			"The problem has a special judge.",
		},
		recipe.QuestionInteractive: {
			"This is an interactive problem. Guess the number.",
			"You can ask at most 20 queries. To ask a query, print \"? x\" and flush.",
			"Guess it.\n\nInteraction\n\nPrint ? and read.",
			"Do not forget to call fflush(stdout) after each line of output.",
			"The interactor answers with the sum.",
		},
		recipe.QuestionImage: {
			"The board is <image> and the knight moves on it.\n\nInput\n\nn",
			"Count the squares of the shape shown in the picture.\n\nInput\n\nn",
			"Rotate the keypad ![keypad](pad.png) by a quarter.",
			"The segments of a digit are numbered as in the figure below. Print the digit.",
			"The layout is at https://images.org/layout.png and has n rows.",
		},
	}
	all := recipe.Questions{Drop: []recipe.QuestionKind{recipe.QuestionSeveralOutputs, recipe.QuestionInteractive, recipe.QuestionImage}}
	for kind, questions := range cases {
		for _, q := range questions {
			if got := dropped(t, recipe.Rule{Questions: &all}, rowsOf(q), Given{}); !slices.Equal(got, []string{"a " + string(kind)}) {
				t.Errorf("%q is %q, want %s", q, got, kind)
			}
		}
	}
	for _, plain := range []string{
		"If there are several possible answers, print the lexicographically smallest one.",
		"Do not print any of the helper values. Print the sum.",
		"You may choose any element and remove it. Print the fewest removals.",
		"If there are several identical minima, he can choose any of them. Print the final value.",
		"The words of the input are given in any order. Print them sorted.",
		"Return None if there aren't any.",
		"You can print each letter in any case.",
		"Each test contains multiple test cases.",
		"An image is a grid of pixels. Rotate the image by 90 degrees and print it.",
		"Help Ann figure out the sum of n numbers.",
		"Add the numbers.\n\nExamples\n\nInput\n\n1 2\n\nNote\n\nIn the first sample, <image>.",
		"The picture below illustrates the first example.\n\nInput\n\nn",
		"An interactive museum sells n tickets. Print its income.",
		"A hand is a flush if all cards have one suit. Count the hands.",
		"A museum answers q queries. For each query print the number of visitors.",
	} {
		if got := dropped(t, recipe.Rule{Questions: &all}, rowsOf(plain), Given{}); len(got) != 0 {
			t.Errorf("%q is %q", plain, got)
		}
	}
}

func TestReleased(t *testing.T) {
	rows := []Row{{ID: "old", Released: "2023-05-01"}, {ID: "last", Released: "2024-08-01"}, {ID: "new", Released: "2024-08-02"}, {ID: "unknown"}}
	for _, c := range []struct {
		rule recipe.Released
		want []string
	}{
		{recipe.Released{Until: "2024-08-01"}, []string{"new released_after"}},
		{recipe.Released{Until: "2024-08-01", Undated: recipe.LackingDropped}, []string{"new released_after", "unknown undated"}},
		{recipe.Released{From: "2024-08-01"}, []string{"old released_before"}},
		{recipe.Released{From: "2024-08-01", Until: "2024-08-01", Undated: recipe.LackingKept}, []string{"old released_before", "new released_after"}},
	} {
		if got := dropped(t, recipe.Rule{Released: &c.rule}, rows, Given{}); !slices.Equal(got, c.want) {
			t.Errorf("%+v drops %q, want %q", c.rule, got, c.want)
		}
	}
}

func TestSameSource(t *testing.T) {
	given := Given{Others: map[string][]Row{"bench": {
		{ID: "b1", URL: "https://codeforces.com/contest/1873/problem/A"}, {ID: "b2", URL: "https://atcoder.jp/contests/abc313/tasks/abc313_a"},
		{ID: "b3", URL: "https://leetcode.com/problems/two-sum"}, {ID: "b4"},
	}}}
	rows := []Row{
		{ID: "archive", URL: "http://www.codeforces.com/problemset/problem/1873/A?locale=en"},
		{ID: "other letter", URL: "https://codeforces.com/problemset/problem/1873/B"},
		{ID: "other contest", URL: "https://codeforces.com/problemset/problem/187/3A"},
		{ID: "in English", URL: "https://atcoder.jp/contests/abc313/tasks/abc313_a?lang=en"},
		{ID: "described", URL: "https://leetcode.cn/problems/two-sum/description/"},
		{ID: "nowhere"},
		{ID: "listed", URL: "acm.timus.ru/problem.aspx/?id=1000"},
		{ID: "beside it", URL: "acm.timus.ru/problem.aspx?id=1001"},
		{ID: "CF1899_C", URL: "https://codeforces.com/contest/1899/problem/C"},
		{ID: "abc314_B"},
	}
	rule := recipe.SameSource{Against: []string{"bench"}, URLs: []string{"https://acm.timus.ru/problem.aspx?id=1000"}, IDs: []string{"1899C", "abc314_b"}}
	want := []string{"archive source_in_bench", "in English source_in_bench", "described source_in_bench", "listed source_url", "CF1899_C source_id", "abc314_B source_id"}
	if got := dropped(t, recipe.Rule{SameSource: &rule}, rows, given); !slices.Equal(got, want) {
		t.Errorf("dropped %q, want %q", got, want)
	}
	given.Others["bench"] = given.Others["bench"][3:]
	if _, err := Apply(recipe.Rule{SameSource: &rule}, rows, given); err == nil || !strings.Contains(err.Error(), "bench: none of its 1 rows says where it comes from") {
		t.Errorf("a benchmark without places: %v", err)
	}
}
