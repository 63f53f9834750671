package learner

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"

	"temper/activities/liveness"
	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/library/safetensors"
	"temper/model/train"
	"temper/model/transformer"
)

// shardBytes is the size of a checkpoint's files: small beside the model, since a
// file is held whole while it is stored or read, and fit for any store in one
// request. A larger tensor has a file of its own. Digests of checkpoints depend on it.
const shardBytes = 256 << 20

// storeCheckpoint stores the parts first, and last the document that names them, what
// they were made from, and the document of how, if there is one.
func (l *Learner) storeCheckpoint(ctx context.Context, v values, parent artifact.Policy, made artifact.Ref) (artifact.Ref, error) {
	l.graphs.shrink()
	document, err := v.document, error(nil)
	config := v.weights.Config
	if document.Weights, err = l.putWeights(ctx, v.weights); err != nil {
		return artifact.Ref{}, err
	}
	if v.moments.Step == 0 {
		document.Optimizer, err = l.zeroMoments(ctx, config)
	} else {
		document.Optimizer, err = l.putTensors(ctx, train.Moments(config), v.moments.Values(config), v.moments.Metadata())
	}
	if err != nil {
		return artifact.Ref{}, err
	}
	document.Parent, document.Made = parent, made
	data, err := document.Encode()
	if err != nil {
		return artifact.Ref{}, err
	}
	return l.store.Put(ctx, data)
}

// putTensors stores tensors as files, each with the metadata, one after the other.
func (l *Learner) putTensors(ctx context.Context, specs []safetensors.Spec, values safetensors.Source, metadata map[string]string) ([]artifact.Ref, error) {
	layout, err := safetensors.NewLayout(specs, safetensors.F32, l.shardBytes, metadata)
	if err != nil {
		return nil, err
	}
	var refs []artifact.Ref
	for _, f := range layout.Files {
		file := bytes.NewBuffer(make([]byte, 0, f.Size()))
		if err := f.Write(ctx, file, values); err != nil {
			return nil, err
		}
		ref, err := l.store.Put(ctx, file.Bytes())
		if err != nil {
			return nil, err
		}
		liveness.Done(ctx)
		refs = append(refs, ref)
	}
	return refs, nil
}

// zeroMoments names the files of moments before the first update. They are not
// stored: zeros can be had again, and are known by the digest of zeros.
func (l *Learner) zeroMoments(ctx context.Context, config transformer.Config) ([]artifact.Ref, error) {
	return l.zeroFiles(ctx, config, math.MaxInt)
}

// zeroFiles names the first files of zeroMoments, up to a number of them.
func (l *Learner) zeroFiles(ctx context.Context, config transformer.Config, most int) ([]artifact.Ref, error) {
	var zero train.OptimizerState
	layout, err := safetensors.NewLayout(train.Moments(config), safetensors.F32, l.shardBytes, zero.Metadata())
	if err != nil {
		return nil, err
	}
	var refs []artifact.Ref
	for _, f := range layout.Files[:min(most, len(layout.Files))] {
		ref, err := artifact.RefOfWritten(func(w io.Writer) error { return f.Write(ctx, w, zero.Values(config)) })
		if err != nil {
			return nil, err
		}
		liveness.Done(ctx)
		refs = append(refs, ref)
	}
	return refs, nil
}

// areZeros tells whether these are the files of moments before the first update. The
// first one says, like all the others, that no step was taken.
func (l *Learner) areZeros(ctx context.Context, config transformer.Config, refs []artifact.Ref) (bool, error) {
	zero, err := l.zeroFiles(ctx, config, 1)
	return err == nil && refs[0] == zero[0], err
}

// getMoments reads the moments that a checkpoint names.
func (l *Learner) getMoments(ctx context.Context, config transformer.Config, refs []artifact.Ref) (train.OptimizerState, error) {
	tensors, metadata, err := l.getTensors(ctx, refs)
	if err != nil {
		return train.OptimizerState{}, err
	}
	return train.OptimizerStateFrom(config, tensors, metadata)
}

// getTensors reads what putTensors stored.
func (l *Learner) getTensors(ctx context.Context, refs []artifact.Ref) (tensors []safetensors.Tensor, metadata map[string]string, err error) {
	for _, ref := range refs {
		data, err := l.store.Get(ctx, ref)
		if err != nil {
			return nil, nil, err
		}
		part, m, err := safetensors.Decode(data)
		if err != nil {
			return nil, nil, fmt.Errorf("checkpoint's file %s: %w", ref.Short(), err)
		}
		liveness.Done(ctx)
		tensors, metadata = append(tensors, part...), m
	}
	return tensors, metadata, nil
}

// document reads a checkpoint's document, which names its tensors and has their shape.
func (l *Learner) document(ctx context.Context, ref artifact.Ref) (checkpoint.Checkpoint, transformer.Config, error) {
	data, err := l.store.Get(ctx, ref)
	if err != nil {
		return checkpoint.Checkpoint{}, transformer.Config{}, err
	}
	c, err := checkpoint.Decode(data)
	if err != nil {
		return c, transformer.Config{}, err
	}
	config, err := transformer.ParseConfig(c.Config)
	return c, config, err
}

// load reads a checkpoint.
func (l *Learner) load(ctx context.Context, ref artifact.Ref) (*draft, error) {
	c, config, err := l.document(ctx, ref)
	if err != nil {
		return nil, err
	}
	fresh, err := l.areZeros(ctx, config, c.Optimizer)
	if err != nil {
		return nil, err
	}
	if err := l.makeRoom("loading a policy", nil, append(policyBytes(config, !fresh), l.fileBytes(config)...)); err != nil {
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
	var state train.OptimizerState
	if !fresh {
		if state, err = l.getMoments(ctx, config, c.Optimizer); err != nil {
			return nil, err
		}
	}
	return &draft{values{document: c, weights: weights, moments: state}}, nil
}
