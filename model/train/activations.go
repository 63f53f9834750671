package train

import (
	"context"
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/transformer"
)

// Activations are the means over the tokens of each row of the residual stream, [row][state][hidden]: the input of
// every layer and, last, the output of the final norm. The rows' own weights are not used. ctx ends it between two
// micro-batches; done, if not nil, is told the slots of every one that is finished.
func (e *Engine) Activations(ctx context.Context, w *transformer.Weights, rows []Row, done func(slots int)) ([][][]float64, error) {
	if err := e.validate(); err != nil {
		return nil, err
	}
	batches, err := e.cut(w.Config, rows, 1)
	if err != nil {
		return nil, fmt.Errorf("activations: %w", err)
	}
	if err := e.open(); err != nil {
		return nil, fmt.Errorf("activations: %w", err)
	}
	out := make([][][]float64, len(rows))
	err = e.run(ctx, w, batches, e.Instances,
		func(p *program, m microBatch) ([]*tensors.Tensor, error) { return p.call(p.states, m) },
		func(i int, outputs []*tensors.Tensor) error {
			for _, output := range outputs {
				values, err := tensors.CopyFlatData[float32](output)
				if err != nil {
					return err
				}
				for _, at := range batches[i].places {
					out[at.row] = append(out[at.row], meanState(values, at.slot, len(rows[at.row].Tokens), w.Config.HiddenSize))
				}
			}
			if done != nil {
				done(len(batches[i].tokens))
			}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("activations: %w", err)
	}
	return out, nil
}

// statesGraph takes the slots to the states of all of them, each [bins*bucket, hidden].
func (p *program) statesGraph(nodes []*graph.Node) []*graph.Node {
	params, pass, _ := p.inputs(nodes)
	return p.config.States(params, pass)
}

// meanState is the mean over n slots from the first of values [slots, hidden].
func meanState(values []float32, first, n, hidden int) []float64 {
	mean := make([]float64, hidden)
	for slot := first; slot < first+n; slot++ {
		for k := range mean {
			mean[k] += float64(values[slot*hidden+k]) / float64(n)
		}
	}
	return mean
}
