package learner

import (
	"context"
	"errors"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/library/safetensors"
	"temper/model/transformer"
)

// Publish stores the weights of a policy for workers that only sample from it.
func (l *Learner) Publish(ctx context.Context, p artifact.Policy) (artifact.Ref, error) {
	end, err := l.turn.take(ctx)
	if err != nil {
		return artifact.Ref{}, err
	}
	defer end()
	held, err := l.resolve(ctx, p)
	if err != nil {
		return artifact.Ref{}, err
	}
	files, err := l.putWeights(ctx, held.weights)
	if err != nil {
		return artifact.Ref{}, err
	}
	data, err := checkpoint.Weights{Policy: p, Config: held.document.Config, Weights: files}.Encode()
	if err != nil {
		return artifact.Ref{}, err
	}
	return l.store.Put(ctx, data)
}

// putWeights stores weights as a checkpoint has them.
func (l *Learner) putWeights(ctx context.Context, w *transformer.Weights) ([]artifact.Ref, error) {
	tensors := w.Named()
	specs := make([]safetensors.Spec, len(tensors))
	for i, t := range tensors {
		specs[i] = safetensors.Spec{Name: t.Name, Shape: t.Shape}
	}
	return l.putTensors(ctx, specs, safetensors.Values(tensors), map[string]string{"format": "pt"})
}

// toSample returns a policy to sample from: one that is held, or its published weights,
// or, unless this learner only samples, one that is derived.
func (l *Learner) toSample(ctx context.Context, p artifact.Policy, published artifact.Ref) (*finished, error) {
	if held := l.shelf.find(p.Name()); held != nil {
		return held, l.check(ctx, held, p)
	}
	if held := l.shelf.find(weightsOf(p)); held != nil {
		return held, l.check(ctx, held, p)
	}
	d, err := l.loadWeights(ctx, p, published)
	switch {
	case err == nil:
		held := l.shelf.put(weightsOf(p), d)
		l.graphs.keep(l.shelf.policies)
		return held, l.check(ctx, held, p)
	case errors.Is(err, activities.ErrNoWeights) || objectstore.IsDamage(err):
		if l.SamplesOnly {
			return nil, activities.ErrNoWeights
		}
		return l.resolve(ctx, p)
	}
	return nil, err
}

// weightsOf names the weights of a policy. It is the name of no policy: what has no moments
// is never trained.
func weightsOf(p artifact.Policy) string { return "weights of " + p.Name() }

// loadWeights reads a policy's weights alone: those that were published or, for a learner
// that only samples, those of a checkpoint. The error wraps activities.ErrNoWeights where there are none.
func (l *Learner) loadWeights(ctx context.Context, p artifact.Policy, published artifact.Ref) (*draft, error) {
	var document checkpoint.Checkpoint
	switch {
	case !published.IsZero():
		data, err := l.store.Get(ctx, published)
		if err != nil {
			return nil, err
		}
		w, err := checkpoint.DecodeWeights(data, p)
		if err != nil {
			return nil, err
		}
		document.Config, document.Weights = w.Config, w.Weights
	case l.SamplesOnly && len(p.Updates) == 0:
		var err error
		if document, _, err = l.document(ctx, p.Checkpoint); err != nil {
			return nil, err
		}
	default:
		return nil, activities.ErrNoWeights
	}
	config, err := transformer.ParseConfig(document.Config)
	if err != nil {
		return nil, err
	}
	if err := l.makeRoom("loading a policy's weights", nil, append(policyBytes(config, false), l.fileBytes(config)...)); err != nil {
		return nil, err
	}
	tensors, _, err := l.getTensors(ctx, document.Weights)
	if err != nil {
		return nil, err
	}
	weights, err := transformer.WeightsFrom(config, tensors)
	if err != nil {
		return nil, err
	}
	return &draft{values{document: document, weights: weights}}, nil
}
