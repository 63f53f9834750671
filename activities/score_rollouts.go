package activities

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/reward"
	"temper/model/reward/domain"
	"temper/model/rollout"
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
	Domain     string         `json:"domain"`
	Vocabulary artifact.Ref   `json:"vocabulary"`
	Dataset    artifact.Ref   `json:"dataset"`
	Rollouts   artifact.Ref   `json:"rollouts"`
	// Lenient also finds answers that no box holds: for evaluation, never for rewards.
	Lenient bool `json:"lenient,omitempty"`
}

// VerdictSummary is what a workflow sees of a shard's verdicts.
type VerdictSummary struct {
	Verdicts   artifact.Ref `json:"verdicts"`
	Correct    int          `json:"correct"`
	Incorrect  int          `json:"incorrect"`
	Ungradable int          `json:"ungradable"`
	// Informative is the number of problems whose scores are not all equal.
	Informative int `json:"informative,omitempty"`
}

const outputVerdicts = "verdicts"

// ScoreRollouts judges every rollout of a shard: correct, incorrect or
// ungradable. A fault of the judge is an error that is retried; it becomes a
// counted ungradable after several attempts, and a reward never.
func (a *Activities) ScoreRollouts(ctx context.Context, in ScoreRolloutsInput) (VerdictSummary, error) {
	t := task{artifact.Manifest{Kind: artifact.KindVerdicts, Run: in.Run, Stage: in.Stage, Step: in.Step, Shard: in.Shard}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		return a.scoreRollouts(ctx, in, m)
	})
	if err != nil {
		return VerdictSummary{}, classify(ctx, fmt.Sprintf("score rollouts of %s step %d shard %d", in.Stage, in.Step+1, in.Shard+1), err)
	}
	return VerdictSummary{
		Verdicts: m.Outputs[outputVerdicts], Correct: int(m.Metrics[artifact.MetricCorrect]),
		Incorrect: int(m.Metrics[artifact.MetricIncorrect]), Ungradable: int(m.Metrics[artifact.MetricUngradable]),
		Informative: int(m.Metrics[artifact.MetricInformativeGroups]),
	}, nil
}

func (a *Activities) scoreRollouts(ctx context.Context, in ScoreRolloutsInput, m *artifact.Manifest) error {
	v, err := a.vocabulary(ctx, in.Vocabulary)
	if err != nil {
		return err
	}
	problems, err := a.problems(ctx, in.Dataset)
	if err != nil {
		return err
	}
	rollouts, err := a.rollouts(ctx, in.Rollouts)
	if err != nil {
		return err
	}
	d, err := domain.Of(in.Domain)
	if err != nil {
		return err
	}
	judge := judge{domain: d, means: domain.Means{Sandbox: a.Sandbox, Lenient: in.Lenient}, tok: v.tok}
	results, err := judge.grade(ctx, problems, rollouts)
	if err != nil {
		return err
	}
	if n := count(results)[reward.Ungradable]; n > 0 {
		if err := judge.alive(ctx); err != nil {
			return err
		}
		if activity.GetInfo(ctx).Attempt < gradingAttempts {
			return temporal.NewApplicationError(fmt.Sprintf("%d of %d responses are ungradable: %s", n, len(rollouts), firstUngradable(results)), UngradableType)
		}
	}
	m.Grader = d.Version(judge.means)
	return a.recordVerdicts(ctx, in, problems, rollouts, results, m)
}

// recordVerdicts stores the results of a shard and fills in its manifest.
func (a *Activities) recordVerdicts(ctx context.Context, in ScoreRolloutsInput, problems []dataset.Problem, rollouts []rollout.Rollout,
	results []reward.Result, m *artifact.Manifest) error {
	records := make([]reward.Record, len(results))
	for i, r := range rollouts {
		records[i] = reward.Record{Rollout: i, Problem: r.Problem, ID: problems[r.Problem].ID, Sample: r.Sample, Result: results[i]}
	}
	data, err := reward.Encode(records)
	if err != nil {
		return err
	}
	ref, err := a.Store.Put(ctx, data)
	if err != nil {
		return err
	}
	m.Inputs = map[string]artifact.Ref{outputRollouts: in.Rollouts, inputDataset: in.Dataset}
	m.Outputs = map[string]artifact.Ref{outputVerdicts: ref}
	counts := count(results)
	m.Metrics = map[string]float64{
		artifact.MetricCorrect:    float64(counts[reward.Correct]),
		artifact.MetricIncorrect:  float64(counts[reward.Incorrect]),
		artifact.MetricUngradable: float64(counts[reward.Ungradable]),
	}
	batch := Batch{Rollouts: rollouts, Verdicts: records}
	batch.addGroups(rollouts)
	for _, g := range batch.groups() {
		if mixed, _ := batch.mixed(g); mixed {
			m.Metrics[artifact.MetricInformativeGroups]++
		}
	}
	if graded := len(results) - counts[reward.Ungradable]; graded > 0 {
		var sum float64
		for _, r := range results {
			if r.Verdict != reward.Ungradable {
				sum += r.Score
			}
		}
		m.Metrics[artifact.MetricScore] = sum / float64(graded)
	}
	return nil
}

func count(results []reward.Result) map[reward.Verdict]int {
	counts := map[reward.Verdict]int{}
	for _, r := range results {
		counts[r.Verdict]++
	}
	return counts
}

func firstUngradable(results []reward.Result) string {
	for _, r := range results {
		if r.Verdict == reward.Ungradable {
			return r.Reason
		}
	}
	return ""
}

// rollouts reads a stored shard.
func (a *Activities) rollouts(ctx context.Context, ref artifact.Ref) ([]rollout.Rollout, error) {
	data, err := a.Store.Get(ctx, ref)
	if err != nil {
		return nil, err
	}
	return rollout.Decode(data)
}

// verdicts reads a stored shard's verdicts, in the order of its rollouts.
func (a *Activities) verdicts(ctx context.Context, ref artifact.Ref) ([]reward.Record, error) {
	data, err := a.Store.Get(ctx, ref)
	if err != nil {
		return nil, err
	}
	return reward.Decode(data)
}
