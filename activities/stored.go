package activities

import (
	"context"

	"temper/model/artifact"
)

// stored reads a document of the store, such as a dataset or a shard of rollouts.
func stored[T any](ctx context.Context, a *Activities, ref artifact.Ref, decode func([]byte) (T, error)) (T, error) {
	return decoded(ctx, a.Store, ref, decode)
}

// decoded is stored without the other ports.
func decoded[T any](ctx context.Context, store Blobs, ref artifact.Ref, decode func([]byte) (T, error)) (T, error) {
	data, err := store.Get(ctx, ref)
	if err != nil {
		var none T
		return none, err
	}
	return decode(data)
}
