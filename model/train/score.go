package train

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/transformer"
)

// RowScores are the scores of one row.
type RowScores struct {
	// LogProbs[t] is that of Tokens[t] after Tokens[:t]; LogProbs[0] is 0.
	LogProbs []float32
	// Entropies[t] is that of softmax(logits/T) after Tokens[:t+1], in nats.
	Entropies []float32
	// Values[t] is the value after Tokens[:t+1]; nil without a value head.
	Values []float32
}

// LogProbs scores every token of every row under softmax(logits/T) of the given
// weights. The rows' own weights are not used. ctx ends it between two micro-batches;
// done, if not nil, is told the slots of every one that is finished.
func (e *Engine) LogProbs(ctx context.Context, w *transformer.Weights, rows []Row, temperature float64, done func(slots int)) ([]RowScores, error) {
	if err := e.validate(); err != nil {
		return nil, err
	}
	batches, err := e.cut(w.Config, rows, temperature)
	if err != nil {
		return nil, fmt.Errorf("log-probs: %w", err)
	}
	out := make([]RowScores, len(rows))
	if err := e.open(); err != nil {
		return nil, fmt.Errorf("log-probs: %w", err)
	}
	err = e.run(ctx, w, batches, e.Instances,
		func(p *program, m microBatch) ([]*tensors.Tensor, error) { return p.logprobs(m, temperature) },
		func(i int, outputs []*tensors.Tensor) error {
			logprobs, entropies, err := scoresOf(outputs)
			if err != nil {
				return err
			}
			var values []float32
			if len(outputs) > 2 {
				if values, err = tensors.CopyFlatData[float32](outputs[2]); err != nil {
					return err
				}
			}
			for _, at := range batches[i].places {
				n := len(rows[at.row].Tokens)
				s := RowScores{LogProbs: make([]float32, n), Entropies: make([]float32, n)}
				copy(s.LogProbs[1:], logprobs[at.slot:at.slot+n-1])
				copy(s.Entropies, entropies[at.slot:at.slot+n])
				if values != nil {
					s.Values = slices.Clone(values[at.slot : at.slot+n])
				}
				out[at.row] = s
			}
			if done != nil {
				done(len(batches[i].tokens))
			}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("log-probs: %w", err)
	}
	return out, nil
}

// cut validates the rows and cuts them into micro-batches.
func (e *Engine) cut(c transformer.Config, rows []Row, temperature float64) ([]microBatch, error) {
	if !(temperature > 0) || math.IsInf(temperature, 0) {
		return nil, fmt.Errorf("temperature is %v; it must be positive and finite", temperature)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("the batch has no rows")
	}
	for i, r := range rows {
		if err := r.validate(c.VocabSize); err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
	}
	return cut(rows, e.MicroBatchTokens, e.Buckets, e.Pack)
}

func scoresOf(outputs []*tensors.Tensor) (logprobs, entropies []float32, err error) {
	if logprobs, err = tensors.CopyFlatData[float32](outputs[0]); err != nil {
		return nil, nil, err
	}
	entropies, err = tensors.CopyFlatData[float32](outputs[1])
	return logprobs, entropies, err
}
