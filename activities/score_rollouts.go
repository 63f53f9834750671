package activities

import (
	"context"

	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/reward/domain"
)

// gradingAttempts is how often a shard with ungradable responses is graded anew
// before they are counted as ungradable and leave the batch.
const gradingAttempts = 5

// ScoreRolloutsInput asks for the verdicts on one shard of rollouts.
type ScoreRolloutsInput struct {
	Run        artifact.RunID `json:"run"`
	Stage      string         `json:"stage"`
	Step       int            `json:"step"`
	Shard      int            `json:"shard"`
	Domain     recipe.Domain  `json:"domain"`
	Vocabulary artifact.Ref   `json:"vocabulary"`
	Dataset    artifact.Ref   `json:"dataset"`
	Rollouts   artifact.Ref   `json:"rollouts"`
	// Grading is the rules of a benchmark; rewards have "".
	Grading recipe.Grading `json:"grading,omitempty"`
	// Programs is how programs are judged.
	Programs recipe.Programs `json:"programs,omitzero"`
	// Reward is the user's activity that judges in the domain "activity": see RequestVerdicts.
	Reward *recipe.Reward `json:"reward,omitempty"`
}

// ScoreRollouts judges every rollout of a shard: correct, incorrect or
// ungradable. A fault of the judge is an error that is retried; it becomes a
// counted ungradable after several attempts, and a reward never.
func (a *Activities) ScoreRollouts(ctx context.Context, in ScoreRolloutsInput) (VerdictSummary, error) {
	m, err := a.once(ctx, in.task(), func(ctx context.Context, m *artifact.Manifest) error {
		return a.scoreRollouts(ctx, in, m)
	})
	if err != nil {
		return VerdictSummary{}, classify(ctx, in.title(), err)
	}
	return summaryOf(m), nil
}

func (a *Activities) scoreRollouts(ctx context.Context, in ScoreRolloutsInput, m *artifact.Manifest) error {
	s, err := a.shard(ctx, in)
	if err != nil {
		return err
	}
	d, err := domain.Of(in.Domain)
	if err != nil {
		return err
	}
	judge := judge{domain: d, means: domain.Means{Sandbox: a.Sandbox, Programs: in.Programs, Grading: in.Grading}}
	if err := judge.pinned(in.Programs.Grader); err != nil {
		return err
	}
	results, err := judge.settled(ctx, s.problems, saidIn(s.tok, s.rollouts))
	if err != nil {
		return err
	}
	m.Grader = d.Version(judge.means)
	return a.putVerdicts(ctx, in, s, results, m)
}
