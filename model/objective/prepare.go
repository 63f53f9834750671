package objective

import (
	"errors"
	"fmt"
	"slices"
)

// ErrNothingGraded is wrapped by Prepare's error when no rollout of the batch has
// a verdict: then there is nothing to learn from, and grading is what is broken.
var ErrNothingGraded = errors.New("no rollout has a verdict")

// Stats is what a prepared batch says about itself.
type Stats struct {
	// MeanReward is the mean score of the graded rollouts, before any penalty.
	MeanReward float64
	// LossTokens is the number of rollouts' tokens in the loss.
	LossTokens int
	// Groups with at least one graded rollout, and those whose rewards are all
	// equal: under a group baseline these have no gradient, but their tokens stay
	// in the denominator.
	Groups, ZeroVarianceGroups int
	// Filtered is the number of graded rollouts that overlong filtering left out.
	Filtered int
	// Ungradable is the number of rollouts without a verdict.
	Ungradable int
	// Advantages describes those of the graded rollouts; with a value head, those
	// of their tokens in the loss.
	Advantages Spread
	// Rollouts is the number of all, Truncated of those that the budget cut,
	// Demonstrations of the sequences that were given.
	Rollouts, Truncated, Demonstrations int
}

// Prepare decides, once for a batch of rollouts and before its first update,
// which sequences are in the loss and what the advantages and returns of their
// tokens are. What it needs of the carriers is Old and Reference with KL in the
// reward, and OldValue with a value head.
//
// Ungradable rollouts leave the batch. Truncated ones that are filtered leave
// the loss, and their group's mean and std where Overlong.LeaveGroup says so.
// The batch that is given is not changed.
func Prepare(s Settings, b Batch) (Batch, Stats, error) {
	if faults := s.Check(); len(faults) > 0 {
		return Batch{}, Stats{}, fmt.Errorf("objective: %s", faults[0])
	}
	inReward := s.KL.In == InReward
	if err := b.check(Carriers{Old: inReward, Reference: inReward, OldValue: s.Needs().OldValue}); err != nil {
		return Batch{}, Stats{}, err
	}
	s = s.WithDefaults()
	if s.Overlong.Handling == Penalty && b.Budget <= s.Overlong.CacheTokens {
		return Batch{}, Stats{}, fmt.Errorf("objective: overlong.cache_tokens is %d with a response budget of %d tokens; valid: fewer", s.Overlong.CacheTokens, b.Budget)
	}
	if s.CHORD.MuSteps > 0 && b.Step < 1 {
		return Batch{}, Stats{}, fmt.Errorf("objective: chord.mu_steps is %d and the batch is of policy step %d; valid: 1 and above", s.CHORD.MuSteps, b.Step)
	}
	b.Sequences = slices.Clone(b.Sequences)
	stats := s.leaveOut(b)
	graded := stats.Rollouts - stats.Ungradable
	if graded == 0 && (stats.Rollouts > 0 || stats.Demonstrations == 0) {
		return Batch{}, Stats{}, fmt.Errorf("objective: batch of %d rollouts: %w", stats.Rollouts, ErrNothingGraded)
	}
	if s.Advantage.Baseline == ValueBaseline {
		s.addEstimates(b)
	}
	s.addAdvantages(b, &stats)
	return b, stats, nil
}

// leaveOut sets Out and counts.
func (s Settings) leaveOut(b Batch) (stats Stats) {
	var sum, graded float64
	for i := range b.Sequences {
		q := &b.Sequences[i]
		if q.Demonstration {
			stats.Demonstrations++
			continue
		}
		stats.Rollouts++
		if q.Truncated {
			stats.Truncated++
		}
		if !q.Graded {
			stats.Ungradable++
			q.Out = true
			continue
		}
		sum, graded = sum+q.Score, graded+1
		if s.Overlong.Handling == Filter && q.Truncated {
			stats.Filtered++
			q.Out = true
		}
		stats.LossTokens += q.inLoss()
	}
	if graded > 0 {
		stats.MeanReward = sum / graded
	}
	return stats
}

// addAdvantages fills the advantages of every graded sequence, demonstrations
// with a score among them, and the statistics of the groups. With a value head
// the advantages are there already.
func (s Settings) addAdvantages(b Batch, stats *Stats) {
	leaves := func(q *Sequence) bool { return s.Overlong.LeaveGroup && q.Out }
	groups := b.groups(func(q *Sequence) bool { return q.Graded && !leaves(q) })
	for i := range b.Sequences { // they are compared with nothing
		if q := &b.Sequences[i]; q.Graded && leaves(q) && q.Advantage == nil {
			q.Advantage = make([]float64, q.Tokens)
		}
	}
	scores := make([][]float64, len(groups))
	for k, g := range groups {
		for _, i := range g {
			scores[k] = append(scores[k], s.reward(&b.Sequences[i], b.Budget))
		}
		stats.Groups++
		if allEqual(scores[k]) {
			stats.ZeroVarianceGroups++
		}
	}
	var spread []float64
	if s.Advantage.Baseline == ValueBaseline {
		spread = b.advantagesInLoss()
	} else {
		for k, advantages := range s.Advantage.of(scores) {
			for j, i := range groups[k] {
				b.Sequences[i].Advantage = slices.Repeat(advantages[j:j+1], b.Sequences[i].Tokens)
			}
			spread = append(spread, advantages...)
		}
	}
	stats.Advantages = SpreadOf(spread)
}

// reward is a sequence's score with its penalties: for length, and, where the KL
// term is in the reward, for every token in the loss.
func (s Settings) reward(q *Sequence, budget int) float64 {
	reward := q.Score + s.Overlong.penalty(q.Tokens-q.Hint, budget)
	if s.KL.In == InReward && !q.Demonstration {
		for t := range q.Tokens {
			if t >= q.Hint && (q.Mask == nil || q.Mask[t]) {
				reward -= s.KL.ofSampled(q, t)
			}
		}
	}
	return reward
}

// ofSampled is the KL penalty of a token when it was sampled.
func (k KL) ofSampled(q *Sequence, t int) float64 {
	value, _ := k.estimate(q.Old[t] - q.Reference[t])
	return k.Coefficient * value
}
