package objective

import (
	"math/rand/v2"
	"testing"

	before "temper/model/grpo"
	"temper/model/reward"
)

// With one update per batch the derivatives of grpo are those of the weights
// that model/grpo computed, bit for bit.
func TestOneUpdateIsTheWeightsOfBefore(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		batch, rollouts := randomBatch(random)
		old := before.Settings{
			AdvantageStd:      []string{SampleStd, PopulationStd, NoStd}[random.IntN(3)],
			LossDenominator:   []string{BatchTokens, GroupTokens}[random.IntN(2)],
			OverlongFiltering: random.IntN(2) == 0,
		}
		settings := Settings{Advantage: Advantage{Std: old.AdvantageStd}, Denominator: old.LossDenominator}
		if old.OverlongFiltering {
			settings.Overlong.Handling = Filter
		}
		want, wantErr := before.Plan(rollouts, old)
		prepared, stats, err := Prepare(settings, batch)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		if err != nil {
			continue
		}
		result, err := Evaluate(settings, prepared)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range result.DLogProb {
			for _, d := range row {
				if d != -want.TokenWeights[i] {
					t.Fatalf("derivative %v, want %v", d, -want.TokenWeights[i])
				}
			}
		}
		w := want.Stats
		got := Stats{w.MeanReward, w.LossTokens, w.Groups, w.ZeroVarianceGroups, w.Filtered, w.Ungradable, Spread(w.Advantages), w.Rollouts, w.Truncated, 0}
		if got.MeanReward-stats.MeanReward > 1e-15 || stats.MeanReward-got.MeanReward > 1e-15 {
			t.Errorf("mean reward %v, want %v", stats.MeanReward, got.MeanReward)
		}
		if got.MeanReward = stats.MeanReward; got != stats {
			t.Errorf("%+v, want %+v", stats, got)
		}
		if d := result.Loss - w.Loss; d > 1e-12 || d < -1e-12 {
			t.Errorf("loss %v, want %v", result.Loss, w.Loss)
		}
	}
}

func randomBatch(random *rand.Rand) (b Batch, rollouts []before.Rollout) {
	for range random.IntN(40) {
		q := Sequence{Group: random.IntN(6), Tokens: 1 + random.IntN(30), Truncated: random.IntN(4) == 0, Graded: random.IntN(8) > 0}
		verdict := reward.Ungradable
		if q.Graded {
			verdict = reward.Incorrect
			if q.Correct = random.IntN(2) == 0; q.Correct {
				q.Score, verdict = 1, reward.Correct
			}
		}
		b.Sequences = append(b.Sequences, q)
		rollouts = append(rollouts, before.Rollout{Group: q.Group, Verdict: verdict, Tokens: q.Tokens, Truncated: q.Truncated})
	}
	return b, rollouts
}
