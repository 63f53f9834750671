package activities

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/domain"
	"temper/model/teacher"
)

// JudgeTaughtInput asks for the verdicts on a shard of a teacher's responses.
type JudgeTaughtInput struct {
	Run    artifact.RunID `json:"run"`
	Stage  string         `json:"stage"`
	Shard  int            `json:"shard"`
	Domain recipe.Domain  `json:"domain"`
	// Programs is how programs are judged.
	Programs recipe.Programs `json:"programs,omitzero"`
	// Grading is the rules of a benchmark; what a stage keeps is judged by "".
	Grading   recipe.Grading `json:"grading,omitempty"`
	Dataset   artifact.Ref   `json:"dataset"`
	Responses artifact.Ref   `json:"responses"`
}

// JudgeTaught judges a teacher's responses as ScoreRollouts does a policy's.
func (a *Activities) JudgeTaught(ctx context.Context, in JudgeTaughtInput) (VerdictSummary, error) {
	t := task{artifact.Manifest{Kind: artifact.KindVerdicts, Run: in.Run, Stage: in.Stage, Shard: in.Shard}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error { return a.judgeTaught(ctx, in, m) })
	if err != nil {
		return VerdictSummary{}, classify(ctx, fmt.Sprintf("verdicts of %s, shard %d", in.Stage, in.Shard+1), err)
	}
	return summaryOf(m), nil
}

func (a *Activities) judgeTaught(ctx context.Context, in JudgeTaughtInput, m *artifact.Manifest) error {
	rows, err := a.taught(ctx, in.Responses)
	if err != nil {
		return err
	}
	problems, err := a.problemsAt(ctx, in.Dataset, problemsTaught(rows))
	if err != nil {
		return err
	}
	d, err := domain.Of(in.Domain)
	if err != nil {
		return err
	}
	responses := make([]response, len(rows))
	for i, r := range rows {
		responses[i] = response{problem: r.Problem, text: r.Text(problems[r.Problem].Prompt), cut: r.IsCut()}
	}
	judge := judge{domain: d, means: domain.Means{Sandbox: a.Sandbox, Programs: in.Programs, Grading: in.Grading}}
	if err := judge.pinned(in.Programs.Grader); err != nil {
		return err
	}
	results, err := judge.settled(ctx, problems, responses)
	if err != nil {
		return err
	}
	records := make([]reward.Record, len(results))
	for i, r := range rows {
		records[i] = reward.Record{Rollout: i, Problem: r.Problem, ID: problems[r.Problem].ID, Sample: r.Sample, Result: results[i]}
	}
	data, err := reward.Encode(records)
	if err != nil {
		return err
	}
	m.Grader = d.Version(judge.means)
	m.Inputs, m.Outputs = map[string]artifact.Ref{inputDataset: in.Dataset, artifact.OutputResponses: in.Responses}, map[string]artifact.Ref{}
	m.Metrics = countMetrics(results)
	return a.putOutput(ctx, m, artifact.OutputVerdicts, data)
}

// TaughtShard is a shard of a teacher's responses, and the verdicts on it where it is judged.
type TaughtShard struct {
	Responses artifact.Ref `json:"responses"`
	Verdicts  artifact.Ref `json:"verdicts,omitzero"`
}

// KeepTaughtInput asks for the dataset that a stage keeps of a teacher's responses.
type KeepTaughtInput struct {
	Run        artifact.RunID    `json:"run"`
	Stage      string            `json:"stage"`
	Settings   recipe.Teach      `json:"settings"`
	Vocabulary artifact.Ref      `json:"vocabulary"`
	Dataset    artifact.Ref      `json:"dataset"`
	Shards     List[TaughtShard] `json:"shards"`
	// Before are the examples that the dataset has held so far, for a stage that adds to them.
	Before artifact.Ref `json:"before,omitzero"`
	// Tally has the responses to each problem counted; BeforeTallies are those of Before.
	Tally         bool         `json:"tally,omitempty"`
	BeforeTallies artifact.Ref `json:"before_tallies,omitzero"`
	// MaxExampleTokens is the longest example that the supervised stages take; 0 if none uses the dataset.
	MaxExampleTokens int `json:"max_example_tokens"`
}

// KeptTaught is the dataset, and what came into it of which responses.
type KeptTaught struct {
	Dataset Dataset       `json:"dataset"`
	Stats   teacher.Stats `json:"stats"`
	Recorded
}

// KeepTaught makes a dataset of examples of a teacher's responses, and leaves out what the
// recipe does not keep, what is longer than the supervised stages take, and what cannot be
// written as text that the vocabulary reads.
func (a *Activities) KeepTaught(ctx context.Context, in KeepTaughtInput) (KeptTaught, error) {
	t := task{artifact.Manifest{Kind: artifact.KindDataset, Run: in.Run, Stage: in.Stage, Name: in.Settings.Into}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error { return a.keepTaught(ctx, in, m) })
	if err != nil {
		return KeptTaught{}, classify(ctx, fmt.Sprintf("%s of %s", in.Settings.Into, in.Stage), err)
	}
	return KeptTaught{datasetOf(m), teacher.FromMetrics(m.Metrics), Recorded{m.Link}}, nil
}

func (a *Activities) keepTaught(ctx context.Context, in KeepTaughtInput, m *artifact.Manifest) error {
	v, err := a.vocabulary(ctx, in.Vocabulary)
	if err != nil {
		return err
	}
	problems, err := a.problems(ctx, in.Dataset)
	if err != nil {
		return err
	}
	m.Inputs, m.Outputs = map[string]artifact.Ref{inputDataset: in.Dataset}, map[string]artifact.Ref{}
	keeper := teacher.Rule{Settings: in.Settings, Stage: in.Stage, Fits: fits(ctx, v, in.MaxExampleTokens)}.Keeper()
	kept, served := a.datasetWriter(0), map[string]int{}
	if err := a.keepBefore(ctx, in.Before, keeper, kept); err != nil {
		return err
	}
	if !in.Before.IsZero() {
		m.Inputs[inputBefore] = in.Before
	}
	tallies := tallying{}
	shards, err := whole(ctx, a.Store, in.Shards)
	if err != nil {
		return err
	}
	for i, shard := range shards {
		judged, err := a.judgedTaught(ctx, shard)
		if err != nil {
			return err
		}
		for _, row := range judged {
			served[row.Model]++
			p, err := problems.At(ctx, row.Problem)
			if err != nil {
				return err
			}
			tallies.add(p, row)
			if e, ok := keeper.Keep(p, row); ok {
				if err := kept.examples.Add(ctx, e); err != nil {
					return err
				}
			}
		}
		m.Inputs[fmt.Sprintf("%s %d", artifact.OutputResponses, i)] = shard.Responses
		if !shard.Verdicts.IsZero() {
			m.Inputs[fmt.Sprintf("%s %d", artifact.OutputVerdicts, i)] = shard.Verdicts
		}
	}
	m.Metrics, m.Remarks = keeper.Stats.Metrics(), otherModels(in.Settings.Model, served)
	if err := kept.close(ctx, m); err != nil || !in.Tally {
		return err
	}
	return a.putTallies(ctx, in, tallies.all(), m)
}

// keepBefore keeps what a dataset has held so far.
func (a *Activities) keepBefore(ctx context.Context, before artifact.Ref, keeper *teacher.Keeper, kept datasetWriter) error {
	if before.IsZero() {
		return nil
	}
	examples, err := a.examples(ctx, before)
	if err != nil {
		return err
	}
	return examples.Each(ctx, func(_ int, e dataset.Example, line []byte) error {
		keeper.Has(e)
		return kept.examples.AddLine(ctx, line)
	})
}

// otherModels says of which models the responses are that are called otherwise than what was
// asked for; served counts the responses of each.
func otherModels(asked string, served map[string]int) (remarks []string) {
	total := 0
	for _, n := range served {
		total += n
	}
	for _, model := range slices.Sorted(maps.Keys(served)) {
		if model != asked {
			remarks = append(remarks, fmt.Sprintf("%d of %d responses are of a model that the endpoint calls %q; asked for was %q", served[model], total, model, asked))
		}
	}
	return remarks
}

// judgedTaught reads a shard.
func (a *Activities) judgedTaught(ctx context.Context, shard TaughtShard) ([]teacher.Judged, error) {
	rows, err := a.taught(ctx, shard.Responses)
	if err != nil {
		return nil, err
	}
	judged := make([]teacher.Judged, len(rows))
	for i, r := range rows {
		judged[i].Row = r
	}
	if shard.Verdicts.IsZero() {
		return judged, nil
	}
	records, err := a.verdicts(ctx, shard.Verdicts)
	if err == nil && len(records) != len(rows) {
		err = fmt.Errorf("%d verdicts on %d responses", len(records), len(rows))
	}
	if err != nil {
		return nil, err
	}
	for i, r := range records {
		judged[i].Verdict, judged[i].Answer = r.Verdict, r.Extracted
	}
	return judged, nil
}

// problemsTaught are the problems of responses.
func problemsTaught(rows []teacher.Row) []int {
	numbers := make([]int, len(rows))
	for i, r := range rows {
		numbers[i] = r.Problem
	}
	return numbers
}

// taught reads a stored shard of responses.
func (a *Activities) taught(ctx context.Context, ref artifact.Ref) ([]teacher.Row, error) {
	return stored(ctx, a, ref, teacher.DecodeRows)
}
