package activities

import (
	"context"
	"fmt"

	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/reward"
	"temper/model/rollout"
	"temper/model/tokenizer"
)

// VerdictSummary is what a workflow sees of a shard's verdicts.
type VerdictSummary struct {
	Verdicts   artifact.Ref `json:"verdicts"`
	Correct    int          `json:"correct"`
	Incorrect  int          `json:"incorrect"`
	Ungradable int          `json:"ungradable"`
	// Informative is the number of problems whose scores are not all equal.
	Informative int `json:"informative,omitempty"`
	// Grader is the version of what gave the verdicts.
	Grader string `json:"grader,omitempty"`
	Recorded
}

func summaryOf(m artifact.Manifest) VerdictSummary {
	return VerdictSummary{
		Verdicts: m.Outputs[artifact.OutputVerdicts], Correct: int(m.Metrics[artifact.MetricCorrect]),
		Incorrect: int(m.Metrics[artifact.MetricIncorrect]), Ungradable: int(m.Metrics[artifact.MetricUngradable]),
		Informative: int(m.Metrics[artifact.MetricInformativeGroups]), Grader: m.Grader, Recorded: Recorded{m.Link},
	}
}

// task is the piece of work that a shard's verdicts are recorded as, whoever gives them.
func (in ScoreRolloutsInput) task() task {
	return task{artifact.Manifest{Kind: artifact.KindVerdicts, Run: in.Run, Stage: in.Stage, Step: in.Step, Shard: in.Shard}, in}
}

// title names the work in messages.
func (in ScoreRolloutsInput) title() string {
	return fmt.Sprintf("verdicts of %s step %d shard %d", in.Stage, in.Step+1, in.Shard+1)
}

// shard is what verdicts are about.
type shard struct {
	tok      tokenizer.Tokenizer
	problems map[int]dataset.Problem
	rollouts []rollout.Rollout
}

// shard reads what verdicts are asked on.
func (a *Activities) shard(ctx context.Context, in ScoreRolloutsInput) (s shard, err error) {
	v, err := a.vocabulary(ctx, in.Vocabulary)
	if err != nil {
		return s, err
	}
	s.tok = v.tok
	if s.rollouts, err = a.rollouts(ctx, in.Rollouts); err != nil {
		return s, err
	}
	s.problems, err = a.problemsAt(ctx, in.Dataset, problemsOf(s.rollouts))
	return s, err
}

// putVerdicts stores the results of a shard and fills in its manifest.
func (a *Activities) putVerdicts(ctx context.Context, in ScoreRolloutsInput, s shard, results []reward.Result, m *artifact.Manifest) error {
	records := make([]reward.Record, len(results))
	for i, r := range s.rollouts {
		records[i] = reward.Record{Rollout: i, Problem: r.Problem, ID: s.problems[r.Problem].ID, Sample: r.Sample, Result: results[i]}
	}
	data, err := reward.Encode(records)
	if err != nil {
		return err
	}
	ref, err := a.Store.Put(ctx, data)
	if err != nil {
		return err
	}
	m.Inputs = map[string]artifact.Ref{artifact.OutputRollouts: in.Rollouts, inputDataset: in.Dataset}
	m.Outputs = map[string]artifact.Ref{artifact.OutputVerdicts: ref}
	counts, total := count(results)
	m.Metrics = map[string]float64{
		artifact.MetricCorrect:    float64(counts[reward.Correct]),
		artifact.MetricIncorrect:  float64(counts[reward.Incorrect]),
		artifact.MetricUngradable: float64(counts[reward.Ungradable]),
	}
	batch := Batch{Rollouts: s.rollouts, Verdicts: records}
	batch.addGroups(s.rollouts)
	for _, g := range batch.groups() {
		if mixed, _ := batch.mixed(g); mixed {
			m.Metrics[artifact.MetricInformativeGroups]++
		}
	}
	if graded := len(results) - counts[reward.Ungradable]; graded > 0 {
		m.Metrics[artifact.MetricScore] = total / float64(graded)
	}
	return nil
}

// count counts verdicts, and adds up the scores of those that are any.
func count(results []reward.Result) (counts map[reward.Verdict]int, total float64) {
	counts = map[reward.Verdict]int{}
	for _, r := range results {
		counts[r.Verdict]++
		if r.Verdict != reward.Ungradable {
			total += r.Score
		}
	}
	return counts, total
}

// ungradable says in a line how many responses of a shard have no verdict, and why the first one has none.
func ungradable(results []reward.Result) (n int, why string) {
	for _, r := range results {
		if r.Verdict != reward.Ungradable {
			continue
		}
		if n++; n == 1 {
			why = r.Reason
		}
	}
	return n, fmt.Sprintf("%d of %d responses are ungradable: %s", n, len(results), why)
}

// rollouts reads a stored shard.
func (a *Activities) rollouts(ctx context.Context, ref artifact.Ref) ([]rollout.Rollout, error) {
	return stored(ctx, a, ref, rollout.Decode)
}

// verdicts reads a stored shard's verdicts, in the order of its rollouts.
func (a *Activities) verdicts(ctx context.Context, ref artifact.Ref) ([]reward.Record, error) {
	return stored(ctx, a, ref, reward.Decode)
}
