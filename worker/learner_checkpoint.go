package main

import (
	"context"
	"fmt"

	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/safetensors"
	"temper/model/train"
	"temper/model/transformer"
)

// shardBytes is the size of a checkpoint's files: small enough to be held twice,
// and to be put into any store in one request.
const shardBytes = 1 << 30

// storeCheckpoint stores the parts first, and last the document that names them.
func (l *learner) storeCheckpoint(ctx context.Context, v values, parent artifact.Policy) (artifact.Ref, error) {
	document, err := v.document, error(nil)
	if document.Weights, err = l.putTensors(ctx, v.weights.Named(), map[string]string{"format": "pt"}); err != nil {
		return artifact.Ref{}, err
	}
	moments, steps := v.moments.Named(v.weights.Config)
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
func (l *learner) load(ctx context.Context, ref artifact.Ref) (*draft, error) {
	data, err := l.store.Get(ctx, ref)
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
	return &draft{values{document: c, weights: weights, moments: state}}, nil
}
