// Package signal says in words where a run had nothing to learn from, and what
// to do about it. GRPO learns from differences within a group of rollouts alone:
// where all rewards of a group are equal (a zero-variance group) its advantages
// are 0, and a run whose every group is like that goes on to its end, looks
// busy, and leaves the policy as it was.
package signal

import (
	"fmt"
	"strings"

	"temper/model/objective"
)

// Step is what one policy step gave to learn from.
type Step struct {
	// Groups with a verdict, and those of them whose rewards are all equal.
	Groups       int `json:"groups"`
	ZeroVariance int `json:"zero_variance"`
	// Rollouts of the step; Filtered were left out by overlong filtering, Ungradable have no verdict.
	Rollouts   int `json:"rollouts"`
	Filtered   int `json:"filtered,omitempty"`
	Ungradable int `json:"ungradable,omitempty"`
	// Reward is the mean over the graded rollouts, Truncation the share that the budget cut.
	Reward     float64 `json:"reward"`
	Truncation float64 `json:"truncation,omitempty"`
	// TrainedTokens went through the update; GradNorm is that of its gradient, before clipping.
	TrainedTokens int64            `json:"trained_tokens"`
	GradNorm      float64          `json:"grad_norm"`
	Advantages    objective.Spread `json:"advantages"`
	// Terms says how the loss came about; with several updates per batch, their mean.
	Terms objective.ResultStats `json:"terms,omitzero"`
}

// Of is what a prepared batch gives to learn from; the update adds what it trained.
func Of(s objective.Stats) Step {
	step := Step{
		Groups: s.Groups, ZeroVariance: s.ZeroVarianceGroups, Rollouts: s.Rollouts, Filtered: s.Filtered, Ungradable: s.Ungradable,
		Reward: s.MeanReward, Advantages: s.Advantages,
	}
	if s.Rollouts > 0 {
		step.Truncation = float64(s.Truncated) / float64(s.Rollouts)
	}
	return step
}

// FilteredShare is the share of the graded rollouts that overlong filtering left out.
func (s Step) FilteredShare() float64 {
	if graded := s.Rollouts - s.Ungradable; graded > 0 {
		return float64(s.Filtered) / float64(graded)
	}
	return 0
}

// Empty says that the step had nothing to learn from: no token was trained. A
// step of which nothing is known is not empty.
func (s Step) Empty() bool { return s.Rollouts > 0 && s.TrainedTokens == 0 }

// ClippedShare is the share of the tokens with a policy term whose ratio was at a bound.
func (s Step) ClippedShare() float64 { return s.Terms.ClippedLow + s.Terms.ClippedHigh }

// TermsText says the terms of the loss that there are beside the policy's, "" without any.
func (s Step) TermsText() string {
	var parts []string
	add := func(format string, value float64) {
		if value != 0 {
			parts = append(parts, fmt.Sprintf(format, value))
		}
	}
	add("kl %.2g", s.Terms.KL)
	add("clipped %.2g%%", 100*s.ClippedShare())
	add("value loss %.2g", s.Terms.Value)
	add("likelihood %.2g", s.Terms.Likelihood)
	return strings.Join(parts, " ")
}

// mostly is the share of cut responses from which on the cut is the likely reason.
const mostly = 0.5

// why is the reason why an empty step was empty, and what its owner can do.
func (s Step) why(stage string) (reason, advice string) {
	at := "stages." + stage + "."
	switch {
	case s.ZeroVariance < s.Groups && s.Filtered > 0:
		return "overlong filtering left out every group with a difference",
			"raise " + at + "max_response_tokens, or set " + at + "objective.overlong.handling to keep"
	case s.Reward == 0 && s.Truncation >= mostly:
		return fmt.Sprintf("no response was correct, and %.0f %% were cut at the budget", 100*s.Truncation),
			"raise " + at + "max_response_tokens, or train the policy to answer and end first (more sft)"
	case s.Reward == 0:
		return "no response was correct",
			"take easier problems in " + at + "data, train more sft first, or raise " + at + "group_size"
	case s.Reward == 1:
		return "every response was correct", "take harder problems in " + at + "data, or end the stage here"
	}
	return "in every group all rewards were equal", "raise " + at + "group_size, or take problems that the policy solves sometimes"
}
