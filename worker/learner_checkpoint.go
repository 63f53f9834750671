package main

import (
	"context"
	"fmt"

	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/recipe"
	"temper/model/safetensors"
	"temper/model/train"
	"temper/model/transformer"
)

// shardBytes is the size of a checkpoint's files: small enough to be held twice,
// and to be put into any store in one request.
const shardBytes = 1 << 30

// save stores a held policy and gives it the checkpoint's name too.
func (l *learner) save(ctx context.Context, held *heldPolicy, parent artifact.Policy) (artifact.Ref, error) {
	ref, err := l.storeCheckpoint(ctx, held.document, held.trainer.Weights(), held.trainer.Optimizer(), parent)
	if err != nil {
		return artifact.Ref{}, err
	}
	held.names = append(held.names, artifact.Policy{Checkpoint: ref}.Name())
	l.remember(held)
	return ref, nil
}

// storeCheckpoint stores the parts first, and last the document that names them.
func (l *learner) storeCheckpoint(ctx context.Context, document checkpoint.Checkpoint, w *transformer.Weights, state train.OptimizerState, parent artifact.Policy) (artifact.Ref, error) {
	var err error
	if document.Weights, err = l.putTensors(ctx, w.Named(), map[string]string{"format": "pt"}); err != nil {
		return artifact.Ref{}, err
	}
	moments, steps := state.Named(w.Config)
	if document.Optimizer, err = l.putTensors(ctx, moments, steps); err != nil {
		return artifact.Ref{}, err
	}
	document.Parent = parent
	data, err := document.Encode()
	if err != nil {
		return artifact.Ref{}, err
	}
	return l.store.Put(ctx, data)
}

// putTensors stores tensors as files, each with the metadata.
func (l *learner) putTensors(ctx context.Context, tensors []safetensors.Tensor, metadata map[string]string) ([]artifact.Ref, error) {
	var refs []artifact.Ref
	for _, shard := range safetensors.Shards(tensors, l.shardBytes) {
		ref, err := l.store.Put(ctx, safetensors.Encode(shard, metadata))
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

// getTensors reads what putTensors stored.
func (l *learner) getTensors(ctx context.Context, refs []artifact.Ref) (tensors []safetensors.Tensor, metadata map[string]string, err error) {
	for _, ref := range refs {
		data, err := l.store.Get(ctx, ref)
		if err != nil {
			return nil, nil, err
		}
		part, m, err := safetensors.Decode(data)
		if err != nil {
			return nil, nil, fmt.Errorf("checkpoint's file %s: %w", ref.Short(), err)
		}
		tensors, metadata = append(tensors, part...), m
	}
	return tensors, metadata, nil
}

// load reads a checkpoint.
func (l *learner) load(ctx context.Context, p artifact.Policy) (*heldPolicy, error) {
	data, err := l.store.Get(ctx, p.Checkpoint)
	if err != nil {
		return nil, err
	}
	c, err := checkpoint.Decode(data)
	if err != nil {
		return nil, err
	}
	config, err := transformer.ParseConfig(c.Config)
	if err != nil {
		return nil, err
	}
	tensors, _, err := l.getTensors(ctx, c.Weights)
	if err != nil {
		return nil, err
	}
	weights, err := transformer.WeightsFrom(config, tensors)
	if err != nil {
		return nil, err
	}
	moments, steps, err := l.getTensors(ctx, c.Optimizer)
	if err != nil {
		return nil, err
	}
	state, err := train.OptimizerStateFrom(config, moments, steps)
	if err != nil {
		return nil, err
	}
	trainer, err := train.New(weights, state, l.graphs.engine(config, recipe.Numerics{MicroBatchTokens: onlySampled}))
	if err != nil {
		return nil, err
	}
	return &heldPolicy{names: []string{p.Name()}, config: config, document: c, trainer: trainer}, nil
}
