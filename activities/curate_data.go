package activities

import (
	"context"
	"fmt"
	"slices"

	"temper/model/artifact"
	"temper/model/curation"
	"temper/model/recipe"
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
	Shards List[ScoredShard] `json:"shards,omitzero"`
	// Tallies are of the teacher's responses that the rule asks about.
	Tallies artifact.Ref `json:"tallies,omitzero"`
	// Tried are the verdicts on programs that the rule tries, by shard: see TryPrograms.
	Tried List[artifact.Ref] `json:"tried,omitzero"`
	// Parts are what the rule has left of each part of a dataset in shards: see CurateShard.
	Parts List[CuratedShard] `json:"parts,omitzero"`
}

// Curated is what is left, and the counts.
type Curated struct {
	Dataset Dataset         `json:"dataset"`
	Passed  curation.Passed `json:"passed"`
	Recorded
}

// CurateData leaves rows out of a dataset by one rule. Which rows, why, and what was found
// is an output of its record. Memory holds the dataset; one in shards is curated by CurateShard,
// and put together here.
func (a *Activities) CurateData(ctx context.Context, in CurateDataInput) (Curated, error) {
	t := task{artifact.Manifest{Kind: artifact.KindCuration, Run: in.Run, Stage: in.Stage, Name: in.Into, Step: in.Number}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error { return a.curateData(ctx, in, m) })
	if err != nil {
		return Curated{}, classify(ctx, fmt.Sprintf("%s: %s of %s", in.Stage, in.Rule.Name(), in.Into), err)
	}
	return Curated{datasetOf(m), curation.FromMetrics(in.Rule.Name(), m.Metrics), Recorded{m.Link}}, nil
}

func (a *Activities) curateData(ctx context.Context, in CurateDataInput, m *artifact.Manifest) error {
	m.Inputs = map[string]artifact.Ref{}
	addDataset(m.Inputs, "", in.Dataset)
	if !in.Parts.IsZero() {
		return a.joinShards(ctx, in, m)
	}
	rows, err := a.curationRows(ctx, in, in.Dataset)
	if err != nil {
		return err
	}
	given, err := a.given(ctx, in, &rows, m)
	if err != nil {
		return err
	}
	fromProblems, err := a.apply(ctx, in, rows.ofProblems, given)
	if err != nil {
		return err
	}
	fromExamples, err := a.apply(ctx, in, rows.ofExamples, given)
	if err != nil {
		return err
	}
	passed, err := in.passed(curation.Count(in.Rule.Name(), rows.len(), slices.Concat(fromProblems, fromExamples)))
	if err != nil {
		return err
	}
	m.Metrics = passed.Metrics()
	return a.putCurated(ctx, in, rows, fromProblems, fromExamples, given, m)
}

// passed refuses a rule that has left nothing.
func (in CurateDataInput) passed(passed curation.Passed) (curation.Passed, error) {
	if passed.Out == 0 {
		return passed, UserErrorf("stages.%s: nothing is left of %s: rule %d, %s", in.Stage, in.Into, in.Number, passed)
	}
	return passed, nil
}

// given is what the rule works with beside rows, and names it among the manifest's inputs. What
// the rule has asked about the rows themselves is added to them.
func (a *Activities) given(ctx context.Context, in CurateDataInput, rows *datasetRows, m *artifact.Manifest) (curation.Given, error) {
	given := curation.Given{Seed: in.Seed, Others: map[string][]curation.Row{}}
	for name, other := range in.Others {
		addDataset(m.Inputs, name+" ", other)
		if curation.Compares(in.Rule) { // apply reads them as it needs them
			continue
		}
		err := a.eachRow(ctx, in, other, func(row curation.Row) error {
			row.Response = ""
			given.Others[name] = append(given.Others[name], row)
			return nil
		})
		if err != nil {
			return given, err
		}
	}
	if err := a.addTallies(ctx, in, &given, m); err != nil {
		return given, err
	}
	if err := a.countVerdicts(ctx, in, rows); err != nil {
		return given, err
	}
	if err := a.addTried(ctx, in, rows); err != nil {
		return given, err
	}
	shards, err := whole(ctx, a.Store, in.Shards)
	addShards(m.Inputs, "", shards)
	return given, err
}

// apply gives the rows that the rule leaves out.
func (a *Activities) apply(ctx context.Context, in CurateDataInput, rows []curation.Row, given curation.Given) ([]curation.Drop, error) {
	comparison := curation.NewComparison(in.Rule, in.Seed)
	if comparison == nil {
		drops, err := curation.Apply(in.Rule, rows, given)
		if err != nil {
			return nil, UserErrorf("%s: %v", in.Stage, err)
		}
		return drops, nil
	}
	for _, name := range in.Rule.Others() {
		err := a.eachRow(ctx, in, in.Others[name], func(row curation.Row) error {
			comparison.Other(name, comparison.Sketch(row))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return curation.Compare(comparison, rows), nil
}

// putCurated stores what is left and what is left out.
func (a *Activities) putCurated(ctx context.Context, in CurateDataInput, rows datasetRows, fromProblems, fromExamples []curation.Drop, given curation.Given, m *artifact.Manifest) error {
	for i, p := range rows.problems {
		if level := curation.LevelOf(in.Rule, p.Question, given); level != nil {
			rows.problems[i].Level = level
		}
	}
	m.Outputs = map[string]artifact.Ref{}
	err := a.putDataset(ctx, m, curation.Without(rows.problems, fromProblems), curation.Without(rows.examples, fromExamples))
	if err != nil {
		return err
	}
	lines, err := encodeDrops(slices.Concat(fromProblems, fromExamples), rows.first)
	if err != nil {
		return err
	}
	return a.putOutput(ctx, m, artifact.OutputLeftOut, lines)
}

// addDataset names a dataset among a manifest's inputs.
func addDataset(inputs map[string]artifact.Ref, prefix string, d Dataset) {
	for name, ref := range map[string]artifact.Ref{artifact.OutputProblems: d.Problems, artifact.OutputExamples: d.Examples} {
		if !ref.IsZero() {
			inputs[prefix+name] = ref
		}
	}
}
