package activities

import (
	"context"
	"fmt"

	"temper/model/artifact"
	"temper/model/curation"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/domain"
)

// TryProgramsInput asks for the verdicts on programs that no policy wrote, which a rule of curation tries
// on one shard of a dataset's problems.
type TryProgramsInput struct {
	Run   artifact.RunID `json:"run"`
	Stage string         `json:"stage"`
	// Number counts the stage's rules from 1.
	Number int         `json:"number"`
	Shard  int         `json:"shard"`
	Rule   recipe.Rule `json:"rule"`
	// Programs is how programs are judged.
	Programs recipe.Programs `json:"programs,omitzero"`
	Dataset  artifact.Ref    `json:"dataset"`
	// First and Count are which of the dataset's problems.
	First int `json:"first"`
	Count int `json:"count"`
}

// TryPrograms judges a rule's programs as ScoreRollouts does a policy's: a fault of the judge is retried, and then no verdict.
// The programs stand in the verdicts.
func (a *Activities) TryPrograms(ctx context.Context, in TryProgramsInput) (VerdictSummary, error) {
	t := task{artifact.Manifest{Kind: artifact.KindVerdicts, Run: in.Run, Stage: in.Stage, Step: in.Number - 1, Shard: in.Shard}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error { return a.tryPrograms(ctx, in, m) })
	if err != nil {
		return VerdictSummary{}, classify(ctx, fmt.Sprintf("%s of %s, shard %d", in.Rule.Name(), in.Stage, in.Shard+1), err)
	}
	return summaryOf(m), nil
}

func (a *Activities) tryPrograms(ctx context.Context, in TryProgramsInput, m *artifact.Manifest) error {
	numbers := make([]int, in.Count)
	for i := range numbers {
		numbers[i] = in.First + i
	}
	problems, err := a.problemsAt(ctx, in.Dataset, numbers)
	if err != nil {
		return err
	}
	d, err := domain.Of(recipe.DomainCode)
	if err != nil {
		return err
	}
	judge := judge{domain: d, means: domain.Means{Sandbox: a.Sandbox, Programs: in.Programs}}
	if err := judge.pinned(in.Programs.Grader); err != nil {
		return err
	}
	var tried []response
	var records []reward.Record
	for _, i := range numbers {
		p := problems[i]
		trials, err := curation.Trials(in.Rule, p.Tests, p.Golden)
		if err != nil {
			return UserErrorf("%s: problem %s: %v", in.Stage, p.ID, err)
		}
		for k, trial := range trials {
			records = append(records, reward.Record{Rollout: len(records), Problem: i, ID: p.ID, Sample: k})
			tried = append(tried, response{problem: i, text: trial.Program, bare: true})
		}
	}
	results, err := judge.settled(ctx, problems, tried)
	if err != nil {
		return err
	}
	for i := range records {
		records[i].Result = results[i]
	}
	data, err := reward.Encode(records)
	if err != nil {
		return err
	}
	m.Grader = d.Version(judge.means)
	m.Inputs, m.Outputs, m.Metrics = map[string]artifact.Ref{inputDataset: in.Dataset}, map[string]artifact.Ref{}, countMetrics(results)
	return a.putOutput(ctx, m, artifact.OutputVerdicts, data)
}

// countMetrics counts verdicts as a manifest keeps them.
func countMetrics(results []reward.Result) map[string]float64 {
	counts, _ := count(results)
	return map[string]float64{
		artifact.MetricCorrect: float64(counts[reward.Correct]), artifact.MetricIncorrect: float64(counts[reward.Incorrect]),
		artifact.MetricUngradable: float64(counts[reward.Ungradable]),
	}
}

// addTried gives rows the verdicts on the programs that a rule tried on their problems.
func (a *Activities) addTried(ctx context.Context, in CurateDataInput, read *datasetRows) error {
	tried, err := whole(ctx, a.Store, in.Tried)
	if err != nil {
		return err
	}
	for _, ref := range tried {
		if ref.IsZero() { // no problem of the shard has a program to try
			continue
		}
		records, err := a.verdicts(ctx, ref)
		if err != nil {
			return err
		}
		for _, r := range records {
			row, err := read.problem(in, r.Problem)
			if err != nil {
				return err
			}
			if row == nil {
				continue
			}
			p := read.problems[r.Problem-read.first]
			trials, err := curation.Trials(in.Rule, p.Tests, p.Golden)
			if err == nil && r.Sample >= len(trials) {
				err = fmt.Errorf("a verdict is on program %d of %d", r.Sample, len(trials))
			}
			if err != nil {
				return fmt.Errorf("%s: problem %s: %w", in.Stage, r.ID, err)
			}
			row.Tried = append(row.Tried, curation.Tried{Name: trials[r.Sample].Name, Verdict: r.Verdict, Reason: r.Reason})
		}
	}
	return nil
}
