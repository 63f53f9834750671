package grpo

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"temper/model/objective"
	"temper/model/reward"
)

// batchOf writes rollouts as "group verdict tokens": c correct, i incorrect, u
// ungradable; capital letters are truncated.
func batchOf(groups ...string) []Rollout {
	var out []Rollout
	for g, verdicts := range groups {
		for i, letter := range verdicts {
			r := Rollout{Group: g + 10, Tokens: 2*i + 3, Truncated: letter < 'a'}
			switch letter | 0x20 {
			case 'c':
				r.Verdict = reward.Correct
			case 'i':
				r.Verdict = reward.Incorrect
			case 'u':
				r.Verdict = reward.Ungradable
			}
			out = append(out, r)
		}
	}
	return out
}

func mustPlan(t *testing.T, rollouts []Rollout, settings Settings) Batch {
	t.Helper()
	batch, err := Plan(rollouts, settings)
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func TestPlanCounts(t *testing.T) {
	for _, c := range []struct {
		name   string
		groups []string
		filter bool
		want   Stats
	}{
		{"plain", []string{"ci", "ii"}, false, Stats{MeanReward: 0.25, LossTokens: 16, Groups: 2, ZeroVarianceGroups: 1}},
		{"ungradable leaves", []string{"ciu", "uu"}, false, Stats{MeanReward: 0.5, LossTokens: 8, Groups: 1, Ungradable: 3}},
		{"truncated counted", []string{"cI"}, false, Stats{MeanReward: 0.5, LossTokens: 8, Groups: 1}},
		{"truncated filtered", []string{"cI"}, true, Stats{MeanReward: 0.5, LossTokens: 3, Groups: 1, Filtered: 1}},
		{"all filtered", []string{"CI"}, true, Stats{MeanReward: 0.5, Groups: 1, Filtered: 2}},
		{"ungradable is not filtered", []string{"ciU"}, true, Stats{MeanReward: 0.5, LossTokens: 8, Groups: 1, Ungradable: 1}},
		{"singleton has no variance", []string{"c"}, false, Stats{MeanReward: 1, LossTokens: 3, Groups: 1, ZeroVarianceGroups: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := mustPlan(t, batchOf(c.groups...), Settings{StdSample, BatchTokens, c.filter}).Stats
			got.Loss = 0
			all := strings.Join(c.groups, "")
			c.want.Rollouts, c.want.Truncated = len(all), strings.Count(all, "C")+strings.Count(all, "I")+strings.Count(all, "U")
			if equal := c.want.ZeroVarianceGroups == c.want.Groups; equal != (got.Advantages.Max == 0) || equal != (got.Advantages.Std == 0) || got.Advantages.Min > 0 {
				t.Errorf("advantages %+v", got.Advantages)
			}
			got.Advantages = objective.Spread{}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// An ungradable rollout has no effect on the others: the batch without it has the same weights.
func TestUngradableChangesNothingElse(t *testing.T) {
	settings := Settings{StdSample, GroupTokens, false}
	with := mustPlan(t, batchOf("cii", "cciu"), settings)
	without := mustPlan(t, batchOf("cii", "cci"), settings)
	if !slices.Equal(with.TokenWeights[:6], without.TokenWeights) || with.TokenWeights[6] != 0 {
		t.Errorf("with %v, without %v", with.TokenWeights, without.TokenWeights)
	}
}

func TestTruncatedStaysInTheBaseline(t *testing.T) {
	batch := mustPlan(t, batchOf("cII"), Settings{StdNone, BatchTokens, true})
	wantNear(t, "advantage", batch.Advantages[0], 2.0/3, 1e-15)
	wantNear(t, "weight", batch.TokenWeights[0], 2.0/3/3, 1e-15)
	if batch.TokenWeights[1] != 0 || batch.TokenWeights[2] != 0 {
		t.Errorf("truncated rollouts are in the loss: %v", batch.TokenWeights)
	}
}

func TestDenominators(t *testing.T) {
	rollouts := batchOf("ci", "cii") // tokens 3 5 | 3 5 7
	perBatch := mustPlan(t, rollouts, Settings{StdNone, BatchTokens, false})
	perGroup := mustPlan(t, rollouts, Settings{StdNone, GroupTokens, false})
	wantNear(t, "batch", perBatch.TokenWeights[0], 0.5/23, 1e-15)
	wantNear(t, "group 0", perGroup.TokenWeights[0], 0.5/(8*2), 1e-15)
	wantNear(t, "group 1", perGroup.TokenWeights[4], -1.0/3/(15*2), 1e-15)

	// A zero-variance group has no gradient but its tokens still dilute the batch.
	diluted := mustPlan(t, append(rollouts, Rollout{Group: 99, Verdict: reward.Correct, Tokens: 77}),
		Settings{StdNone, BatchTokens, false})
	wantNear(t, "diluted", diluted.TokenWeights[0], 0.5/100, 1e-15)

	// A group whose rollouts are all filtered is not a group of the mean.
	filtered := mustPlan(t, batchOf("ci", "CI"), Settings{StdNone, GroupTokens, true})
	wantNear(t, "filtered", filtered.TokenWeights[0], 0.5/8, 1e-15)
}

func TestPopulationStd(t *testing.T) {
	batch := mustPlan(t, batchOf("ci"), Settings{StdPopulation, BatchTokens, false})
	wantNear(t, "advantage", batch.Advantages[0], 0.5/(0.5+Epsilon), 1e-15)
}

func TestAllFilteredHasNoWeights(t *testing.T) {
	batch := mustPlan(t, batchOf("CI"), Settings{StdSample, BatchTokens, true})
	for _, w := range batch.TokenWeights {
		if w != 0 || math.IsNaN(w) {
			t.Errorf("weight %v, want 0", w)
		}
	}
}

func TestGroupMembersNeedNotBeTogether(t *testing.T) {
	rollouts := []Rollout{
		{Group: 1, Verdict: reward.Correct, Tokens: 1}, {Group: 2, Verdict: reward.Correct, Tokens: 1},
		{Group: 1, Verdict: reward.Incorrect, Tokens: 1}, {Group: 2, Verdict: reward.Correct, Tokens: 1},
	}
	batch := mustPlan(t, rollouts, Settings{StdNone, BatchTokens, false})
	if want := []float64{0.5, 0, -0.5, 0}; !slices.Equal(batch.Advantages, want) {
		t.Errorf("advantages %v, want %v", batch.Advantages, want)
	}
}

func TestPlanRefuses(t *testing.T) {
	good := Settings{StdSample, BatchTokens, false}
	for _, c := range []struct {
		name     string
		rollouts []Rollout
		settings Settings
		want     string
	}{
		{"std", batchOf("ci"), Settings{"variance", BatchTokens, false}, `advantage_std is "variance"; valid: "sample", "population", "none"`},
		{"denominator", batchOf("ci"), Settings{StdSample, "tokens", false}, `loss_denominator is "tokens"; valid: "batch_tokens", "group_tokens"`},
		{"verdict", []Rollout{{Verdict: "maybe", Tokens: 1}}, good, `rollout 0: reward: verdict "maybe"`},
		{"no tokens", []Rollout{{Verdict: reward.Correct}}, good, "rollout 0 has 0 response tokens"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Plan(c.rollouts, c.settings); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	for _, rollouts := range [][]Rollout{nil, batchOf("uu")} {
		if _, err := Plan(rollouts, good); !errors.Is(err, ErrNothingGraded) {
			t.Errorf("error %v, want ErrNothingGraded", err)
		}
	}
}
