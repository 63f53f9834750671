package train

import (
	"cmp"
	"fmt"
	"reflect"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/transformer"
)

func open(config string) (*instance, error) {
	backend, err := transformer.OpenBackend(cmp.Or(config, transformer.CPU))
	if err != nil {
		return nil, err
	}
	return &instance{backend: backend}, nil
}

// load copies the weights and their transposes to the instance and, for a network other than the
// last one, builds new graph functions.
func (in *instance) load(w *transformer.Weights, transposed [][]float32) error {
	if in.train == nil || !reflect.DeepEqual(in.config, w.Config) {
		if err := in.build(w.Config); err != nil {
			return err
		}
	}
	for i, values := range append(append([][]float32{}, w.Tensors...), transposed...) {
		err := tensors.MutableFlatData(in.params[i], func(flat []float32) { copy(flat, values) })
		if err != nil {
			return fmt.Errorf("load weights: %w", err)
		}
	}
	return nil
}

func (in *instance) build(c transformer.Config) error {
	in.release()
	var err error
	in.train, err = graph.NewExec(in.backend, func(nodes []*graph.Node) []*graph.Node { return trainGraph(c, nodes) })
	if err != nil {
		return fmt.Errorf("build training graph: %w", err)
	}
	in.score, err = graph.NewExec(in.backend, func(nodes []*graph.Node) []*graph.Node { return scoreGraph(c, nodes) })
	if err != nil {
		return fmt.Errorf("build scoring graph: %w", err)
	}
	in.train.SetMaxCache(-1) // one entry per bucket; the default refuses the 33rd
	in.score.SetMaxCache(-1)
	for _, s := range append(c.Params(), c.Transposed()...) {
		in.params = append(in.params, tensors.FromFlatDataAndDimensions(make([]float32, s.Size()), s.Shape...))
	}
	in.config = c
	return nil
}

// parameters names the parameter nodes and returns the nodes after them.
func parameters(c transformer.Config, nodes []*graph.Node) (transformer.Nodes, []*graph.Node) {
	n, m := len(c.Params()), len(c.Transposed())
	return c.AddTransposed(c.Inputs(nodes), nodes[n:]), nodes[n+m:]
}

// trainGraph takes the parameters, tokens, targets and weights [R, S] and the
// temperature to log-probabilities and entropies [R*S] and the gradients.
//
// Rows are padded on the right, so the plain causal mask keeps padding out of
// every slot that counts.
func trainGraph(c transformer.Config, nodes []*graph.Node) []*graph.Node {
	p, in := parameters(c, nodes)
	positions, mask := rowLayout(in[0])
	logits, gradients := c.Differentiate(p, in[0], positions, mask)
	logprobs, entropies, dLogits := loss(logits, graph.Reshape(in[1], -1), graph.Reshape(in[2], -1), in[3])
	return append([]*graph.Node{logprobs, entropies}, gradients(dLogits)...)
}

// scoreGraph is trainGraph's forward half; it takes no weights.
func scoreGraph(c transformer.Config, nodes []*graph.Node) []*graph.Node {
	p, in := parameters(c, nodes)
	positions, mask := rowLayout(in[0])
	logits := c.Logits(p, c.Forward(p, in[0], positions, mask, nil))
	logprobs, entropies, _ := loss(graph.Reshape(logits, -1, c.VocabSize), graph.Reshape(in[1], -1), nil, in[2])
	return []*graph.Node{logprobs, entropies}
}

// rowLayout gives the positions and the mask of rows that start at slot 0.
func rowLayout(tokens *graph.Node) (positions, mask *graph.Node) {
	g, d := tokens.Graph(), tokens.Shape().Dimensions
	positions = graph.BroadcastToDims(graph.Iota(g, shapes.Make(dtypes.Int32, 1, d[1]), 1), d...)
	return positions, transformer.CausalMask(g, d[1])
}

// gradients runs forward and backward: log-probabilities, entropies, then the
// gradients in Params() order.
func (in *instance) gradients(m microBatch, temperature float64) ([]*tensors.Tensor, error) {
	return in.call(in.train, m, temperature, true)
}

// logprobs runs forward only: log-probabilities and entropies.
func (in *instance) logprobs(m microBatch, temperature float64) ([]*tensors.Tensor, error) {
	return in.call(in.score, m, temperature, false)
}

func (in *instance) call(exec *graph.Exec, m microBatch, temperature float64, weighted bool) ([]*tensors.Tensor, error) {
	rows := len(m.tokens) / m.bucket
	inputs := []*tensors.Tensor{
		tensors.FromFlatDataAndDimensions(m.tokens, rows, m.bucket),
		tensors.FromFlatDataAndDimensions(m.targets, rows, m.bucket),
	}
	if weighted {
		inputs = append(inputs, tensors.FromFlatDataAndDimensions(m.weights, rows, m.bucket))
	}
	inputs = append(inputs, tensors.FromScalar(float32(temperature)))
	defer free(inputs)
	args := make([]any, 0, len(in.params)+len(inputs))
	for _, t := range append(append([]*tensors.Tensor{}, in.params...), inputs...) {
		args = append(args, t)
	}
	return exec.Call(args...)
}

func (in *instance) release() {
	if in.train != nil {
		in.train.Finalize()
		in.score.Finalize()
	}
	free(in.params)
	in.train, in.score, in.params = nil, nil, nil
}

func (in *instance) close() {
	in.release()
	in.backend.Finalize()
}
