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
	train   *graph.Exec // see trainGraph
	score   *graph.Exec // see scoreGraph
	params  []*tensors.Tensor
}

func open(e *Engine) (*program, error) {
	backend, err := backend.Open(backend.WithThreads(cmp.Or(e.Backend, backend.CPU), e.Instances))
	if err != nil {
		return nil, err
	}
	return &program{engine: e, backend: backend}, nil
}

// load copies the weights to the backend and, for a network
// other than the last one, builds new graph functions.
func (p *program) load(w *transformer.Weights) error {
	if p.train == nil || !reflect.DeepEqual(p.config, w.Config) {
		if err := p.build(w.Config); err != nil {
			return err
		}
	}
	for i, param := range p.params {
		err := tensors.MutableFlatData(param, func(flat []float32) {
			copy(flat, w.Tensors[i])
		})
		if err == nil { // here, since calls at the same time would do it at the same time
			err = param.MaterializeOnDevice(p.backend, p.backend.HasSharedBuffers(), 0)
		}
		if err != nil {
			return fmt.Errorf("load weights: %w", err)
		}
	}
	return nil
}

func (p *program) build(c transformer.Config) error {
	p.release()
	var err error
	p.train, err = graph.NewExec(p.backend, p.trainGraph)
	if err != nil {
		return fmt.Errorf("build training graph: %w", err)
	}
	p.score, err = graph.NewExec(p.backend, p.scoreGraph)
	if err != nil {
		return fmt.Errorf("build scoring graph: %w", err)
	}
	p.train.SetMaxCache(-1) // one entry per shape; the default refuses the 33rd
	p.score.SetMaxCache(-1)
	for _, s := range c.Params() {
		p.params = append(p.params, tensors.FromFlatDataAndDimensions(make([]float32, s.Size()), s.Shape...))
	}
	p.config = c
	return nil
}

// gradients runs forward and backward: log-probabilities and entropies of the
// weighted slots (see microBatch.weighted), then the gradients in Params()
// order.
func (p *program) gradients(m microBatch, temperature float64) ([]*tensors.Tensor, error) {
	slots, targets, weights := m.weighted()
	return p.call(p.train, m, tensors.FromFlatDataAndDimensions(slots, len(slots)),
		tensors.FromFlatDataAndDimensions(targets, len(slots)), tensors.FromFlatDataAndDimensions(weights, len(slots)),
		tensors.FromScalar(float32(temperature)))
}

// logprobs runs forward only: log-probabilities and entropies of all slots.
func (p *program) logprobs(m microBatch, temperature float64) ([]*tensors.Tensor, error) {
	return p.call(p.score, m, tensors.FromFlatDataAndDimensions(m.targets, len(m.targets)), tensors.FromScalar(float32(temperature)))
}

func (p *program) call(exec *graph.Exec, m microBatch, more ...*tensors.Tensor) ([]*tensors.Tensor, error) {
	var inputs []*tensors.Tensor
	for _, slots := range m.slots() {
		inputs = append(inputs, tensors.FromFlatDataAndDimensions(slots, m.bins, m.bucket))
	}
	inputs = append(inputs, more...)
	defer free(inputs)
	args := make([]any, 0, len(p.params)+len(inputs))
	for _, t := range append(append([]*tensors.Tensor{}, p.params...), inputs...) {
		args = append(args, t)
	}
	return exec.Call(args...)
}

func (p *program) release() {
	if p.train != nil {
		p.train.Finalize()
		p.score.Finalize()
	}
	free(p.params)
	p.train, p.score, p.params = nil, nil, nil
}

func (p *program) close() {
	p.release()
	p.backend.Finalize()
}
