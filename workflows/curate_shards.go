package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/curation"
)

const (
	// mostParts is into how many parts the problems, or the examples, of a dataset in shards are
	// cut at most: a rule takes a few activities for each.
	mostParts = 256
	// partsAtOnce is how many of them are under way: each takes the memory of a few shards.
	partsAtOnce = 4
)

// partsOf cuts a dataset that is in shards into parts of whole shards.
func partsOf(d activities.Dataset, examples bool) (parts []activities.ShardRange) {
	ref, shards := d.Problems, max(1, d.ProblemShards)
	if examples {
		ref, shards = d.Examples, max(1, d.ExampleShards)
	}
	if ref.IsZero() {
		return nil
	}
	each := (shards + mostParts - 1) / mostParts
	for first := 0; first < shards; first += each {
		parts = append(parts, activities.ShardRange{Examples: examples, First: first, Count: min(each, shards-first)})
	}
	return parts
}

// curateShards applies a rule to a dataset in shards part by part. Only refs and counts of them
// pass through here.
func curateShards(ctx workflow.Context, of activities.CurateDataInput) (left activities.Curated, err error) {
	whole := of
	compares := curation.Compares(of.Rule)
	if compares {
		of.Others = nil // their sketches are read in its place
	}
	for _, examples := range []bool{false, true} {
		parts := partsOf(of.Dataset, examples)
		var compared artifact.Ref
		if compares && len(parts) > 0 {
			if compared, err = compareParts(ctx, whole, examples, parts); err != nil {
				return left, err
			}
		}
		done := make([]activities.CuratedShard, len(parts))
		err := inTurn(ctx, len(parts), func(ctx workflow.Context, i int) workflow.Future {
			in := activities.CurateShardInput{CurateDataInput: of, Part: i, Range: parts[i], Compared: compared}
			return workflow.ExecuteActivity(onControl(ctx, partSummary(of, "", i, len(parts))), acts.CurateShard, in)
		}, func(i int, f workflow.Future) error { return f.Get(ctx, &done[i]) })
		if err != nil {
			return left, err
		}
		whole.Parts = append(whole.Parts, done...)
	}
	err = workflow.ExecuteActivity(onControl(ctx, of.Stage+": "+of.Rule.Name()), acts.CurateData, whole).Get(ctx, &left)
	return left, err
}

// compareParts has all rows sketched and compared.
func compareParts(ctx workflow.Context, of activities.CurateDataInput, examples bool, parts []activities.ShardRange) (compared artifact.Ref, err error) {
	next := 0
	sketched := func(d activities.Dataset, parts []activities.ShardRange) ([]artifact.Ref, error) {
		refs, before := make([]artifact.Ref, len(parts)), next
		next += len(parts)
		err := inTurn(ctx, len(parts), func(ctx workflow.Context, i int) workflow.Future {
			return workflow.ExecuteActivity(onControl(ctx, partSummary(of, "sketches for ", i, len(parts))), acts.SketchShard, activities.SketchShardInput{
				Run: of.Run, Stage: of.Stage, Into: of.Into, Number: of.Number, Rule: of.Rule, Part: before + i, Seed: of.Seed, Vocabulary: of.Vocabulary,
				Dataset: d, Range: parts[i],
			})
		}, func(i int, f workflow.Future) error { return f.Get(ctx, &refs[i]) })
		return refs, err
	}
	in := activities.CompareRowsInput{Run: of.Run, Stage: of.Stage, Into: of.Into, Number: of.Number, Rule: of.Rule, Seed: of.Seed, Examples: examples}
	if in.Own, err = sketched(of.Dataset, parts); err != nil {
		return compared, err
	}
	for _, name := range of.Rule.Others() {
		d := of.Others[name]
		refs, err := sketched(d, append(partsOf(d, false), partsOf(d, true)...))
		if err != nil {
			return compared, err
		}
		if in.Others == nil {
			in.Others = map[string][]artifact.Ref{}
		}
		in.Others[name] = refs
	}
	err = workflow.ExecuteActivity(onControl(ctx, of.Stage+": compare rows for "+of.Rule.Name()), acts.CompareRows, in).Get(ctx, &compared)
	return compared, err
}

// inTurn does a number of activities, a few at a time, and takes their results in order.
func inTurn(ctx workflow.Context, n int, start func(workflow.Context, int) workflow.Future, take func(int, workflow.Future) error) error {
	futures := make([]workflow.Future, n)
	for i := range n + partsAtOnce {
		if at := i - partsAtOnce; at >= 0 && at < n {
			if err := take(at, futures[at]); err != nil {
				return err
			}
		}
		if i < n {
			futures[i] = start(ctx, i)
		}
	}
	return nil
}

func partSummary(of activities.CurateDataInput, what string, part, parts int) string {
	return fmt.Sprintf("%s: %s%s, part %d of %d", of.Stage, what, of.Rule.Name(), part+1, parts)
}
