package workflows

import (
	"reflect"
	"testing"

	"temper/activities/objectstore"
	"temper/model/recipe"
)

// TestListsInParts: lists that travel in parts leave what lists in one piece leave: of rollouts and verdicts, of an epoch's updates, of
// the parts of a curation.
func TestListsInParts(t *testing.T) {
	stored := 0
	stage := func(by recipe.SolvedBy) StageResult {
		store := objectstore.NewMemory()
		in := solvedInput(t, store, 9, recipe.Solved{Drop: recipe.SolvedEachEpoch, By: by})
		out, _ := runStage(t, store, in, func(p *place) {
			p.learner.Knows = knows
			p.after("StoreList", 1, func() { stored++ })
		})
		out.Progress.TokensPerSecond = 0
		return out
	}
	whole := func(rule recipe.Rule) Result {
		p := newPlace(t, nil)
		p.after("StoreList", 1, func() { stored++ })
		r := p.mustRun(curated(t, rule))
		return Result{Checkpoint: r.Checkpoint, Scores: r.Scores}
	}
	all := func() []any {
		passRate := recipe.PassRate{Domain: recipe.DomainMath, From: recipe.FromBase, Samples: 4, Temperature: 1, MaxResponseTokens: 8, Shards: 4, AtMost: 3}
		sharded, _ := curatedBy(t, recipe.Rule{Dedupe: &recipe.Dedupe{}}, 7)
		return []any{stage(recipe.SolvedByRollouts), stage(recipe.SolvedByCheckpoint), whole(recipe.Rule{PassRate: &passRate}), sharded}
	}
	want := all()
	if stored != 0 {
		t.Fatalf("%d short lists are stored", stored)
	}
	defer func(before int) { mostListed = before }(mostListed)
	mostListed = 400
	for i, got := range all() {
		if !reflect.DeepEqual(got, want[i]) {
			t.Errorf("case %d is\n%+v, want\n%+v", i, got, want[i])
		}
	}
	if stored < 3 {
		t.Errorf("%d of the cases store lists", stored)
	}
}
