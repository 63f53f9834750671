package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"temper/activities/liveness"
	"temper/model/artifact"
	"temper/model/curation"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
)

// CurateDataInput asks for what one rule of a stage leaves of a dataset.
type CurateDataInput struct {
	Run   artifact.RunID `json:"run"`
	Stage string         `json:"stage"`
	// Into is the curated dataset's name. Number counts the stage's rules from 1.
	Into       string       `json:"into"`
	Number     int          `json:"number"`
	Rule       recipe.Rule  `json:"rule"`
	Seed       uint64       `json:"seed"`
	Vocabulary artifact.Ref `json:"vocabulary"`
	Dataset    Dataset      `json:"dataset"`
	// Others are the other datasets that the rule reads.
	Others map[string]Dataset `json:"others,omitempty"`
	// Shards are judged responses to the dataset's problems, for a rule that asks for them.
	Shards []ScoredShard `json:"shards,omitempty"`
	// Tallies are of the teacher's responses that the rule asks about.
	Tallies artifact.Ref `json:"tallies,omitzero"`
	// Tried are the verdicts on programs that the rule tries, by shard: see TryPrograms.
	Tried []artifact.Ref `json:"tried,omitempty"`
}

// Curated is what is left, and the counts.
type Curated struct {
	Dataset Dataset         `json:"dataset"`
	Passed  curation.Passed `json:"passed"`
}

// CurateData leaves rows out of a dataset by one rule. Which rows, why, and what was found
// is an output of its record.
func (a *Activities) CurateData(ctx context.Context, in CurateDataInput) (Curated, error) {
	t := task{artifact.Manifest{Kind: artifact.KindCuration, Run: in.Run, Stage: in.Stage, Name: in.Into, Step: in.Number}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error { return a.curateData(ctx, in, m) })
	if err != nil {
		return Curated{}, classify(ctx, fmt.Sprintf("%s: %s of %s", in.Stage, in.Rule.Name(), in.Into), err)
	}
	return Curated{datasetOf(m), curation.FromMetrics(in.Rule.Name(), m.Metrics)}, nil
}

func (a *Activities) curateData(ctx context.Context, in CurateDataInput, m *artifact.Manifest) error {
	given := curation.Given{Seed: in.Seed, Others: map[string][]curation.Row{}}
	m.Inputs = map[string]artifact.Ref{}
	for name, other := range in.Others {
		rows, err := a.curationRows(ctx, in, other)
		if err != nil {
			return err
		}
		given.Others[name] = slices.Concat(rows.ofProblems, rows.ofExamples)
		addDataset(m.Inputs, name+" ", other)
	}
	if err := a.addTallies(ctx, in, &given, m); err != nil {
		return err
	}
	rows, err := a.curationRows(ctx, in, in.Dataset)
	if err != nil {
		return err
	}
	addDataset(m.Inputs, "", in.Dataset)
	if err := a.countVerdicts(ctx, in, rows.ofProblems); err != nil {
		return err
	}
	if err := a.addTried(ctx, in, rows.ofProblems, rows.problems); err != nil {
		return err
	}
	addShards(m.Inputs, "", in.Shards)
	fromProblems, err := curation.Apply(in.Rule, rows.ofProblems, given)
	if err != nil {
		return UserErrorf("%s: %v", in.Stage, err)
	}
	fromExamples, err := curation.Apply(in.Rule, rows.ofExamples, given)
	if err != nil {
		return UserErrorf("%s: %v", in.Stage, err)
	}
	drops := slices.Concat(fromProblems, fromExamples)
	passed := curation.Count(in.Rule.Name(), len(rows.ofProblems)+len(rows.ofExamples), drops)
	if passed.Out == 0 {
		return UserErrorf("stages.%s: nothing is left of %s: rule %d, %s", in.Stage, in.Into, in.Number, passed)
	}
	for i, p := range rows.problems {
		if level := curation.LevelOf(in.Rule, p.Question, given); level != nil {
			rows.problems[i].Level = level
		}
	}
	m.Metrics = passed.Metrics()
	return a.putCurated(ctx, m, curation.Without(rows.problems, fromProblems), curation.Without(rows.examples, fromExamples), drops)
}

// putCurated stores what is left and what is left out.
func (a *Activities) putCurated(ctx context.Context, m *artifact.Manifest, problems []dataset.Problem, examples []dataset.Example, drops []curation.Drop) error {
	m.Outputs = map[string]artifact.Ref{}
	if err := a.putDataset(ctx, m, problems, examples); err != nil {
		return err
	}
	var lines []byte
	for _, d := range drops {
		line, err := json.Marshal(d)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	return a.putOutput(ctx, m, artifact.OutputLeftOut, lines)
}

// datasetRows are a stored dataset and how rules see it.
type datasetRows struct {
	problems               []dataset.Problem
	examples               []dataset.Example
	ofProblems, ofExamples []curation.Row
}

// curationRows reads a dataset. Responses are counted in tokens where the rule asks for their length.
func (a *Activities) curationRows(ctx context.Context, in CurateDataInput, d Dataset) (rows datasetRows, err error) {
	if !d.Problems.IsZero() {
		table, err := a.problems(ctx, d.Problems)
		if err != nil {
			return rows, err
		}
		if rows.problems, err = table.All(ctx); err != nil {
			return rows, err
		}
	}
	if !d.Examples.IsZero() {
		table, err := a.examples(ctx, d.Examples)
		if err != nil {
			return rows, err
		}
		if rows.examples, err = table.All(ctx); err != nil {
			return rows, err
		}
	}
	for _, p := range rows.problems {
		rows.ofProblems = append(rows.ofProblems, curation.Row{ID: p.ID, Domain: p.Domain, Question: p.Question, Answer: p.Answer, Released: p.Released, URL: p.URL, Level: p.Level})
	}
	for _, e := range rows.examples {
		rows.ofExamples = append(rows.ofExamples, curation.Row{ID: e.ID, Question: e.Question, Response: e.Response})
	}
	if in.Rule.Length == nil {
		return rows, nil
	}
	v, err := a.vocabulary(ctx, in.Vocabulary)
	if err != nil {
		return rows, err
	}
	for i, e := range rows.examples {
		liveness.Done(ctx)
		ids, err := v.tok.Encode(e.Response)
		if err != nil {
			return rows, UserErrorf("%s: example %s: %v", in.Stage, e.ID, err)
		}
		rows.ofExamples[i].Tokens = len(ids)
	}
	return rows, nil
}

// countVerdicts counts the verdicts on each problem's responses.
func (a *Activities) countVerdicts(ctx context.Context, in CurateDataInput, problems []curation.Row) error {
	judged, err := a.judged(ctx, artifact.Ref{}, in.Shards)
	if err != nil {
		return err
	}
	for i, r := range judged.rollouts {
		if r.Problem < 0 || r.Problem >= len(problems) {
			return fmt.Errorf("%s: a rollout is of problem %d of %d", in.Stage, r.Problem, len(problems))
		}
		row := &problems[r.Problem]
		row.Judged++
		switch judged.verdicts[i].Verdict {
		case reward.Correct:
			row.Correct++
		case reward.Ungradable:
			row.Ungradable++
		}
	}
	return nil
}

// addDataset names a dataset among a manifest's inputs.
func addDataset(inputs map[string]artifact.Ref, prefix string, d Dataset) {
	for name, ref := range map[string]artifact.Ref{artifact.OutputProblems: d.Problems, artifact.OutputExamples: d.Examples} {
		if !ref.IsZero() {
			inputs[prefix+name] = ref
		}
	}
}
