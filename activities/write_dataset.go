package activities

import (
	"context"

	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/dataset"
)

// datasetWriter stores a dataset as its rows come.
type datasetWriter struct {
	problems *rows.Writer[dataset.Problem]
	examples *rows.Writer[dataset.Example]
}

// datasetWriter is a writer of shards of at most some rows; 0 is as many as a shard may have.
func (a *Activities) datasetWriter(shardRows int) datasetWriter {
	limits := rows.Limits{Rows: shardRows}
	return datasetWriter{
		problems: rows.NewWriter(a.Store, rows.Problems, limits),
		examples: rows.NewWriter(a.Store, rows.Examples, limits),
	}
}

// close stores the rest, names the dataset among the manifest's outputs and counts it.
func (w datasetWriter) close(ctx context.Context, m *artifact.Manifest) error {
	problems, problemShards, err := w.problems.Close(ctx)
	if err != nil {
		return err
	}
	examples, exampleShards, err := w.examples.Close(ctx)
	if err != nil {
		return err
	}
	nameDataset(m, Dataset{
		Problems: problems, NumProblems: w.problems.Rows(), ProblemShards: problemShards,
		Examples: examples, NumExamples: w.examples.Rows(), ExampleShards: exampleShards,
	})
	return nil
}

// nameDataset names a dataset among a manifest's outputs, and counts it.
func nameDataset(m *artifact.Manifest, d Dataset) {
	m.Metrics[artifact.MetricRecords] = float64(d.NumProblems + d.NumExamples)
	m.Metrics[artifact.MetricNumProblems], m.Metrics[artifact.MetricNumExamples] = float64(d.NumProblems), float64(d.NumExamples)
	if !d.Problems.IsZero() {
		m.Outputs[artifact.OutputProblems] = d.Problems
	}
	if !d.Examples.IsZero() {
		m.Outputs[artifact.OutputExamples] = d.Examples
	}
	if d.ProblemShards > 1 {
		m.Metrics[artifact.MetricProblemShards] = float64(d.ProblemShards)
	}
	if d.ExampleShards > 1 {
		m.Metrics[artifact.MetricExampleShards] = float64(d.ExampleShards)
	}
}

// putDataset stores a dataset that memory holds, names it among the manifest's outputs and counts it.
func (a *Activities) putDataset(ctx context.Context, m *artifact.Manifest, problems []dataset.Problem, examples []dataset.Example) error {
	w := a.datasetWriter(0)
	for _, p := range problems {
		if err := w.problems.Add(ctx, p); err != nil {
			return err
		}
	}
	for _, e := range examples {
		if err := w.examples.Add(ctx, e); err != nil {
			return err
		}
	}
	return w.close(ctx, m)
}
