package workflows

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"temper/model/artifact"
	"temper/model/recipe"
)

// TestCurateShards: what a rule leaves of a dataset in shards is what it leaves of the same
// dataset in one piece, for rules that ask of each row and for those that compare rows.
func TestCurateShards(t *testing.T) {
	for name, rule := range map[string]recipe.Rule{
		"answers":              {Answers: &recipe.Answered{MaxCharacters: 1}},
		"dedupe":               {Dedupe: &recipe.Dedupe{}},
		"dedupe across":        {Dedupe: &recipe.Dedupe{Across: []string{"other"}}},
		"subset":               {Subset: &recipe.Subset{Prompts: 9}},
		"decontaminate":        {Decontaminate: &recipe.Decontaminate{Against: []string{"other"}, Words: 9}},
		"length of the others": {Length: &recipe.Length{From: 1, Keep: 0.5, Of: "worked"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole, _ := curatedBy(t, rule, 0)
			sharded, p := curatedBy(t, rule, 7)
			if !reflect.DeepEqual(sharded, whole) || whole.in == whole.out {
				t.Errorf("in shards it leaves %+v, want %+v", sharded, whole)
			}
			parts := p.completed["CurateShard"]
			if compares := p.completed["CompareRows"] == 1; parts < 4 || compares != (p.completed["SketchShard"] >= parts) {
				t.Errorf("it did %v", p.completed)
			}
		})
	}
}

// curatedOutcome is what a rule left.
type curatedOutcome struct {
	problems, leftOut artifact.Ref
	in, out           int
	reasons           map[string]int
}

// curatedBy runs the smoke recipe with a rule on its problems, which are in shards of so many rows.
func curatedBy(t *testing.T, rule recipe.Rule, shardRows int) (curatedOutcome, *place) {
	t.Helper()
	r := curated(t, rule)
	r.Data[r.Stages[0].Curate.Data] = recipe.Dataset{URI: "/problems.jsonl", Format: recipe.FormatProblems, ShardRows: shardRows}
	r.Data["other"] = recipe.Dataset{URI: "/other.jsonl", Format: recipe.FormatProblems, ShardRows: shardRows}
	r.Data["worked"] = recipe.Dataset{URI: "/worked.jsonl", Format: recipe.FormatExamples, ShardRows: shardRows}
	p := newPlace(t, nil)
	var problems, other, worked strings.Builder
	for i := range 40 {
		n := i % 31 // the last are repeats
		fmt.Fprintf(&problems, `{"problem": "%da+%d?", "answer": "%d"}`+"\n", n, n, 2*n)
		if i%3 == 0 {
			fmt.Fprintf(&other, `{"problem": "%da+%d", "answer": "%d"}`+"\n", n, n, 2*n)
		}
		if i%2 == 0 {
			fmt.Fprintf(&worked, `{"prompt": "%da+%d?", "response": "%d"}`+"\n", n, n, 2*n)
		}
	}
	p.sources["/problems.jsonl"], p.sources["/other.jsonl"], p.sources["/worked.jsonl"] = []byte(problems.String()), []byte(other.String()), []byte(worked.String())
	p.mustRun(r)
	var got curatedOutcome
	for _, m := range p.manifests() {
		if m.Kind == artifact.KindCuration {
			got.problems, got.leftOut = m.Outputs[artifact.OutputProblems], m.Outputs[artifact.OutputLeftOut]
		}
	}
	passed := p.progress().Stages[0].Curated[0]
	got.in, got.out, got.reasons = passed.In, passed.Out, passed.Reasons
	if got.problems.IsZero() {
		t.Fatalf("nothing is recorded: %v", passed)
	}
	return got, p
}
