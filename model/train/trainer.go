package train

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/tensors"

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
	PaddedTokens int     // tokens computed, padding included
}

// New makes a trainer that starts from copies of weights and opt.
func New(weights *transformer.Weights, opt OptimizerState, eng *Engine) (*Trainer, error) {
	if err := eng.validate(); err != nil {
		return nil, err
	}
	t := &Trainer{weights: weights.Clone(), state: opt.Clone(), engine: eng}
	specs := weights.Config.Params()
	if len(weights.Tensors) != len(specs) || len(opt.ExpAvg) != len(specs) || len(opt.ExpAvgSq) != len(specs) {
		return nil, fmt.Errorf("new trainer: %d weights and %d and %d moments for %d parameters",
			len(weights.Tensors), len(opt.ExpAvg), len(opt.ExpAvgSq), len(specs))
	}
	for i, p := range specs {
		if n := p.Size(); len(weights.Tensors[i]) != n || len(opt.ExpAvg[i]) != n || len(opt.ExpAvgSq[i]) != n {
			return nil, fmt.Errorf("new trainer: %s has %d weights and %d and %d moments for shape %v",
				p.Name, len(weights.Tensors[i]), len(opt.ExpAvg[i]), len(opt.ExpAvgSq[i]), p.Shape)
		}
		t.decays = append(t.decays, len(p.Shape) >= 2)
		t.grads = append(t.grads, make([]float32, p.Size()))
	}
	return t, nil
}

// Weights is a copy of the policy's weights.
func (t *Trainer) Weights() *transformer.Weights { return t.weights.Clone() }

// Optimizer is a copy of the optimiser's state.
func (t *Trainer) Optimizer() OptimizerState { return t.state.Clone() }

// Step makes one update from all rows: the loss and its gradient at the given
// temperature, clipping, AdamW. On an error the policy is unchanged. Rows
// whose weights are all 0 do not change the gradient; leave them out.
func (t *Trainer) Step(rows []Row, temperature float64, hyper StepHyper) (StepStats, error) {
	stats, err := t.gradients(rows, temperature)
	if err != nil {
		return StepStats{}, fmt.Errorf("train step: %w", err)
	}
	if math.IsNaN(stats.GradNorm) || math.IsInf(stats.GradNorm, 0) {
		return stats, fmt.Errorf("train step: the gradient norm is %v (loss %v)", stats.GradNorm, stats.Loss)
	}
	t.state.Step++
	adamW(t.weights.Tensors, t.grads, t.state, t.decays, hyper, clipCoefficient(stats.GradNorm, hyper.MaxGradNorm))
	return stats, nil
}

// gradients leaves the gradient of the loss in t.grads.
func (t *Trainer) gradients(rows []Row, temperature float64) (StepStats, error) {
	var stats StepStats
	for _, g := range t.grads {
		clear(g)
	}
	batches, err := t.cut(rows, temperature)
	if err != nil {
		return stats, err
	}
	entropy := 0.0
	err = t.engine.run(t.weights, batches,
		func(in *instance, m microBatch) ([]*tensors.Tensor, error) { return in.gradients(m, temperature) },
		func(i int, outputs []*tensors.Tensor) error {
			clearVectorState()
			m := batches[i]
			logprobs, entropies, err := scoresOf(outputs)
			if err != nil {
				return err
			}
			for j, w := range m.weights {
				if w != 0 {
					stats.Loss -= float64(w) * float64(logprobs[j])
					entropy += float64(entropies[j])
					stats.Targets++
				}
			}
			stats.PaddedTokens += len(m.tokens)
			return t.accumulate(outputs[2:])
		})
	if err != nil {
		return stats, err
	}
	for _, r := range rows {
		stats.Tokens += len(r.Tokens)
	}
	if stats.Targets > 0 {
		stats.Entropy = entropy / float64(stats.Targets)
	}
	clearVectorState()
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

// RowScores are the scores of one row's targets. Index t belongs to predicting
// Tokens[t] from Tokens[:t]; index 0 is 0.
type RowScores struct {
	LogProbs  []float32
	Entropies []float32 // of softmax(logits/T), in nats
}

// LogProbs scores every token of every row under softmax(logits/T), without
// changing anything. Weights are not used.
func (t *Trainer) LogProbs(rows []Row, temperature float64) ([]RowScores, error) {
	batches, err := t.cut(rows, temperature)
	if err != nil {
		return nil, fmt.Errorf("log-probs: %w", err)
	}
	out := make([]RowScores, len(rows))
	err = t.engine.run(t.weights, batches,
		func(in *instance, m microBatch) ([]*tensors.Tensor, error) { return in.logprobs(m, temperature) },
		func(i int, outputs []*tensors.Tensor) error {
			logprobs, entropies, err := scoresOf(outputs)
			if err != nil {
				return err
			}
			for r, row := range batches[i].rows {
				n, from := len(rows[row].Tokens), r*batches[i].bucket
				s := RowScores{LogProbs: make([]float32, n), Entropies: make([]float32, n)}
				copy(s.LogProbs[1:], logprobs[from:from+n-1])
				copy(s.Entropies[1:], entropies[from:from+n-1])
				out[row] = s
			}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("log-probs: %w", err)
	}
	return out, nil
}

// cut validates the rows and cuts them into micro-batches.
func (t *Trainer) cut(rows []Row, temperature float64) ([]microBatch, error) {
	if !(temperature > 0) || math.IsInf(temperature, 0) {
		return nil, fmt.Errorf("temperature is %v; it must be positive and finite", temperature)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("the batch has no rows")
	}
	for i, r := range rows {
		if err := r.validate(t.weights.Config.VocabSize); err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
	}
	return cut(rows, t.engine.MicroBatchRows, t.engine.Buckets)
}

func scoresOf(outputs []*tensors.Tensor) (logprobs, entropies []float32, err error) {
	if logprobs, err = tensors.CopyFlatData[float32](outputs[0]); err != nil {
		return nil, nil, err
	}
	entropies, err = tensors.CopyFlatData[float32](outputs[1])
	return logprobs, entropies, err
}
