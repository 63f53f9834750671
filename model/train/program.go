package train

import (
	"cmp"
	"fmt"
	"reflect"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/backend"
	"temper/model/transformer"
)

// program is a backend with the compiled graphs of one network and its weights.
// Several goroutines may run it at a time.
type program struct {
	engine  *Engine
	backend compute.Backend
	config  transformer.Config
	// train is trainGraph without and with derivatives by entropy; score is scoreGraph.
	train  [2]*graph.Exec
	score  *graph.Exec
	states *graph.Exec // statesGraph
	params []*tensors.Tensor
}

func open(e *Engine) (*program, error) {
	backend, err := backend.Open(backend.WithThreads(cmp.Or(e.Backend, backend.CPU), e.Instances))
	if err != nil {
		return nil, err
	}
	return &program{engine: e, backend: backend}, nil
}

// load lends the weights to the backend, until unload, and builds new graph
// functions for a network other than the last one.
func (p *program) load(w *transformer.Weights) error {
	if p.score == nil || !reflect.DeepEqual(p.config, w.Config) {
		if err := p.build(w.Config); err != nil {
			return err
		}
	}
	var err error
	if p.params, err = p.lend(w.Tensors); err != nil {
		return fmt.Errorf("load weights: %w", err)
	}
	return nil
}

// unload lets go of the weights, whose owner may change or forget them.
func (p *program) unload() {
	free(p.params)
	p.params = nil
}

// lend makes tensors of values that are aligned with the parameters.
func (p *program) lend(values [][]float32) ([]*tensors.Tensor, error) {
	var lent []*tensors.Tensor
	for i, s := range p.config.Params() {
		t, err := backend.Lend(p.backend, values[i], s.Shape...)
		if err != nil {
			free(lent)
			return nil, err
		}
		lent = append(lent, t)
	}
	return lent, nil
}

func (p *program) build(c transformer.Config) error {
	p.release()
	var err error
	for i, entropies := range []bool{false, true} {
		p.train[i], err = graph.NewExec(p.backend, func(nodes []*graph.Node) []*graph.Node { return p.trainGraph(nodes, entropies) })
		if err != nil {
			return fmt.Errorf("build training graph: %w", err)
		}
		p.train[i].SetMaxCache(-1) // one entry per shape; the default refuses the 33rd
	}
	p.score, err = graph.NewExec(p.backend, p.scoreGraph)
	if err != nil {
		return fmt.Errorf("build scoring graph: %w", err)
	}
	p.score.SetMaxCache(-1)
	if p.states, err = graph.NewExec(p.backend, p.statesGraph); err != nil {
		return fmt.Errorf("build graph of states: %w", err)
	}
	p.states.SetMaxCache(-1)
	p.config = c
	return nil
}

// gradients runs forward and backward: log-probabilities and entropies of the
// weighted slots (see microBatch.weighted), then the gradients in Params()
// order; added to the values of onto, in their place, unless that is nil.
func (p *program) gradients(m microBatch, temperature float64, onto [][]float32) ([]*tensors.Tensor, error) {
	s := m.weighted()
	n := len(s.slots)
	more := []any{tensors.FromFlatDataAndDimensions(s.slots, n), tensors.FromFlatDataAndDimensions(s.targets, n),
		tensors.FromFlatDataAndDimensions(s.weights, n), tensors.FromScalar(float32(temperature))}
	exec := p.train[0]
	if s.entropies != nil {
		exec, more = p.train[1], append(more, tensors.FromFlatDataAndDimensions(s.entropies, n))
	}
	if p.config.ValueHead {
		if s.values == nil {
			s.values = make([]float32, n)
		}
		more = append(more, tensors.FromFlatDataAndDimensions(s.values, n))
	}
	if onto != nil {
		sums, err := p.lend(onto)
		if err != nil {
			return nil, err
		}
		for _, t := range sums {
			donated, err := graph.DonateTensorBuffer(t, p.backend, 0)
			if err != nil {
				return nil, err
			}
			more = append(more, donated)
		}
	}
	return p.call(exec, m, more...)
}

// logprobs runs forward only: log-probabilities, entropies and, with a value head,
// values of all slots.
func (p *program) logprobs(m microBatch, temperature float64) ([]*tensors.Tensor, error) {
	return p.call(p.score, m, tensors.FromFlatDataAndDimensions(m.targets, len(m.targets)), tensors.FromScalar(float32(temperature)))
}

func (p *program) call(exec *graph.Exec, m microBatch, more ...any) ([]*tensors.Tensor, error) {
	args := make([]any, 0, 2*len(p.params)+len(more))
	for _, t := range p.params {
		args = append(args, t)
	}
	for _, slots := range m.slots() {
		args = append(args, tensors.FromFlatDataAndDimensions(slots, m.bins, m.bucket))
	}
	args = append(args, more...)
	defer func() {
		for _, a := range args[len(p.params):] {
			if t, ok := a.(*tensors.Tensor); ok {
				free([]*tensors.Tensor{t})
			}
		}
	}()
	return exec.Call(args...)
}

func (p *program) release() {
	if p.score != nil {
		p.train[0].Finalize()
		p.train[1].Finalize()
		p.score.Finalize()
		p.states.Finalize()
	}
	p.unload()
	p.train, p.score, p.states = [2]*graph.Exec{}, nil, nil
}

func (p *program) close() {
	p.release()
	p.backend.Finalize()
}
