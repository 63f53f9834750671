package activities

import (
	"context"

	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/rollout"
)

// stored reads a document of the store, such as a dataset or a shard of rollouts.
func stored[T any](ctx context.Context, a *Activities, ref artifact.Ref, decode func([]byte) (T, error)) (T, error) {
	return decoded(ctx, a.Store, ref, decode)
}

// decoded is stored without the other ports.
func decoded[T any](ctx context.Context, store rows.Blobs, ref artifact.Ref, decode func([]byte) (T, error)) (T, error) {
	data, err := store.Get(ctx, ref)
	if err != nil {
		var none T
		return none, err
	}
	return decode(data)
}

// problems opens a stored dataset of problems.
func (a *Activities) problems(ctx context.Context, ref artifact.Ref) (*rows.Table[dataset.Problem], error) {
	return rows.Open(ctx, a.Store, &a.shelf, rows.Problems, ref)
}

// problemsAt reads some of a stored dataset's problems.
func (a *Activities) problemsAt(ctx context.Context, ref artifact.Ref, numbers []int) (map[int]dataset.Problem, error) {
	table, err := a.problems(ctx, ref)
	if err != nil {
		return nil, err
	}
	return table.Pick(ctx, numbers)
}

// examples opens a stored dataset of examples.
func (a *Activities) examples(ctx context.Context, ref artifact.Ref) (*rows.Table[dataset.Example], error) {
	return rows.Open(ctx, a.Store, &a.shelf, rows.Examples, ref)
}

// allExamples reads a stored dataset of examples that a stage has collected, which fits into memory.
func (a *Activities) allExamples(ctx context.Context, ref artifact.Ref) ([]dataset.Example, error) {
	table, err := a.examples(ctx, ref)
	if err != nil {
		return nil, err
	}
	return table.All(ctx)
}

// problemsOf are the problems of rollouts.
func problemsOf(rollouts []rollout.Rollout) []int {
	numbers := make([]int, len(rollouts))
	for i, r := range rollouts {
		numbers[i] = r.Problem
	}
	return numbers
}
