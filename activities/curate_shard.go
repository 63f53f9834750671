package activities

import (
	"context"
	"fmt"

	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/curation"
	"temper/model/dataset"
)

// A dataset in shards is curated a range of them at a time: CurateShard leaves rows out of one,
// and CurateData puts together what is left. Where the rule compares rows with each other or with
// other datasets, SketchShard has sketched all of them before, and CompareRows has compared them.

// CurateShardInput asks for what a rule leaves of one part of a dataset.
type CurateShardInput struct {
	CurateDataInput
	// Part counts the parts from 0, and Range is which shards it has.
	Part  int        `json:"part"`
	Range ShardRange `json:"range"`
	// Compared is what CompareRows has found, for a rule that compares rows.
	Compared artifact.Ref `json:"compared,omitzero"`
}

// CuratedShard is what is left of a part, and the counts.
type CuratedShard struct {
	Dataset Dataset         `json:"dataset"`
	LeftOut artifact.Ref    `json:"left_out,omitzero"`
	Passed  curation.Passed `json:"passed"`
}

// CuratedPart is a curated shard with its record, which is no part of what later work is given.
type CuratedPart struct {
	CuratedShard
	Recorded
}

// CurateShard leaves rows out of one part of a dataset by one rule.
func (a *Activities) CurateShard(ctx context.Context, in CurateShardInput) (CuratedPart, error) {
	m, err := a.once(ctx, in.task(in.Part, in), func(ctx context.Context, m *artifact.Manifest) error { return a.curateShard(ctx, in, m) })
	if err != nil {
		return CuratedPart{}, classify(ctx, fmt.Sprintf("%s: %s of %s, part %d", in.Stage, in.Rule.Name(), in.Into, in.Part+1), err)
	}
	return CuratedPart{CuratedShard{datasetOf(m), m.Outputs[artifact.OutputLeftOut], curation.FromMetrics(in.Rule.Name(), m.Metrics)}, Recorded{m.Link}}, nil
}

// task is a part of a rule's work.
func (in CurateDataInput) task(part int, input any) task {
	return task{artifact.Manifest{Kind: artifact.KindCurationPart, Run: in.Run, Stage: in.Stage, Name: in.Into, Step: in.Number, Shard: part}, input}
}

func (a *Activities) curateShard(ctx context.Context, in CurateShardInput, m *artifact.Manifest) error {
	m.Inputs = map[string]artifact.Ref{}
	addDataset(m.Inputs, "", in.Dataset)
	part, err := a.rangeRows(ctx, in.CurateDataInput, in.Dataset, in.Range)
	if err != nil {
		return err
	}
	given, err := a.given(ctx, in.CurateDataInput, &part, m)
	if err != nil {
		return err
	}
	var drops []curation.Drop
	if in.Compared.IsZero() {
		drops, err = a.apply(ctx, in.CurateDataInput, append(part.ofProblems, part.ofExamples...), given)
	} else {
		m.Inputs[outputCompared] = in.Compared
		drops, err = a.compared(ctx, in, part.first)
	}
	if err != nil {
		return err
	}
	m.Metrics = curation.Count(in.Rule.Name(), part.len(), drops).Metrics()
	fromProblems, fromExamples := drops, []curation.Drop(nil)
	if in.Range.Examples {
		fromProblems, fromExamples = nil, drops
	}
	return a.putCurated(ctx, in.CurateDataInput, part, fromProblems, fromExamples, given, m)
}

// joinShards puts together what is left of the parts of a dataset.
func (a *Activities) joinShards(ctx context.Context, in CurateDataInput, m *artifact.Manifest) error {
	sum := curation.Passed{Rule: in.Rule.Name()}
	var problems, examples, leftOut []dataset.Shard
	var d Dataset
	parts, err := whole(ctx, a.Store, in.Parts)
	if err != nil {
		return err
	}
	for _, part := range parts {
		sum = sum.Plus(part.Passed)
		d.NumProblems, d.NumExamples = d.NumProblems+part.Dataset.NumProblems, d.NumExamples+part.Dataset.NumExamples
		if !part.Dataset.Problems.IsZero() {
			table, err := a.problems(ctx, part.Dataset.Problems)
			if err != nil {
				return err
			}
			problems = append(problems, table.Shards()...)
		}
		if !part.Dataset.Examples.IsZero() {
			table, err := a.examples(ctx, part.Dataset.Examples)
			if err != nil {
				return err
			}
			examples = append(examples, table.Shards()...)
		}
		if !part.LeftOut.IsZero() {
			leftOut = append(leftOut, dataset.Shard{Blob: part.LeftOut, Rows: part.Passed.In - part.Passed.Out})
		}
	}
	passed, err := in.passed(sum)
	if err != nil {
		return err
	}
	m.Metrics, m.Outputs = passed.Metrics(), map[string]artifact.Ref{}
	if d.Problems, d.ProblemShards, err = rows.Merge(ctx, a.Store, problems); err != nil {
		return err
	}
	if d.Examples, d.ExampleShards, err = rows.Merge(ctx, a.Store, examples); err != nil {
		return err
	}
	nameDataset(m, d)
	left, _, err := rows.Merge(ctx, a.Store, leftOut)
	if !left.IsZero() {
		m.Outputs[artifact.OutputLeftOut] = left
	}
	return err
}
