package activities

import (
	"context"

	"temper/model/artifact"
)

// stored reads a document of the store, such as a dataset or a shard of rollouts.
func stored[T any](ctx context.Context, a *Activities, ref artifact.Ref, decode func([]byte) (T, error)) (T, error) {
	data, err := a.Store.Get(ctx, ref)
	if err != nil {
		var none T
		return none, err
	}
	return decode(data)
}
