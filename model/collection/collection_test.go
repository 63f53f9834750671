package collection

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
)

var problems = map[int]dataset.Problem{
	0: {ID: "a", Question: "1+1", Prompt: "<1+1>"}, 1: {ID: "b", Question: "2+2", Prompt: "<2+2>"}, 2: {ID: "a", Question: "1+1", Prompt: "<1+1>"},
}

// said has a response per word: the problem's index, c, i, u or t (correct, incorrect, ungradable, cut), and the text.
func said(words string) []Response {
	verdicts := map[byte]reward.Verdict{'c': reward.Correct, 'i': reward.Incorrect, 't': reward.Incorrect, 'u': reward.Ungradable}
	var all []Response
	for i, word := range strings.Fields(words) {
		all = append(all, Response{Problem: int(word[0] - '0'), Sample: i, Text: word[2:], Verdict: verdicts[word[1]], Truncated: word[1] == 't'})
	}
	return all
}

func rule(s recipe.Collect) Rule {
	return Rule{
		Settings: s, ID: func(problem string, sample int) string { return fmt.Sprintf("%s-%d", problem, sample) },
		Fits: func(e dataset.Example) bool { return len(e.Response) < 5 },
	}
}

// shown writes examples as ID prompt response.
func shown(examples []dataset.Example) string {
	var words []string
	for _, e := range examples {
		words = append(words, fmt.Sprintf("%s %s%s", e.ID, e.Prompt, e.Response))
	}
	return strings.Join(words, ", ")
}

func TestKeepCorrect(t *testing.T) {
	responses := said("0cx 0iy 0cx 0cz 0uw 1ty 1cx 1clonger 2cx 2cv 2cu")
	kept, stats := rule(recipe.Collect{Keep: recipe.KeepCorrect, PerProblem: 3}).Keep(problems, responses)
	if want := "a-0 <1+1>x, a-3 <1+1>z, b-6 <2+2>x, a-9 <1+1>v"; shown(kept) != want {
		t.Errorf("kept %s, want %s", shown(kept), want)
	}
	want := Stats{Responses: 11, Problems: 3, Solved: 3, Correct: 8, Incorrect: 2, Ungradable: 1, Truncation: 1. / 11, Kept: 4, Repeated: 2, Dropped: 1, Surplus: 1}
	if stats != want {
		t.Errorf("stats are %+v, want %+v", stats, want)
	}
	if again := FromMetrics(stats.Metrics()); again != stats {
		t.Errorf("a manifest keeps %+v", again)
	}
	if kept[0].Question != "1+1" {
		t.Errorf("an example is %+v", kept[0])
	}
	kept, stats = rule(recipe.Collect{Keep: recipe.KeepCorrect}).Keep(problems, said("0ix 1ty"))
	if len(kept) != 0 || stats.Kept != 0 || stats.Solved != 0 || stats.Problems != 2 {
		t.Errorf("kept %v of nothing correct: %+v", kept, stats)
	}
}

func TestKeepLabelled(t *testing.T) {
	r := rule(recipe.Collect{Keep: recipe.KeepLabelled, PerProblem: 2})
	r.Labels = recipe.Labels{Correct: "+", Incorrect: "-"}
	kept, stats := r.Keep(problems, said("0cx 0iy 0iy 0tz 0uw 1iv 1cx 0iq 0ir"))
	if want := "a-0 <1+1>+x, a-1 <1+1>-y, b-5 <2+2>-v, b-6 <2+2>+x, a-7 <1+1>-q"; shown(kept) != want {
		t.Errorf("kept %s, want %s", shown(kept), want)
	}
	if stats.Kept != 5 || stats.Repeated != 1 || stats.Surplus != 1 || stats.Correct != 2 || stats.Incorrect != 6 {
		t.Errorf("stats are %+v", stats)
	}
	r.Settings = recipe.Collect{Keep: recipe.KeepCorrect, Label: recipe.LabelCorrect}
	if kept, _ = r.Keep(problems, said("0cx 0iy")); shown(kept) != "a-0 <1+1>+x" {
		t.Errorf("what was sampled under a label is kept as %s", shown(kept))
	}
}

func TestKeepUnsolved(t *testing.T) {
	unsolvedProblems := map[int]dataset.Problem{
		0: {ID: "1", Question: "a", Prompt: "<a>"}, 1: {ID: "2", Question: "b", Prompt: "<b>"}, 2: {ID: "3", Question: "c", Prompt: "<c>"}, 3: {ID: "4", Question: "d", Prompt: "<d>"},
		4: {ID: "5", Question: "e", Prompt: "<e>"},
	}
	r := rule(recipe.Collect{Keep: recipe.KeepUnsolved, PerProblem: 2})
	for i, text := range strings.Fields("<a>1 <b>2 <b>3 <b>2 <b>longer <b>4 <c>5 <d>6") {
		e := dataset.Example{ID: fmt.Sprint(i), Question: text[1:2], Prompt: text[:3], Response: text[3:]}
		if e.Question == "c" { // an example of a file whose prompt is all that it has
			e.Question = e.Prompt
		}
		r.Demonstrations = append(r.Demonstrations, e)
	}
	kept, stats := r.Keep(unsolvedProblems, said("0ix 0cx 1ix 1ix 2tx 3ux 4ix"))
	if want := "1 <b>2, 2 <b>3, 6 <c>5"; shown(kept) != want { // 4 has no verdict, 5 no demonstration
		t.Errorf("kept %s, want %s", shown(kept), want)
	}
	if stats.Kept != 3 || stats.Repeated != 1 || stats.Surplus != 1 || stats.Dropped != 1 || stats.Unmatched != 1 || stats.Solved != 1 || stats.Problems != 5 {
		t.Errorf("stats are %+v", stats)
	}
	if again := FromMetrics(stats.Metrics()); again != stats {
		t.Errorf("a manifest keeps %+v", again)
	}
}

func TestUnion(t *testing.T) {
	e := func(prompt, response, id string) dataset.Example {
		return dataset.Example{ID: id, Prompt: prompt, Response: response}
	}
	before := []dataset.Example{e("p", "x", "1"), e("q", "x", "2")}
	all := Union(before, []dataset.Example{e("q", "x", "3"), e("q", "y", "4"), e("q", "y", "5")})
	if want := []dataset.Example{e("p", "x", "1"), e("q", "x", "2"), e("q", "y", "4")}; !reflect.DeepEqual(all, want) {
		t.Errorf("the union is %v", all)
	}
	if !reflect.DeepEqual(Union(nil, before), before) || !reflect.DeepEqual(Union(before, nil), before) {
		t.Error("a union with nothing is something else")
	}
}
