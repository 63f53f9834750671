package domain

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/code"
)

// box is a sandbox that says the same of every program.
type box struct {
	result reward.Result
	err    error
}

func (b box) Grade(context.Context, string, code.Tests) (reward.Result, error) {
	return b.result, b.err
}
func (box) Version() string                  { return "box/1" }
func (box) Longest(code.Tests) time.Duration { return time.Second }

// TestTable: every domain says all that is asked of it, and its verdicts have their score.
func TestTable(t *testing.T) {
	right := map[recipe.Domain]dataset.Problem{
		recipe.DomainMath: {Answer: "4"},
		recipe.DomainCode: {Tests: []byte(`{"type":"function","name":"f","cases":[{"args":[1],"expect":2}]}`)},

		recipe.DomainGraph: {Fields: []byte(`{"task":"degree","nodes":5,"edges":[[1,2],[1,3],[1,4],[1,5]],"about":[1]}`)},
	}
	by := Means{Sandbox: box{result: reward.Result{Verdict: reward.Correct}}}
	for _, name := range Names() {
		d, err := Of(name)
		if err != nil {
			t.Fatal(err)
		}
		if d.External {
			continue
		}
		if err := d.Check(right[name]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for other, p := range right {
			if err := d.Check(p); other != name && err == nil {
				t.Errorf("%s takes a problem of %s", name, other)
			}
		}
		part, none := d.Part(by, right[name], `x</think>\boxed{4}`)
		got, err := d.Judge(context.Background(), by, right[name], part)
		if none != "" || err != nil || got.Verdict != reward.Correct || got.Score != 1 {
			t.Errorf("%s: %q, %+v, %v", name, none, got, err)
		}
		if d.Version(by) == "" || d.Alive(context.Background(), by) != nil {
			t.Errorf("%s: version %q", name, d.Version(by))
		}
	}
	if _, err := Of("chess"); err == nil || err.Error() != `domain is "chess"; valid: math, code, graph, activity` {
		t.Errorf("got %v", err)
	}
}

// TestCodeIsAlive: a sandbox that cannot judge a right program is broken.
func TestCodeIsAlive(t *testing.T) {
	broken := errors.New("no namespaces")
	for want, b := range map[string]box{
		"no namespaces": {err: broken}, "a right program is incorrect: no": {result: reward.Result{Verdict: reward.Incorrect, Reason: "no"}},
	} {
		if err := codeDomain.Alive(context.Background(), Means{Sandbox: b}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestWordsOfTheRecipe: the table and the recipe's words are the same.
func TestWordsOfTheRecipe(t *testing.T) {
	if got, want := Names(), recipe.Domains(); !slices.Equal(got, want) {
		t.Errorf("the table has %v, recipes %v", got, want)
	}
}

// TestPrograms: what a recipe says of programs decides what is judged, and stands in the version.
func TestPrograms(t *testing.T) {
	p := dataset.Problem{Tests: []byte(`{"type":"stdin","inputs":["1"],"outputs":["1"],"time_seconds":2}`)}
	const response = "```python\na=1\n```\n</think>```python\nb=1\n```\n```python\nc=1\n```"
	for _, tc := range []struct {
		programs         recipe.Programs
		response         string
		part, none, more string
	}{
		{recipe.Programs{}, response, "c=1", "", ""},
		{recipe.Programs{Extract: recipe.ExtractLast}, response, "c=1", "", ""},
		{recipe.Programs{Extract: recipe.ExtractFirst}, response, "b=1", "", " extract=first"},
		{recipe.Programs{TimeFactor: 1.5, MemoryFactor: 2}, response, "c=1", "", " time=1.5 memory=2"},
		{recipe.Programs{}, "```python\na=1\n```", "", noProgram, ""},
		{recipe.Programs{WithoutReasoning: true}, "```python\na=1\n```", "a=1", "", " without-reasoning"},
	} {
		by := Means{Sandbox: box{}, Programs: tc.programs}
		if part, none := codeDomain.Part(by, p, tc.response); part != tc.part || none != tc.none {
			t.Errorf("%+v: %q, %q", tc.programs, part, none)
		}
		if got, want := codeDomain.Version(by), (box{}).Version()+tc.more; got != want {
			t.Errorf("%+v: version %q, want %q", tc.programs, got, want)
		}
	}
}
