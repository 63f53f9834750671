package train

import (
	"context"
	"fmt"
	"math"
	"unsafe"

	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/backend"
	"temper/model/compute"
	"temper/model/transformer"
)

// Trainer holds a policy with its optimiser state and updates both. It is not
// safe for concurrent use.
type Trainer struct {
	weights *transformer.Weights
	state   OptimizerState
	engine  *Engine
	decays  []bool      // by parameter: it has two or more dimensions
	grads   [][]float32 // sum over the micro-batches of a step
}

// StepStats describes one optimiser step.
type StepStats struct {
	Loss         float64 // before the update
	GradNorm     float64 // global norm, before clipping
	Entropy      float64 // mean over the weighted targets of the entropy of softmax(logits/T), in nats
	Targets      int     // tokens with a weight other than 0
	Tokens       int     // tokens of all rows
	Pairs        float64 // of a token and one of its row that it attends to, itself included
	PaddedTokens int     // tokens computed, padding included
	Efficiency   float64 // Tokens / PaddedTokens: 1 where nothing is padded
}

// New makes a trainer that starts from weights and opt and changes them with
// every step: they are its own from here on.
func New(weights *transformer.Weights, opt OptimizerState, eng *Engine) (*Trainer, error) {
	if err := eng.validate(); err != nil {
		return nil, err
	}
	t := &Trainer{weights: weights, state: opt, engine: eng}
	specs := weights.Config.Params()
	if len(weights.Tensors) != len(specs) {
		return nil, fmt.Errorf("new trainer: %d weights for %d parameters", len(weights.Tensors), len(specs))
	}
	for i, p := range specs {
		if len(weights.Tensors[i]) != p.Size() {
			return nil, fmt.Errorf("new trainer: %s has %d weights for shape %v", p.Name, len(weights.Tensors[i]), p.Shape)
		}
		t.decays = append(t.decays, len(p.Shape) >= 2)
	}
	if err := opt.check(weights.Config); err != nil {
		return nil, fmt.Errorf("new trainer: %w", err)
	}
	return t, nil
}

// Weights are the policy's weights, to be read: the next step changes them.
func (t *Trainer) Weights() *transformer.Weights { return t.weights }

// Optimizer is the optimiser's state, to be read: the next step changes it.
func (t *Trainer) Optimizer() OptimizerState { return t.state }

// Step makes one update from all rows: the loss and its gradient at the given
// temperature, clipping, AdamW. On an error the policy is unchanged, also when
// ctx ends, which Step obeys between micro-batches. Rows whose weights are all
// 0 do not change the gradient; leave them out. StepStats.Loss counts what rows weigh
// log-probabilities with.
//
// done, if not nil, is told the slots of every micro-batch that is finished; it
// is called by one goroutine at a time and should return quickly.
func (t *Trainer) Step(ctx context.Context, rows []Row, temperature float64, hyper StepHyper, done func(slots int)) (StepStats, error) {
	stats, err := t.gradients(ctx, rows, temperature, done)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return StepStats{}, fmt.Errorf("train step: %w", err)
	}
	if math.IsNaN(stats.GradNorm) || math.IsInf(stats.GradNorm, 0) {
		return stats, fmt.Errorf("train step: the gradient norm is %v (loss %v)", stats.GradNorm, stats.Loss)
	}
	t.state.begin(t.weights.Config)
	t.state.Step++
	adamW(t.weights.Tensors, t.grads, t.state, t.decays, hyper, clipCoefficient(stats.GradNorm, hyper.MaxGradNorm))
	return stats, nil
}

// gradients leaves the gradient of the loss in t.grads.
func (t *Trainer) gradients(ctx context.Context, rows []Row, temperature float64, done func(slots int)) (StepStats, error) {
	var stats StepStats
	for i, w := range t.weights.Tensors {
		if len(t.grads) == i { // not before they are needed: a policy may never be trained
			t.grads = append(t.grads, make([]float32, len(w)))
		}
		clear(t.grads[i])
	}
	batches, err := t.engine.cut(t.weights.Config, rows, temperature)
	if err != nil {
		return stats, err
	}
	if err := t.engine.open(); err != nil {
		return stats, err
	}
	var onto [][]float32
	atATime, file := t.engine.Instances, t.accumulate
	if t.engine.oneAtATime(t.weights.Config) {
		onto, atATime, file = t.grads, 1, t.keep
	}
	entropy := 0.0
	err = t.engine.run(ctx, t.weights, batches, atATime,
		func(p *program, m microBatch) ([]*tensors.Tensor, error) { return p.gradients(m, temperature, onto) },
		func(i int, outputs []*tensors.Tensor) error {
			backend.ClearVectors()
			logprobs, entropies, err := scoresOf(outputs)
			if err != nil {
				return err
			}
			for j, w := range batches[i].weighted().weights {
				if w != 0 {
					stats.Loss -= float64(w) * float64(logprobs[j])
					entropy += float64(entropies[j])
					stats.Targets++
				}
			}
			stats.PaddedTokens += len(batches[i].tokens)
			if err := file(outputs[2:]); err != nil {
				return err
			}
			if done != nil {
				done(len(batches[i].tokens))
			}
			return nil
		})
	if err != nil {
		return stats, err
	}
	for _, r := range rows {
		stats.Tokens += len(r.Tokens)
		stats.Pairs += compute.Row(float64(len(r.Tokens)), 0).Pairs
	}
	stats.Efficiency = float64(stats.Tokens) / float64(stats.PaddedTokens)
	if stats.Targets > 0 {
		stats.Entropy = entropy / float64(stats.Targets)
	}
	backend.ClearVectors()
	stats.GradNorm = gradNorm(t.grads)
	return stats, nil
}

// accumulate adds the gradients of one micro-batch.
func (t *Trainer) accumulate(grads []*tensors.Tensor) error {
	for i, g := range grads {
		err := tensors.ConstFlatData(g, func(flat []float32) {
			sum := t.grads[i]
			for j, v := range flat {
				sum[j] += v
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keep takes the sums of gradients, which mostly are where they belong.
func (t *Trainer) keep(sums []*tensors.Tensor) error {
	for i, s := range sums {
		err := tensors.ConstFlatData(s, func(flat []float32) {
			if unsafe.SliceData(flat) != unsafe.SliceData(t.grads[i]) {
				copy(t.grads[i], flat)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
