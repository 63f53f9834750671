package objective

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// batchOf writes rollouts as "group verdict tokens": c correct, i incorrect, u
// ungradable; capital letters are truncated.
func batchOf(groups ...string) (b Batch) {
	for g, verdicts := range groups {
		for i, letter := range verdicts {
			q := Sequence{Group: g + 10, Tokens: 2*i + 3, Truncated: letter < 'a', Graded: letter|0x20 != 'u', Correct: letter|0x20 == 'c'}
			if q.Correct {
				q.Score = 1
			}
			b.Sequences = append(b.Sequences, q)
		}
	}
	return b
}

// weights are minus the derivatives of sequences; those of a sequence's tokens are equal.
func weights(t *testing.T, s Settings, b Batch) []float64 {
	t.Helper()
	var out []float64
	for _, row := range mustEvaluate(t, s, mustPrepare(t, s, b)).DLogProb {
		out = append(out, -row[0])
		for _, d := range row {
			if d != row[0] {
				t.Errorf("derivatives %v", row)
			}
		}
	}
	return out
}

func std(kind Divisor) Advantage { return Advantage{Std: kind} }

var filter = Overlong{Handling: Filter}

func TestPrepareCounts(t *testing.T) {
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
			var s Settings
			if c.filter {
				s.Overlong = filter
			}
			prepared, got, err := Prepare(s, batchOf(c.groups...))
			if err != nil {
				t.Fatal(err)
			}
			if n := mustEvaluate(t, s, prepared).Stats.Tokens; n != c.want.LossTokens {
				t.Errorf("%d tokens evaluated, %d counted", n, c.want.LossTokens)
			}
			all := strings.Join(c.groups, "")
			c.want.Rollouts, c.want.Truncated = len(all), strings.Count(all, "C")+strings.Count(all, "I")+strings.Count(all, "U")
			if equal := c.want.ZeroVarianceGroups == c.want.Groups; equal != (got.Advantages.Max == 0) || equal != (got.Advantages.Std == 0) || got.Advantages.Min > 0 {
				t.Errorf("advantages %+v", got.Advantages)
			}
			got.Advantages = Spread{}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// An ungradable rollout has no effect on the others: the batch without it has the same weights.
func TestUngradableChangesNothingElse(t *testing.T) {
	for _, denominator := range []Denominator{BatchTokens, GroupTokens, SequenceTokens, Sequences} {
		s := Settings{Denominator: denominator}
		with := weights(t, s, batchOf("cii", "cciu"))
		without := weights(t, s, batchOf("cii", "cci"))
		if !slices.Equal(with[:6], without) || with[6] != 0 {
			t.Errorf("with %v, without %v", with, without)
		}
	}
}

func TestTruncatedStaysInTheBaseline(t *testing.T) {
	s := Settings{Advantage: std(NoStd), Overlong: filter}
	got := weights(t, s, batchOf("cII"))
	wantNear(t, "weight", got[0], 2.0/3/3, 1e-15)
	if got[1] != 0 || got[2] != 0 {
		t.Errorf("truncated rollouts are in the loss: %v", got)
	}
}

// TestTruncatedLeavesTheGroup: with leave_group the baseline is that of the rollouts that came to their end.
func TestTruncatedLeavesTheGroup(t *testing.T) {
	s := Settings{Advantage: std(NoStd), Overlong: Overlong{Handling: Filter, LeaveGroup: true}}
	got := weights(t, s, batchOf("ciII"))
	wantNear(t, "weight", got[0], 0.5/8, 1e-15) // of 3 and 5 tokens, with the mean 1/2 and not 1/4
	wantNear(t, "weight", got[1], -0.5/8, 1e-15)
	if got[2] != 0 || got[3] != 0 {
		t.Errorf("truncated rollouts are in the loss: %v", got)
	}
	if _, stats, err := Prepare(s, batchOf("cCI", "CI")); err != nil || stats.Groups != 1 || stats.ZeroVarianceGroups != 1 || stats.Filtered != 4 || stats.MeanReward != 0.6 {
		t.Errorf("one rollout that is left in a group, and a group that is left out: %+v, %v", stats, err)
	}
	s.Overlong.Handling = Keep
	if faults := s.Check(); len(faults) != 1 || faults[0].Problem != `is true with handling "keep"; valid: absent, or handling "filter"` {
		t.Errorf("without filtering: %v", faults)
	}
}

func TestDenominators(t *testing.T) {
	b := batchOf("ci", "cii") // tokens 3 5 | 3 5 7
	for _, c := range []struct {
		settings Settings
		first    float64 // weight of the first rollout, advantage 1/2
		last     float64 // of the fifth, advantage -1/3
	}{
		{Settings{Denominator: BatchTokens}, 0.5 / 23, -1.0 / 3 / 23},
		{Settings{Denominator: GroupTokens}, 0.5 / (8 * 2), -1.0 / 3 / (15 * 2)},
		{Settings{Denominator: SequenceTokens}, 0.5 / (3 * 5), -1.0 / 3 / (7 * 5)},
		{Settings{Denominator: Sequences}, 0.5 / 5, -1.0 / 3 / 5},
		{Settings{Denominator: Constant, Constant: 40}, 0.5 / (5 * 40), -1.0 / 3 / (5 * 40)},
		{Settings{Denominator: Sum, Constant: 40}, 0.5 / 40, -1.0 / 3 / 40},
		{Settings{Denominator: Sum}, 0.5, -1.0 / 3},
	} {
		c.settings.Advantage = std(NoStd)
		got := weights(t, c.settings, b)
		wantNear(t, string(c.settings.Denominator), got[0], c.first, 1e-15)
		wantNear(t, string(c.settings.Denominator), got[4], c.last, 1e-15)
	}

	// A zero-variance group has no gradient but its tokens still dilute the batch.
	diluted := b
	diluted.Sequences = append(slices.Clone(b.Sequences), Sequence{Group: 99, Score: 1, Graded: true, Tokens: 77})
	wantNear(t, "diluted", weights(t, Settings{Advantage: std(NoStd)}, diluted)[0], 0.5/100, 1e-15)

	// A group whose rollouts are all filtered is not a group of the mean.
	s := Settings{Advantage: std(NoStd), Denominator: GroupTokens, Overlong: filter}
	wantNear(t, "filtered", weights(t, s, batchOf("ci", "CI"))[0], 0.5/8, 1e-15)

	// It is two sequences of the mean, unless those without tokens are passed over.
	s = Settings{Advantage: std(NoStd), Denominator: Sequences, Overlong: filter}
	wantNear(t, "counted", weights(t, s, batchOf("ci", "CI"))[0], 0.5/4, 1e-15)
	s.MaskedSequences = Skip
	wantNear(t, "skipped", weights(t, s, batchOf("ci", "CI"))[0], 0.5/2, 1e-15)
}

func TestAllFilteredHasNoWeights(t *testing.T) {
	for _, denominator := range []Denominator{BatchTokens, GroupTokens, SequenceTokens, Sequences} {
		for _, w := range weights(t, Settings{Overlong: filter, Denominator: denominator, MaskedSequences: maskedFor(denominator)}, batchOf("CI")) {
			if w != 0 || math.IsNaN(w) {
				t.Errorf("weight %v, want 0", w)
			}
		}
	}
}

func maskedFor(denominator Denominator) Masked {
	if denominator == SequenceTokens || denominator == Sequences {
		return Skip
	}
	return ""
}

func TestGroupMembersNeedNotBeTogether(t *testing.T) {
	b := Batch{Sequences: []Sequence{
		{Group: 1, Graded: true, Score: 1, Tokens: 1}, {Group: 2, Graded: true, Score: 1, Tokens: 1},
		{Group: 1, Graded: true, Tokens: 1}, {Group: 2, Graded: true, Score: 1, Tokens: 1},
	}}
	got := weights(t, Settings{Advantage: std(NoStd), Denominator: Sum}, b)
	if want := []float64{0.5, 0, -0.5, 0}; !slices.Equal(got, want) {
		t.Errorf("weights %v, want %v", got, want)
	}
}

func TestPrepareRefuses(t *testing.T) {
	none := func(b Batch) Batch { b.Sequences[1].Tokens = 0; return b }
	for _, c := range []struct {
		name     string
		batch    Batch
		settings Settings
		want     string
	}{
		{"settings", batchOf("ci"), Settings{Advantage: std("variance")}, `advantage.std is "variance"; valid: "sample", "population", "batch", "none"`},
		{"no tokens", none(batchOf("ci")), Settings{}, "sequence 1 has 0 tokens"},
		{"mask", Batch{Sequences: []Sequence{{Tokens: 2, Mask: []bool{true}}}}, Settings{}, "the mask of sequence 0 has 1 values"},
		{"whole budget", Batch{Sequences: batchOf("ci").Sequences, Budget: 9}, Settings{Overlong: Overlong{Handling: Penalty, CacheTokens: 9}}, "overlong.cache_tokens is 9 with a response budget of 9 tokens; valid: fewer"},
		{"budget", batchOf("ci"), Settings{Overlong: Overlong{Handling: Penalty, CacheTokens: 9}}, "overlong.cache_tokens is 9 with a response budget of 0 tokens"},
		{"reference", batchOf("ci"), Settings{KL: KL{Coefficient: 1, In: InReward}}, "sequence 0 has 0 old log-probs; valid: one for each of its 3 tokens"},
		{"step", batchOf("ci"), Settings{Kind: "chord", CHORD: CHORD{Mu: 0.9, MuSteps: 5}}, "chord.mu_steps is 5 and the batch is of policy step 0; valid: 1 and above"},
		{"value", batchOf("ci"), Settings{Kind: "ppo"}, "sequence 0 has 0 old values"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := Prepare(c.settings, c.batch); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	besides := batchOf("uu")
	besides.Sequences = append(besides.Sequences, Sequence{Demonstration: true, Tokens: 1}) // is no reason to go on
	for _, b := range []Batch{{}, batchOf("uu"), besides} {
		if _, _, err := Prepare(Settings{}, b); !errors.Is(err, ErrNothingGraded) {
			t.Errorf("error %v, want ErrNothingGraded", err)
		}
	}
}

// With one update per batch the derivatives are minus advantage over
// denominator, with one division and to the bit, whatever the log-probs are: the
// digest of a run depends on it.
func TestOneUpdateIsAdvantageOverDenominator(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		b := randomVerdicts(random)
		s := Settings{
			Advantage:   std([]Divisor{SampleStd, PopulationStd, NoStd}[random.IntN(3)]),
			Denominator: []Denominator{BatchTokens, GroupTokens}[random.IntN(2)],
			Overlong:    Overlong{Handling: []Handling{Keep, Filter}[random.IntN(2)]},
		}
		prepared, _, err := Prepare(s, b)
		if err != nil {
			continue // nothing graded
		}
		all, groups, groupTokens := 0, 0, map[int]int{}
		for i := range b.Sequences {
			if q := &b.Sequences[i]; q.Graded && !(s.Overlong.Handling == Filter && q.Truncated) {
				if groupTokens[q.Group] == 0 {
					groups++
				}
				all, groupTokens[q.Group] = all+q.Tokens, groupTokens[q.Group]+q.Tokens
			}
		}
		for i, row := range mustEvaluate(t, s, prepared).DLogProb {
			q := &prepared.Sequences[i]
			denominator := float64(all)
			if s.Denominator == GroupTokens {
				denominator = float64(groupTokens[q.Group]) * float64(groups)
			}
			for at, d := range row {
				var want float64
				if !q.Out {
					want = -(q.Advantage[at] / denominator)
				}
				if d != want {
					t.Fatalf("derivative %v, want %v", d, want)
				}
			}
		}
	}
}

func randomVerdicts(random *rand.Rand) (b Batch) {
	for range random.IntN(40) {
		q := Sequence{Group: random.IntN(6), Tokens: 1 + random.IntN(30), Truncated: random.IntN(4) == 0, Graded: random.IntN(8) > 0}
		if q.Correct = q.Graded && random.IntN(2) == 0; q.Correct {
			q.Score = 1
		}
		for range q.Tokens {
			q.LogProb, q.Old = append(q.LogProb, -random.Float64()), append(q.Old, -random.Float64())
		}
		b.Sequences = append(b.Sequences, q)
	}
	return b
}
