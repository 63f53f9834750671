package rows

import (
	"context"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/dataset"
)

// Merge is Join, but neighbouring shards that fit into one shard become one: what a rule leaves
// of many shards may be little of each.
func Merge(ctx context.Context, store objectstore.Store, shards []dataset.Shard) (artifact.Ref, int, error) {
	var merged, group []dataset.Shard
	size, rows := int64(0), 0
	for _, shard := range shards {
		if full := size+shard.Blob.Size > dataset.ShardBytes || rows+shard.Rows > dataset.ShardRows; full && len(group) > 0 {
			one, err := asOne(ctx, store, group)
			if err != nil {
				return artifact.Ref{}, 0, err
			}
			merged, group, size, rows = append(merged, one), nil, 0, 0
		}
		group, size, rows = append(group, shard), size+shard.Blob.Size, rows+shard.Rows
	}
	if len(group) > 0 {
		one, err := asOne(ctx, store, group)
		if err != nil {
			return artifact.Ref{}, 0, err
		}
		merged = append(merged, one)
	}
	return Join(ctx, store, merged)
}

// asOne stores shards as one.
func asOne(ctx context.Context, store objectstore.Store, shards []dataset.Shard) (dataset.Shard, error) {
	if len(shards) == 1 {
		return shards[0], nil
	}
	var lines []byte
	rows := 0
	for _, shard := range shards {
		data, err := store.Get(ctx, shard.Blob)
		if err != nil {
			return dataset.Shard{}, err
		}
		lines, rows = append(lines, data...), rows+shard.Rows
	}
	ref, err := store.Put(ctx, lines)
	return dataset.Shard{Blob: ref, Rows: rows}, err
}
