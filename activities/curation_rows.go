package activities

import (
	"context"
	"encoding/json"
	"fmt"

	"temper/activities/liveness"
	"temper/activities/rows"
	"temper/model/curation"
	"temper/model/dataset"
	"temper/model/reward"
)

// ShardRange is some of the blobs that hold a dataset's problems, or its examples.
type ShardRange struct {
	Examples bool `json:"examples,omitempty"`
	First    int  `json:"first"`
	Count    int  `json:"count"`
}

// datasetRows are rows of a stored dataset and how rules see them.
type datasetRows struct {
	problems               []dataset.Problem
	examples               []dataset.Example
	ofProblems, ofExamples []curation.Row
	// first is the number of the first of them in the dataset.
	first int
}

func (r datasetRows) len() int { return len(r.problems) + len(r.examples) }

// curationRows reads a dataset.
func (a *Activities) curationRows(ctx context.Context, in CurateDataInput, d Dataset) (datasetRows, error) {
	problems, err := a.rangeRows(ctx, in, d, d.all(false))
	if err != nil {
		return datasetRows{}, err
	}
	examples, err := a.rangeRows(ctx, in, d, d.all(true))
	problems.examples, problems.ofExamples = examples.examples, examples.ofExamples
	return problems, err
}

// all are the blobs of a dataset's problems, or of its examples.
func (d Dataset) all(examples bool) ShardRange {
	r := ShardRange{Examples: examples, Count: max(1, d.ProblemShards)}
	ref := d.Problems
	if examples {
		r.Count, ref = max(1, d.ExampleShards), d.Examples
	}
	if ref.IsZero() {
		r.Count = 0
	}
	return r
}

// eachRow gives the rows of a dataset as rules see them, its problems and then its examples.
// Memory holds a blob of them.
func (a *Activities) eachRow(ctx context.Context, in CurateDataInput, d Dataset, with func(curation.Row) error) error {
	for _, examples := range []bool{false, true} {
		all := d.all(examples)
		for shard := range all.Count {
			part, err := a.rangeRows(ctx, in, d, ShardRange{Examples: examples, First: shard, Count: 1})
			if err != nil {
				return err
			}
			for _, row := range append(part.ofProblems, part.ofExamples...) {
				if err := with(row); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// rangeRows reads some blobs of a dataset.
func (a *Activities) rangeRows(ctx context.Context, in CurateDataInput, d Dataset, r ShardRange) (read datasetRows, err error) {
	switch {
	case r.Count == 0:
		return read, nil
	case !r.Examples:
		table, err := a.problems(ctx, d.Problems)
		if err != nil {
			return read, err
		}
		if read.problems, read.first, err = rowsIn(ctx, table, r); err != nil {
			return read, err
		}
		for _, p := range read.problems {
			read.ofProblems = append(read.ofProblems, curation.Row{
				ID: p.ID, Domain: p.Domain, Question: p.Question, Answer: p.Answer, Released: p.Released, URL: p.URL, Level: p.Level,
			})
		}
		return read, nil
	}
	table, err := a.examples(ctx, d.Examples)
	if err != nil {
		return read, err
	}
	if read.examples, read.first, err = rowsIn(ctx, table, r); err != nil {
		return read, err
	}
	for _, e := range read.examples {
		read.ofExamples = append(read.ofExamples, curation.Row{ID: e.ID, Question: e.Question, Response: e.Response})
	}
	return read, a.countTokens(ctx, in, read)
}

// rowsIn are the rows of some of a table's blobs, and the number of the first.
func rowsIn[T any](ctx context.Context, table *rows.Table[T], r ShardRange) (all []T, first int, err error) {
	if r.First < 0 || r.First+r.Count > len(table.Shards()) {
		return nil, 0, fmt.Errorf("shards %d to %d are not in a dataset of %d", r.First, r.First+r.Count-1, len(table.Shards()))
	}
	for shard := r.First; shard < r.First+r.Count; shard++ {
		err := table.EachOf(ctx, shard, func(number int, row T, _ []byte) error {
			if len(all) == 0 {
				first = number
			}
			all = append(all, row)
			return nil
		})
		if err != nil {
			return nil, 0, err
		}
	}
	return all, first, nil
}

// countTokens counts responses in tokens where the rule asks for their length.
func (a *Activities) countTokens(ctx context.Context, in CurateDataInput, read datasetRows) error {
	if in.Rule.Length == nil {
		return nil
	}
	v, err := a.vocabulary(ctx, in.Vocabulary)
	if err != nil {
		return err
	}
	for i, e := range read.examples {
		liveness.Done(ctx)
		ids, err := v.tok.Encode(e.Response)
		if err != nil {
			return UserErrorf("%s: example %s: %v", in.Stage, e.ID, err)
		}
		read.ofExamples[i].Tokens = len(ids)
	}
	return nil
}

// countVerdicts counts the verdicts on each problem's responses.
func (a *Activities) countVerdicts(ctx context.Context, in CurateDataInput, read *datasetRows) error {
	shards, err := whole(ctx, a.Store, in.Shards)
	if err != nil {
		return err
	}
	return a.eachVerdict(ctx, shards, func(problem int, verdict reward.Verdict) error {
		row, err := read.problem(in, problem)
		if err == nil && row != nil {
			countVerdict(row, verdict)
		}
		return err
	})
}

// eachVerdict gives the verdicts on rollouts with the numbers of their problems, shard by shard. The rollouts, which are
// a thousand times as long, are not read.
func (a *Activities) eachVerdict(ctx context.Context, shards []ScoredShard, with func(problem int, verdict reward.Verdict) error) error {
	for _, shard := range shards {
		records, err := a.verdicts(ctx, shard.Verdicts)
		if err != nil {
			return err
		}
		for _, r := range records {
			if err := with(r.Problem, r.Verdict); err != nil {
				return err
			}
		}
	}
	return nil
}

// countVerdict counts a verdict on a problem's response.
func countVerdict(row *curation.Row, verdict reward.Verdict) {
	row.Judged++
	switch verdict {
	case reward.Correct:
		row.Correct++
	case reward.Ungradable:
		row.Ungradable++
	}
}

// problem is the row of a problem by its number in the dataset; nil for one of another part.
func (r *datasetRows) problem(in CurateDataInput, number int) (*curation.Row, error) {
	if number < 0 || number >= in.Dataset.NumProblems {
		return nil, fmt.Errorf("%s: a verdict is on problem %d of %d", in.Stage, number, in.Dataset.NumProblems)
	}
	if i := number - r.first; i >= 0 && i < len(r.ofProblems) {
		return &r.ofProblems[i], nil
	}
	return nil, nil
}

// encodeDrops writes one JSON object per line, with the numbers of the rows in a dataset of which
// the first is given.
func encodeDrops(drops []curation.Drop, first int) (lines []byte, err error) {
	for _, d := range drops {
		d.Row += first
		line, err := json.Marshal(d)
		if err != nil {
			return nil, fmt.Errorf("encode what is left out: %w", err)
		}
		lines = append(append(lines, line...), '\n')
	}
	return lines, nil
}
