// Package grpo turns the verdicts of one batch of rollouts into the weights of
// its loss: group relative policy optimisation with one update per batch, no KL
// term and no entropy term (AceReason-Nemotron 1.0 §3.1, which 1.1 repeats).
//
// Rewards are compared within the group of a problem's rollouts, so no value
// model is needed. Because the batch is used for exactly one update, the policy
// that is updated is the policy that sampled: the importance ratio is 1, the
// clip range never acts, and the clipped surrogate's gradient is that of
//
//	loss = - sum over rollouts i, response tokens t of w_i log pi(o_it)
//
// where w_i is the rollout's advantage over the loss denominator. Plan computes
// the w_i; nothing else of the algorithm is left for the training code.
//
// Sums run in the order in which the rollouts are given, so the same rollouts
// in the same order give the same bits.
package grpo

import (
	"errors"
	"fmt"

	"temper/model/objective"
	"temper/model/reward"
	"temper/model/signal"
)

// ErrNothingGraded is wrapped by Plan's error when no rollout of the batch has a
// verdict: then there is nothing to learn from, and grading is what is broken.
var ErrNothingGraded = errors.New("no rollout has a verdict")

// The loss denominators of recipe.RLStage.LossDenominator.
const (
	BatchTokens = "batch_tokens"
	GroupTokens = "group_tokens"
)

// Rollout is what the loss weights depend on.
type Rollout struct {
	// Group is the same for all rollouts of one problem in this batch.
	Group int
	// Verdict is the verifier's; an ungradable rollout leaves the batch.
	Verdict reward.Verdict
	// Tokens is the number of response tokens, at least 1.
	Tokens int
	// Truncated says that the response budget cut the response.
	Truncated bool
}

// Settings are the choices that a recipe makes. No public source prints all of
// them, so each is a field of the recipe.
type Settings struct {
	// AdvantageStd is the divisor of the advantage: StdSample, StdPopulation or StdNone.
	AdvantageStd string
	// LossDenominator is BatchTokens or GroupTokens.
	LossDenominator string
	// OverlongFiltering leaves truncated rollouts out of the loss and of its
	// denominator. They stay in their group's mean and std: a group's baseline
	// is what the policy really earned. (The paper does not say which; NeMo-RL
	// and TRL count them too.)
	OverlongFiltering bool
}

// Batch holds the loss weights of a batch, in the order of its rollouts.
type Batch struct {
	// Advantages are 0 for ungradable rollouts. Truncated rollouts have one even
	// where overlong filtering keeps it out of the loss.
	Advantages []float64
	// TokenWeights[i] weighs every response token of rollout i in
	// loss = -sum w log pi: the advantage over the denominator, or 0 where the
	// rollout is not in the loss or has no advantage.
	TokenWeights []float64
	Stats        Stats
}

// Stats is what a batch says about itself.
type Stats struct {
	// MeanReward is the mean over the graded rollouts.
	MeanReward float64
	// Loss is the clipped surrogate's value at ratio 1, which is what veRL logs:
	// -sum w_i |o_i|. It says little about progress; the reward does.
	Loss float64
	// LossTokens is the number of response tokens in the loss: the denominator under BatchTokens.
	LossTokens int
	// Groups with at least one graded rollout, and those whose rewards are all
	// equal: these have no gradient, but their tokens stay in the denominator.
	Groups, ZeroVarianceGroups int
	// Filtered is the number of graded rollouts that overlong filtering left out.
	Filtered int
	// Ungradable is the number of rollouts without a verdict.
	Ungradable int
	// Advantages describes those of the graded rollouts.
	Advantages objective.Spread
	// Rollouts is the number of all, Truncated of those that the budget cut.
	Rollouts, Truncated int
}

// Signal is what the batch gives to learn from; the update adds what it trained.
func (s Stats) Signal() signal.Step {
	return signal.Step{
		Groups: s.Groups, ZeroVariance: s.ZeroVarianceGroups, Rollouts: s.Rollouts, Filtered: s.Filtered, Ungradable: s.Ungradable,
		Reward: s.MeanReward, Truncation: float64(s.Truncated) / float64(s.Rollouts), Advantages: s.Advantages,
	}
}

// Plan computes the loss weights of a batch. It fails on an unknown setting or
// verdict, on a rollout without tokens, and with ErrNothingGraded.
func Plan(rollouts []Rollout, settings Settings) (Batch, error) {
	if err := settings.check(); err != nil {
		return Batch{}, err
	}
	groups, err := gradedGroups(rollouts)
	if err != nil {
		return Batch{}, err
	}
	batch := Batch{
		Advantages:   make([]float64, len(rollouts)),
		TokenWeights: make([]float64, len(rollouts)),
	}
	if err := batch.addAdvantages(groups, settings.AdvantageStd); err != nil {
		return Batch{}, err
	}
	batch.Stats.Rollouts, batch.Stats.Ungradable = len(rollouts), len(rollouts)
	for _, r := range rollouts {
		if r.Truncated {
			batch.Stats.Truncated++
		}
	}
	for _, g := range groups {
		batch.Stats.Ungradable -= len(g.members)
	}
	batch.addWeights(rollouts, groups, settings)
	return batch, nil
}

// check refuses settings that Plan does not know.
func (s Settings) check() error {
	switch s.LossDenominator {
	case BatchTokens, GroupTokens:
	default:
		return fmt.Errorf("grpo: loss_denominator is %q; valid: %q, %q", s.LossDenominator, BatchTokens, GroupTokens)
	}
	return checkStd(s.AdvantageStd)
}

// group is the graded rollouts of one problem: indices into the batch, and rewards.
type group struct {
	members []int
	rewards []float64
}

// gradedGroups sorts the graded rollouts into groups, in order of first appearance.
func gradedGroups(rollouts []Rollout) ([]*group, error) {
	var groups []*group
	byID := map[int]*group{}
	for i, r := range rollouts {
		if r.Tokens < 1 {
			return nil, fmt.Errorf("grpo: rollout %d has %d response tokens; valid: 1 and above", i, r.Tokens)
		}
		if r.Verdict == reward.Ungradable {
			continue
		}
		value, err := r.Verdict.Value()
		if err != nil {
			return nil, fmt.Errorf("grpo: rollout %d: %w", i, err)
		}
		g := byID[r.Group]
		if g == nil {
			g = &group{}
			byID[r.Group] = g
			groups = append(groups, g)
		}
		g.members = append(g.members, i)
		g.rewards = append(g.rewards, value)
	}
	if len(groups) == 0 {
		return nil, fmt.Errorf("grpo: batch of %d rollouts: %w", len(rollouts), ErrNothingGraded)
	}
	return groups, nil
}

// addAdvantages fills the advantages and the statistics of the rewards.
func (b *Batch) addAdvantages(groups []*group, std string) error {
	var sum float64
	var graded []float64
	for _, g := range groups {
		advantages, err := Advantages(g.rewards, std)
		if err != nil {
			return err
		}
		for j, i := range g.members {
			b.Advantages[i] = advantages[j]
			sum += g.rewards[j]
		}
		graded = append(graded, advantages...)
		if allEqual(g.rewards) {
			b.Stats.ZeroVarianceGroups++
		}
	}
	b.Stats.Groups = len(groups)
	b.Stats.MeanReward = sum / float64(len(graded))
	b.Stats.Advantages = objective.SpreadOf(graded)
	return nil
}

// addWeights divides the advantages by the loss denominator. Under GroupTokens
// the loss is the mean over groups of each group's token mean (the formula of
// AceReason-Nemotron 1.0 §3.1); a group with no token in the loss is not counted.
func (b *Batch) addWeights(rollouts []Rollout, groups []*group, settings Settings) {
	inLoss := func(i int) bool { return !(settings.OverlongFiltering && rollouts[i].Truncated) }
	groupTokens := make([]int, len(groups))
	var groupsInLoss int
	for k, g := range groups {
		for _, i := range g.members {
			if inLoss(i) {
				groupTokens[k] += rollouts[i].Tokens
			} else {
				b.Stats.Filtered++
			}
		}
		b.Stats.LossTokens += groupTokens[k]
		if groupTokens[k] > 0 {
			groupsInLoss++
		}
	}
	for k, g := range groups {
		denominator := float64(b.Stats.LossTokens)
		if settings.LossDenominator == GroupTokens {
			denominator = float64(groupTokens[k]) * float64(groupsInLoss)
		}
		for _, i := range g.members {
			if inLoss(i) && b.Advantages[i] != 0 {
				b.TokenWeights[i] = b.Advantages[i] / denominator
				b.Stats.Loss -= b.TokenWeights[i] * float64(rollouts[i].Tokens)
			}
		}
	}
}
