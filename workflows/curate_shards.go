package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/curation"
)

// mostParts is into how many parts the problems, or the examples, of a dataset in shards are
// cut at most: a rule takes a few activities for each.
const mostParts = 256

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
	var all []activities.CuratedShard
	for _, examples := range []bool{false, true} {
		parts := partsOf(of.Dataset, examples)
		var compared artifact.Ref
		if compares && len(parts) > 0 {
			if compared, err = compareParts(ctx, whole, examples, parts); err != nil {
				return left, err
			}
		}
		done, err := inTurn(ctx, len(parts), func(ctx workflow.Context, i int) (activities.CuratedShard, error) {
			in := activities.CurateShardInput{CurateDataInput: of, Part: i, Range: parts[i], Compared: compared}
			left, err := get[activities.CuratedPart](ctx, workflow.ExecuteActivity(onControl(ctx, partSummary(of, "", i, len(parts))), acts.CurateShard, in))
			return left.CuratedShard, err
		})
		if err != nil {
			return left, err
		}
		all = append(all, done...)
	}
	if whole.Parts, err = listed(ctx, all, 1); err != nil {
		return left, err
	}
	return get[activities.Curated](ctx, workflow.ExecuteActivity(onControl(ctx, of.Stage+": "+of.Rule.Name()), acts.CurateData, whole))
}

// compareParts has all rows sketched and compared.
func compareParts(ctx workflow.Context, of activities.CurateDataInput, examples bool, parts []activities.ShardRange) (compared artifact.Ref, err error) {
	next := 0
	sketched := func(d activities.Dataset, parts []activities.ShardRange) (list activities.List[artifact.Ref], err error) {
		before := next
		next += len(parts)
		refs, err := inTurn(ctx, len(parts), func(ctx workflow.Context, i int) (artifact.Ref, error) {
			sketches, err := get[activities.RecordedRef](ctx, workflow.ExecuteActivity(onControl(ctx, partSummary(of, "sketches for ", i, len(parts))), acts.SketchShard, activities.SketchShardInput{
				Run: of.Run, Stage: of.Stage, Into: of.Into, Number: of.Number, Rule: of.Rule, Part: before + i, Seed: of.Seed, Vocabulary: of.Vocabulary,
				Dataset: d, Range: parts[i],
			}))
			return sketches.Ref, err
		})
		if err != nil {
			return list, err
		}
		return listed(ctx, refs, 1+len(of.Rule.Others()))
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
			in.Others = map[string]activities.List[artifact.Ref]{}
		}
		in.Others[name] = refs
	}
	rows, err := get[activities.RecordedRef](ctx, workflow.ExecuteActivity(onControl(ctx, of.Stage+": compare rows for "+of.Rule.Name()), acts.CompareRows, in))
	return rows.Ref, err
}

func partSummary(of activities.CurateDataInput, what string, part, parts int) string {
	return fmt.Sprintf("%s: %s%s, part %d of %d", of.Stage, what, of.Rule.Name(), part+1, parts)
}
