package curation

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"temper/model/recipe"
	"temper/model/reward"
)

// TestEveryRuleApplies: a rule that a recipe may have is one that leaves rows out, or keeps them, and no unknown word.
func TestEveryRuleApplies(t *testing.T) {
	rules := reflect.TypeFor[recipe.Rule]()
	for i := range rules.NumField() {
		var rule recipe.Rule
		reflect.ValueOf(&rule).Elem().Field(i).Set(reflect.New(rules.Field(i).Type.Elem()))
		if rule.Difficulty != nil {
			rule.Difficulty.Of = "taught"
		}
		drops, err := Apply(rule, rowsOf("one?", "two?"), Given{})
		if err != nil && strings.Contains(err.Error(), "there is no such rule") || rule.Name() == "" {
			t.Errorf("%s, by name %q: %v, %v", rules.Field(i).Name, rule.Name(), drops, err)
		}
	}
}

func TestDedupe(t *testing.T) {
	rows := []Row{
		{ID: "1", Question: "How many?", Response: "a"}, {ID: "2", Question: "How  MANY", Response: "a"},
		{ID: "3", Question: "How many?", Response: "b"}, {ID: "4", Question: "Where?"}, {ID: "5", Question: "where"},
	}
	if got := dropped(t, recipe.Rule{Dedupe: &recipe.Dedupe{}}, rows, Given{}); !slices.Equal(got, []string{"2 repeated", "5 repeated"}) {
		t.Errorf("dropped %q", got)
	}
	given := Given{Others: map[string][]Row{"other": rowsOf("Where?")}}
	across := recipe.Rule{Dedupe: &recipe.Dedupe{Across: []string{"other"}}}
	if got := dropped(t, across, rows, given); !slices.Equal(got, []string{"2 repeated", "4 in_other_dataset", "5 in_other_dataset"}) {
		t.Errorf("across: dropped %q", got)
	}
}

func TestAnswers(t *testing.T) {
	rows := []Row{
		{ID: "number", Domain: recipe.DomainMath, Answer: `\frac12`}, {ID: "empty", Domain: recipe.DomainMath},
		{ID: "long", Domain: recipe.DomainMath, Answer: "12345678901"}, {ID: "code", Domain: recipe.DomainCode},
	}
	if got := dropped(t, recipe.Rule{Answers: &recipe.Answered{MaxCharacters: 10}}, rows, Given{}); !slices.Equal(got, []string{"empty ungradable_answer", "long long_answer"}) {
		t.Errorf("dropped %q", got)
	}
	if got := dropped(t, recipe.Rule{Answers: &recipe.Answered{}}, rows, Given{}); !slices.Equal(got, []string{"empty ungradable_answer"}) {
		t.Errorf("of any length: dropped %q", got)
	}
}

func TestLength(t *testing.T) {
	rows := []Row{{ID: "4", Question: "p", Tokens: 4}, {ID: "5", Question: "q", Tokens: 5}, {ID: "9", Question: "r", Tokens: 9}, {ID: "10", Question: "s", Tokens: 10}}
	rule := recipe.Rule{Length: &recipe.Length{From: 5, Below: 10}}
	if got := dropped(t, rule, rows, Given{}); !slices.Equal(got, []string{"5 thinned_by_length", "9 thinned_by_length"}) {
		t.Errorf("dropped %q", got)
	}
	rule.Length.Below = 0
	if got := dropped(t, rule, rows, Given{}); len(got) != 3 {
		t.Errorf("from 5 on: dropped %q", got)
	}
	given := Given{Others: map[string][]Row{"said": {{Question: "P", Tokens: 4}, {Question: "p", Tokens: 8}, {Question: "q", Tokens: 20}}}}
	rule = recipe.Rule{Length: &recipe.Length{From: 6, Below: 7, Of: "said"}}
	if got := dropped(t, rule, rows, given); !slices.Equal(got, []string{"4 thinned_by_length"}) {
		t.Errorf("by the mean length of others: dropped %q", got)
	}
}

func TestPassRate(t *testing.T) {
	rows := []Row{
		{ID: "hard", Judged: 4}, {ID: "one", Judged: 4, Correct: 1}, {ID: "three", Judged: 4, Correct: 3}, {ID: "all", Judged: 4, Correct: 4},
		{ID: "unknown", Judged: 4, Ungradable: 1}, {ID: "never sampled"},
	}
	rule := recipe.Rule{PassRate: &recipe.PassRate{AtLeast: 1, AtMost: 3}}
	if got := dropped(t, rule, rows, Given{}); !slices.Equal(got, []string{"hard too_few_correct", "all too_many_correct"}) {
		t.Errorf("dropped %q", got)
	}
	rule.PassRate.AtMost = 2
	if got := dropped(t, rule, rows, Given{}); !slices.Equal(got, []string{"hard too_few_correct", "three too_many_correct", "all too_many_correct"}) {
		t.Errorf("at most 2: dropped %q", got)
	}
}

// TestTriedPrograms: only a verdict leaves a problem out; where the sandbox gave none it stays.
func TestTriedPrograms(t *testing.T) {
	tried := func(verdicts ...reward.Verdict) (all []Tried) {
		for _, v := range verdicts {
			all = append(all, Tried{Name: "returns None", Verdict: v, Reason: "test 1: wrong"})
		}
		return all
	}
	rows := []Row{
		{ID: "right", Domain: recipe.DomainCode, Tried: tried(reward.Correct)}, {ID: "wrong", Domain: recipe.DomainCode, Tried: tried(reward.Incorrect)},
		{ID: "unknown", Domain: recipe.DomainCode, Tried: tried(reward.Ungradable)}, {ID: "none", Domain: recipe.DomainCode},
		{ID: "some", Domain: recipe.DomainCode, Tried: tried(reward.Incorrect, reward.Ungradable, reward.Correct)}, {ID: "math", Domain: recipe.DomainMath},
	}
	for _, c := range []struct {
		rule recipe.Rule
		want []string
	}{
		{recipe.Rule{Golden: &recipe.Golden{}}, []string{"wrong failed_golden_solution", "none no_golden_solution", "some failed_golden_solution"}},
		{recipe.Rule{Golden: &recipe.Golden{Missing: recipe.LackingKept}}, []string{"wrong failed_golden_solution", "some failed_golden_solution"}},
		{recipe.Rule{WeakTests: &recipe.WeakTests{}}, []string{"right weak_tests", "some weak_tests"}},
	} {
		if got := dropped(t, c.rule, rows, Given{}); !slices.Equal(got, c.want) {
			t.Errorf("%s drops %q, want %q", c.rule.Name(), got, c.want)
		}
	}
}

// TestThinning: the share that stays is about what is asked for, depends on the seed and not on other rows.
func TestThinning(t *testing.T) {
	var rows []Row
	for i := range 2000 {
		rows = append(rows, Row{ID: fmt.Sprint(i), Question: fmt.Sprint("question ", i), Tokens: 1})
	}
	rule := recipe.Rule{Length: &recipe.Length{Below: 10, Keep: 0.25}}
	first := dropped(t, rule, rows, Given{Seed: 1})
	if kept := len(rows) - len(first); kept < 440 || kept > 560 { // 3 standard errors
		t.Errorf("kept %d of 2000, want about 500", kept)
	}
	if other := dropped(t, rule, rows, Given{Seed: 2}); slices.Equal(first, other) {
		t.Error("another seed draws the same rows")
	}
	half := dropped(t, rule, rows[1000:], Given{Seed: 1})
	if !slices.Equal(half, first[len(first)-len(half):]) {
		t.Error("what is drawn depends on other rows")
	}
}

// TestRulesDrawApart: what one rule has thinned is not what the next one keeps first.
func TestRulesDrawApart(t *testing.T) {
	var rows []Row
	for i := range 2000 {
		rows = append(rows, Row{ID: fmt.Sprint(i), Question: fmt.Sprint("question ", i), Tokens: 1 + i%2})
	}
	given := Given{Seed: 1, Others: map[string][]Row{"said": rows}}
	for _, rule := range []recipe.Rule{{Length: &recipe.Length{Below: 2, Keep: 0.5, Of: "said"}}, {Subset: &recipe.Subset{Prompts: 300}}} {
		drops, err := Apply(rule, rows, given)
		if err != nil {
			t.Fatal(err)
		}
		rows = Without(rows, drops)
	}
	short := 0
	for _, row := range rows {
		if row.Tokens == 1 {
			short++
		}
	}
	if len(rows) != 300 || short < 75 || short > 125 { // a third of what was left; three standard errors
		t.Errorf("%d of %d are short ones, want about 100", short, len(rows))
	}
}

// TestSubsets: a smaller subset is part of a larger one, in any order of the rows.
func TestSubsets(t *testing.T) {
	var rows []Row
	for i := range 60 {
		rows = append(rows, Row{ID: fmt.Sprint(i), Question: fmt.Sprint("q", i/3), Response: fmt.Sprint("r", i)})
	}
	kept := func(rows []Row, prompts int, responses float64) map[string]bool {
		drops, err := Apply(recipe.Rule{Subset: &recipe.Subset{Prompts: prompts, Responses: responses}}, rows, Given{Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for _, row := range Without(rows, drops) {
			ids[row.ID] = true
		}
		return ids
	}
	large := kept(rows, 10, 2)
	if len(large) != 20 {
		t.Fatalf("10 prompts with 2 responses each are %d rows", len(large))
	}
	backwards := slices.Clone(rows)
	slices.Reverse(backwards)
	small := kept(backwards, 4, 1)
	if len(small) != 4 {
		t.Errorf("4 prompts with 1 response each are %d rows", len(small))
	}
	for id := range small {
		if !large[id] {
			t.Errorf("row %s is in the smaller subset only", id)
		}
	}
	if all := kept(rows, 0, 1); len(all) != 20 {
		t.Errorf("one response to every prompt are %d rows", len(all))
	}
	last := kept(rows, 0, 1)
	for _, responses := range []float64{1.3, 1.6, 2, 2.5, 3} {
		more := kept(backwards, 0, responses)
		if n := float64(len(more)) / 20; math.Abs(n-responses) > 0.35 { // three standard errors of twenty draws
			t.Errorf("%g responses to a prompt are %g", responses, n)
		}
		if whole := responses == math.Trunc(responses); len(more) < len(last) || whole && len(more) != int(20*responses) {
			t.Errorf("%d rows with %g responses, %d with fewer", len(more), responses, len(last))
		}
		for id := range last {
			if !more[id] {
				t.Errorf("row %s leaves where there are %g responses to a prompt", id, responses)
			}
		}
		last = more
	}
}

func TestFunnel(t *testing.T) {
	p := Count("dedupe", 5, []Drop{{Reason: "repeated"}, {Reason: "in_other_dataset"}, {Reason: "repeated"}})
	if got := p.String(); got != "dedupe left 2 of 5 (1 in_other_dataset, 2 repeated)" {
		t.Errorf("%q", got)
	}
	if again := FromMetrics("dedupe", p.Metrics()); fmt.Sprint(again) != fmt.Sprint(p) {
		t.Errorf("metrics give back %v", again)
	}
	if got := (Funnel{p, {Rule: "subset", In: 2, Out: 1}}).String(); got != "5 rows, 1 left: dedupe -3, subset -1" {
		t.Errorf("%q", got)
	}
}
