package objective

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// wantEqual compares the derivatives of two objectives on the same rollouts.
func wantEqual(t *testing.T, b Batch, one, other Settings, tolerance float64) {
	t.Helper()
	got := mustEvaluate(t, one, mustPrepare(t, one, b))
	want := mustEvaluate(t, other, mustPrepare(t, other, b))
	var some bool
	for i, row := range want.DLogProb {
		for at, w := range row {
			wantNear(t, "derivative", got.DLogProb[i][at], w, tolerance)
			some = some || w != 0
		}
	}
	if !some {
		t.Error("nothing to compare")
	}
}

// binary gives the rollouts their verdicts as scores and leaves demonstrations out.
func binary(b Batch) Batch {
	b.Sequences = slices.DeleteFunc(b.Sequences, func(q Sequence) bool { return q.Demonstration })
	for i := range b.Sequences {
		q := &b.Sequences[i]
		q.Score = 0
		if q.Correct {
			q.Score = 1
		}
	}
	return b
}

// Carriers of rollouts that leave the batch need not be there.
func TestCarriersOfThoseLeftOut(t *testing.T) {
	s := Settings{Overlong: filter, Updates: twoUpdates, KL: KL{Coefficient: 1}, Entropy: 1}
	b := batchOf("ciuC")
	for i := range 2 {
		q := &b.Sequences[i]
		q.LogProb, q.Old = make([]float64, q.Tokens), make([]float64, q.Tokens)
		q.Reference, q.Entropy = make([]float64, q.Tokens), make([]float64, q.Tokens)
	}
	b = mustPrepare(t, s, b)
	if result := mustEvaluate(t, s, b); result.Stats.Tokens != 8 {
		t.Errorf("%+v", result.Stats)
	}
	b.Sequences[1].Entropy = nil
	if _, err := Evaluate(s, b); err == nil {
		t.Error("a carrier is missing and nobody says so")
	}
	hint := batchOf("ci")
	hint.Sequences[0].Hint = 2
	silent := Settings{Kind: "uft", UFT: UFT{Schedule: ScheduleUniform}} // no likelihood of hints: their log-probs are not read
	if got := mustEvaluate(t, silent, mustPrepare(t, silent, hint)); got.Stats.Tokens != 6 || got.DLogProb[0][1] != 0 || got.DLogProb[0][2] == 0 {
		t.Errorf("%+v", got)
	}
	if _, err := Evaluate(Settings{}, batchOf("ci")); err == nil {
		t.Error("a batch that was not prepared is evaluated")
	}
}

// What objectives become with one update per batch, where every ratio is 1.
func TestOnPolicy(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	for range 20 {
		b := binary(randomBatch(random))
		none := Advantage{Std: NoStd}
		sum := Settings{Denominator: Sum, Constant: 1000}

		population := sum
		population.Advantage = Advantage{Std: PopulationStd, Epsilon: 1e-18}
		wantEqual(t, b, Settings{Kind: "nft", NFT: NFT{PromptWeight: WeightStd}}, population, 1e-12)
		direction := sum
		direction.Advantage = none
		wantEqual(t, b, Settings{Kind: "nft", NFT: NFT{PromptWeight: WeightWrong}}, direction, 1e-12)

		wantEqual(t, b, Settings{Kind: "gspo"}, Settings{Denominator: SequenceTokens}, 0)
		wantEqual(t, b, Settings{Kind: "cispo"}, Settings{}, 0)
		wantEqual(t, b, Settings{Clip: Clip{Low: 0.2, High: 0.28}}, Settings{}, 0)
		wantEqual(t, b, Settings{Kind: "uft", UFT: UFT{Schedule: ScheduleUniform}}, Settings{}, 0)
	}
}

// What an objective says of its loss, on five tokens with the ratios 0.5, 1, 1.1, 1.5 and 2.
func TestResultStats(t *testing.T) {
	ratios := []float64{0.5, 1, 1.1, 1.5, 2}
	b := Batch{Sequences: []Sequence{{Graded: true, Score: 1, Correct: true, Tokens: 5}, {Graded: true, Tokens: 1}}}
	for i := range b.Sequences {
		q := &b.Sequences[i]
		q.Old, q.Reference = make([]float64, q.Tokens), make([]float64, q.Tokens)
		for at := range q.Tokens {
			q.LogProb, q.Entropy = append(q.LogProb, math.Log(ratios[at])), append(q.Entropy, float64(at))
		}
	}
	b.Sequences[1].LogProb[0] = 0
	clip := Clip{Low: 0.2, High: 0.25}
	for _, c := range []struct {
		settings Settings
		want     ResultStats
	}{
		{Settings{Clip: clip}, ResultStats{Tokens: 6, ClippedHigh: 2.0 / 6}},
		{Settings{Kind: "cispo", Clip: clip}, ResultStats{Tokens: 6, ClippedLow: 1.0 / 6, ClippedHigh: 2.0 / 6}},
		{Settings{Kind: "nft"}, ResultStats{Tokens: 6}},
		{Settings{KL: KL{Coefficient: 2, Estimator: K1}}, ResultStats{Tokens: 6, ClippedHigh: 2.0 / 6, KL: 2 * math.Log(0.5*1.1*1.5*2) / 6}},
		{Settings{Clip: clip, Advantage: Advantage{Baseline: NoBaseline}, Entropy: 0.5, Denominator: Sum}, ResultStats{Tokens: 6, ClippedHigh: 2.0 / 6, Entropy: -0.5 * (1 + 2 + 3 + 4)}},
	} {
		c.settings.Updates = twoUpdates
		got := mustEvaluate(t, c.settings, mustPrepare(t, c.settings, b)).Stats
		wantNear(t, "kl", got.KL, c.want.KL, 1e-12)
		if got.KL = c.want.KL; got != c.want {
			t.Errorf("%s: %+v, want %+v", c.settings.Kind, got, c.want)
		}
	}
	b.Sequences[0].Score, b.Sequences[1].Score = 0, 1
	s := Settings{Clip: clip, Updates: twoUpdates}
	if got, want := mustEvaluate(t, s, mustPrepare(t, s, b)).Stats, (ResultStats{Tokens: 6, ClippedLow: 1.0 / 6}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestMeanStats(t *testing.T) {
	got := MeanStats([]ResultStats{{3, 1, 0.5, 2, 4, 6, 8}, {4, 0, 0.25, 4, 8, 2, 0}})
	if want := (ResultStats{7, 0.5, 0.375, 3, 6, 4, 4}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	one := ResultStats{3, 1, 0.5, 2, 4, 6, 8}
	if got := MeanStats([]ResultStats{one}); got != one {
		t.Errorf("%+v of one", got)
	}
	if got := MeanStats(nil); got != (ResultStats{}) {
		t.Errorf("%+v of nothing", got)
	}
}

// Ratios within the clip range are as without a range.
func TestClippingActsOutsideItsRangeAlone(t *testing.T) {
	b := randomBatch(rand.New(rand.NewPCG(13, 14)))
	near(b, 0.15)
	narrow, wide := Settings{Clip: Clip{Low: 0.9, High: 2}, Updates: twoUpdates}, Settings{Clip: Clip{Low: 1, High: 1e9}, Updates: twoUpdates}
	wantEqual(t, b, narrow, wide, 0)
	narrow.Clip = Clip{Low: 0.01, High: 0.01}
	if stats := mustEvaluate(t, narrow, mustPrepare(t, narrow, b)).Stats; stats.ClippedLow == 0 || stats.ClippedHigh == 0 || stats.ClippedLow+stats.ClippedHigh > 0.6 {
		t.Errorf("%+v", stats)
	}
}

// Leaving oneself out of the mean is the mean, times n/(n-1).
func TestLeaveOneOut(t *testing.T) {
	a := Advantage{Baseline: LeaveOneOut, Std: NoStd}.of([][]float64{{1, 4, 10, 0.5}})[0]
	for i, want := range []float64{1 - 14.5/3, 4 - 11.5/3, 10 - 5.5/3, 0.5 - 5} {
		wantNear(t, "advantage", a[i], want, 1e-12)
	}
	divided := Advantage{Baseline: LeaveOneOut, Std: PopulationStd}.of([][]float64{{5, 1}})[0]
	if want := []float64{2, -2}; !slices.Equal(divided, want) {
		t.Errorf("%v, want %v", divided, want)
	}
}

// Without a baseline a reward may still be divided by a standard deviation.
func TestNoBaselineWithStd(t *testing.T) {
	a := Advantage{Baseline: NoBaseline, Std: PopulationStd}.of([][]float64{{3, 1}, {2, 2}})
	for i, want := range []float64{3, 1} {
		wantNear(t, "advantage", a[0][i], want, 1e-12)
	}
}

// Two values have the sample's variance, one token has none.
func TestWhitening(t *testing.T) {
	b := Batch{Sequences: []Sequence{{Graded: true, Tokens: 2, Advantage: []float64{1, 3}}, {Tokens: 1, Advantage: []float64{9}}}}
	b.whiten()
	wantNear(t, "whitened", b.Sequences[0].Advantage[0], -1/math.Sqrt(2), 1e-8)
	wantNear(t, "whitened", b.Sequences[0].Advantage[1], 1/math.Sqrt(2), 1e-8)
	if b.Sequences[1].Advantage[0] != 9 {
		t.Error("an ungradable rollout is whitened")
	}
}

// Demonstrations alone are a batch; an objective of rollouts learns nothing from it.
func TestDemonstrationsAlone(t *testing.T) {
	b := Batch{Sequences: []Sequence{{Demonstration: true, Tokens: 4, LogProb: []float64{-1, -2, -3, -4}}}}
	for kind, want := range map[string]float64{"sft": 2.5, "grpo": 0} {
		s := Settings{Kind: kind}
		prepared, stats, err := Prepare(s, b)
		if err != nil {
			t.Fatal(err)
		}
		if (stats != Stats{Demonstrations: 1}) {
			t.Errorf("%+v", stats)
		}
		if got := mustEvaluate(t, s, prepared).Loss; got != want {
			t.Errorf("%s: loss %v, want %v", kind, got, want)
		}
	}
}

func TestSpread(t *testing.T) {
	s := SpreadOf([]float64{1, -1, 0, 0, 0, 0, 0, 0})
	if s.Min != -1 || s.Max != 1 || s.Zero != 0.75 || s.Std != 0.5 {
		t.Errorf("%+v", s)
	}
	if (SpreadOf(nil) != Spread{}) {
		t.Error("no advantages have a spread")
	}
}

// Without discount, values or whitening every token's advantage is the score.
func TestEstimatesWithoutValuesAreTheScore(t *testing.T) {
	b := binary(randomBatch(rand.New(rand.NewPCG(15, 16))))
	for i := range b.Sequences {
		clear(b.Sequences[i].OldValue)
	}
	wantEqual(t, b, Settings{Kind: "ppo", Value: Value{Whiten: WhitenNone}}, Settings{Advantage: Advantage{Baseline: NoBaseline}}, 1e-12)
}

// Clamps act from where they stand, however small, and stop the derivative.
func TestSmallClamps(t *testing.T) {
	s := Settings{Clip: Clip{LogRatio: 0.5}, Updates: twoUpdates}
	q := Sequence{Graded: true, Tokens: 2, LogProb: []float64{-1, -1}, Old: []float64{-1.75, -1.5}}
	for at, slope := range []float64{0, math.Exp(0.5)} {
		r, got := s.tokenRatio(&q)(at)
		wantNear(t, "ratio", r, math.Exp(0.5), 1e-12)
		wantNear(t, "slope", got, slope, 1e-12)
	}
	r, slope := s.sequenceRatio(&q)(0) // the mean is 0.625
	wantNear(t, "ratio", r, math.Exp(0.5), 1e-12)
	wantNear(t, "slope", slope, 0, 0)
	for _, k := range []KL{{Estimator: K2, ClampDifference: 0.5}, {Estimator: K2, ClampValue: 0.125}} {
		value, derivative := k.estimate(-0.75)
		wantNear(t, "estimate", value, 0.125, 1e-12)
		wantNear(t, "derivative", derivative, 0, 0)
		value, derivative = k.estimate(-0.25)
		wantNear(t, "estimate", value, 0.25*0.25/2, 1e-12)
		wantNear(t, "derivative", derivative, -0.25, 1e-12)
	}
	v := Value{Clip: 0.5}
	if loss, derivative := v.loss(2, 1, 1); loss != 0.5 || derivative != 1 {
		t.Errorf("a value beyond its clip: %v, %v", loss, derivative)
	}
	if loss, derivative := v.loss(2, 1, 3); loss != 1.5*1.5/2 || derivative != 0 {
		t.Errorf("a value that went far enough: %v, %v", loss, derivative)
	}
}

// The penalty for length is part of the reward at the last token.
func TestEstimatesWithAPenalty(t *testing.T) {
	b := Batch{Budget: 10, Sequences: []Sequence{{Graded: true, Score: 1, Tokens: 9, Hint: 1, OldValue: make([]float64, 9)}}}
	s := Settings{Kind: "ppo", Overlong: Overlong{Handling: Penalty, CacheTokens: 4}, Value: Value{Lambda: 0.5, Whiten: WhitenNone}}
	q := mustPrepare(t, s, b).Sequences[0]
	wantNear(t, "last", q.Advantage[8], 1-0.5, 1e-12)
	wantNear(t, "before", q.Return[7], 0.25, 1e-12)
	if q.Advantage[0] != 0 {
		t.Errorf("a hint has the advantage %v", q.Advantage[0])
	}
}

// The logarithm of a ratio of nft is at most 10, and stays there.
func TestNFTFarAway(t *testing.T) {
	n := Settings{Kind: "nft"}.WithDefaults().NFT
	for _, c := range []struct {
		correct                          bool
		logRatio, rate, loss, derivative float64
	}{
		{true, 12, 0.5, -10, 0}, {false, 12, 0.5, 0, 0}, {true, 9, 0.5, -9, -1}, {true, -12, 0.5, 12, -1},
		{false, 0, 0.999, 0, 49}, {false, 0, 0.001, 0, 1.0 / 49}, // the rate is kept within 0.02 and 0.98
	} {
		loss, derivative := n.term(c.correct, c.logRatio, c.rate)
		wantNear(t, "loss", loss, c.loss, 1e-12)
		wantNear(t, "derivative", derivative, c.derivative, 1e-12)
	}
}

// KL in the reward of a whole rollout is the sum over its tokens.
func TestKLInReward(t *testing.T) {
	b := Batch{Sequences: []Sequence{
		{Graded: true, Score: 1, Tokens: 3, Hint: 1, Old: []float64{9, -1, -2}, Reference: []float64{7, -1.5, -1}},
		{Graded: true, Score: 0, Tokens: 2, Mask: []bool{true, false}, Old: []float64{-1, 5}, Reference: []float64{-3, 7}},
	}}
	s := Settings{Advantage: Advantage{Baseline: NoBaseline}, KL: KL{Coefficient: 0.1, In: InReward}}
	prepared := mustPrepare(t, s, b)
	wantNear(t, "first", prepared.Sequences[0].Advantage[0], 1-0.1*(0.5-1), 1e-12)
	wantNear(t, "second", prepared.Sequences[1].Advantage[0], -0.1*2, 1e-12)
	if result := mustEvaluate(t, s, prepared); result.Stats.KL != 0 {
		t.Errorf("it is in the loss too: %+v", result.Stats)
	}
}

// Mini-batches keep groups whole and use every sequence once; what they give adds up.
func TestMiniBatches(t *testing.T) {
	b := randomBatch(rand.New(rand.NewPCG(17, 18)))
	random := rand.New(rand.NewPCG(19, 20))
	random.Shuffle(len(b.Sequences), func(i, j int) { b.Sequences[i], b.Sequences[j] = b.Sequences[j], b.Sequences[i] })
	s := Settings{Denominator: Sum, Updates: Updates{Epochs: 2}}
	prepared := mustPrepare(t, s, b)
	whole := mustEvaluate(t, s, prepared)
	for _, c := range []struct{ n, parts, most int }{{1, 1, 4}, {2, 2, 2}, {3, 3, 2}, {4, 4, 1}, {9, 4, 1}, {0, 1, 4}} {
		parts := prepared.Split(c.n)
		if len(parts) != c.parts {
			t.Errorf("%d parts of %d", len(parts), c.n)
		}
		var used []int
		var loss float64
		at := map[int]int{}
		for k, part := range parts {
			result := mustEvaluate(t, s, prepared.Select(part))
			loss += result.Loss
			groups := map[int]bool{}
			for j, i := range part {
				if !slices.Equal(result.DLogProb[j], whole.DLogProb[i]) {
					t.Errorf("sequence %d: %v, want %v", i, result.DLogProb[j], whole.DLogProb[i])
				}
				group := prepared.Sequences[i].Group
				if before, known := at[group]; known && before != k {
					t.Errorf("group %d is in parts %d and %d", group, before, k)
				}
				at[group], groups[group] = k, true
			}
			if len(groups) > c.most {
				t.Errorf("%d groups in a part of %d", len(groups), c.n)
			}
			used = append(used, part...)
		}
		slices.Sort(used)
		for i := range b.Sequences {
			if used[i] != i {
				t.Fatalf("used %v", used)
			}
		}
		wantNear(t, "loss", loss, whole.Loss, 1e-12)
	}
}
