package activities

import (
	"context"
	"errors"
	"fmt"

	"temper/model/artifact"
	"temper/model/reward"
	"temper/model/reward/external"
)

// RecordVerdictsInput is what the user's activity answered to the calls of one shard.
type RecordVerdictsInput struct {
	Shard ScoreRolloutsInput `json:"shard"`
	// Answers are the results of the calls as they came, in the order of the calls.
	Answers []string `json:"answers"`
	// Attempt counts from 1 how often the shard was judged.
	Attempt int `json:"attempt"`
}

// RecordedVerdicts are the verdicts on a shard.
type RecordedVerdicts struct {
	VerdictSummary
	// Again says why nothing is recorded, and the user's activity is to be asked again; else it is "".
	Again string `json:"again,omitempty"`
}

// RecordVerdicts checks what the user's activity answered and records it, once: of two
// answers the first one counts. An answer that is wrong is a mistake of the user's. Responses that
// could not be judged are judged again, and counted after several attempts, unless there is
// no verdict at all: then whatever judges is broken, and nothing is counted until it is repaired.
func (a *Activities) RecordVerdicts(ctx context.Context, in RecordVerdictsInput) (RecordedVerdicts, error) {
	m, err := a.once(ctx, in.Shard.task(), func(ctx context.Context, m *artifact.Manifest) error {
		return a.recordAnswers(ctx, in, m)
	})
	var again againError
	if errors.As(err, &again) {
		return RecordedVerdicts{Again: string(again)}, nil
	}
	if err != nil {
		return RecordedVerdicts{}, classify(ctx, "record "+in.Shard.title(), err)
	}
	return RecordedVerdicts{VerdictSummary: summaryOf(m)}, nil
}

// againError says why a shard has to be judged again.
type againError string

func (e againError) Error() string { return string(e) }

func (a *Activities) recordAnswers(ctx context.Context, in RecordVerdictsInput, m *artifact.Manifest) error {
	s, err := a.shard(ctx, in.Shard)
	if err != nil {
		return err
	}
	judge := *in.Shard.Reward
	var results []reward.Result
	for i, answer := range in.Answers {
		part, err := external.ReadAnswer([]byte(answer), judge.Version, len(results), min(external.PerCall, len(s.rollouts)-len(results)))
		if err != nil {
			return UserErrorf("the answer of %s to %s, part %d: %v", judge, in.Shard.title(), i+1, err)
		}
		results = append(results, part...)
	}
	if len(results) != len(s.rollouts) {
		return fmt.Errorf("%d answers have %d verdicts on %d rollouts", len(in.Answers), len(results), len(s.rollouts))
	}
	if n, why := ungradable(results); n > 0 && (in.Attempt < gradingAttempts || n == len(results)) {
		return againError(why)
	}
	m.Grader, m.Unrepeatable = judge.String(), !judge.Deterministic
	return a.putVerdicts(ctx, in.Shard, s, results, m)
}
