package sampling

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/transformer"
)

// instance is one computing unit: its own backend, its own copy of the weights
// and its own compiled programs. Only one goroutine uses it at a time.
type instance struct {
	backend compute.Backend
	config  transformer.Config
	weights []*tensors.Tensor
	// The programs compile once per combination of input shapes.
	prefillExec, admitExec, decodeExec *graph.Exec
}

func newInstance(backend compute.Backend, config transformer.Config) (*instance, error) {
	in := &instance{backend: backend, config: config}
	g := programs{config, 2 + perLayer*config.NumHiddenLayers}
	for _, p := range []struct {
		exec **graph.Exec
		name string
		fn   func([]*graph.Node) []*graph.Node
	}{{&in.prefillExec, "prefill", g.prefill}, {&in.admitExec, "admit", g.admit}, {&in.decodeExec, "decode", g.decode}} {
		exec, err := graph.NewExec(backend, p.fn)
		if err != nil {
			return nil, fmt.Errorf("build the %s program: %w", p.name, err)
		}
		*p.exec = exec.WithName(p.name).SetMaxCache(-1)
	}
	return in, nil
}

// setWeights replaces the instance's copy of the weights by what arrange made.
func (in *instance) setWeights(arranged []matrix) error {
	fresh := make([]*tensors.Tensor, 0, len(arranged))
	for _, m := range arranged {
		t := tensors.FromFlatDataAndDimensions(m.data, m.rows, m.columns)
		fresh = append(fresh, t)
		if err := t.ToDevice(in.backend, 0); err != nil {
			release(fresh)
			return fmt.Errorf("load weights: %w", err)
		}
	}
	release(in.weights)
	in.weights = fresh
	return nil
}

// close frees the weights, the programs and the backend.
func (in *instance) close() {
	release(in.weights)
	in.weights = nil
	in.prefillExec.Finalize()
	in.admitExec.Finalize()
	in.decodeExec.Finalize()
	in.backend.Finalize()
}

// release frees tensors at once, not when the garbage collector finds them.
func release(ts []*tensors.Tensor) {
	for _, t := range ts {
		t.FinalizeAll()
	}
}

// prefill runs prompts int32 [Q*slots], each padded to slots, with the given
// lengths [Q], and returns a copy of the logits and the prompts' cache.
func (in *instance) prefill(prompts, lengths []int32) ([]float32, []*tensors.Tensor, error) {
	out, err := in.prefillExec.Call(in.args(prompts, lengths)...)
	if err != nil {
		return nil, nil, fmt.Errorf("prefill: %w", err)
	}
	return in.takeLogits(out)
}

// decode runs one token per row, and returns a copy of the logits and the cache. The cache that is given is used up, even by an error.
func (in *instance) decode(tokens, positions []int32, cache []*tensors.Tensor) ([]float32, []*tensors.Tensor, error) {
	donated, err := in.donate(cache)
	if err != nil {
		return nil, nil, fmt.Errorf("decode: %w", err)
	}
	out, err := in.decodeExec.Call(append(in.args(tokens, positions), donated...)...)
	if err != nil {
		return nil, nil, fmt.Errorf("decode: %w", err)
	}
	return in.takeLogits(out)
}

// admit replaces row r of the cache by row source[r] of prefilled, for each r
// with source[r] >= 0. The cache that is given is used up, even by an error.
func (in *instance) admit(cache, prefilled []*tensors.Tensor, source []int32) ([]*tensors.Tensor, error) {
	args, err := in.donate(cache)
	if err != nil {
		return nil, fmt.Errorf("admit: %w", err)
	}
	for _, t := range prefilled {
		args = append(args, t)
	}
	out, err := in.admitExec.Call(append(args, source)...)
	if err != nil {
		return nil, fmt.Errorf("admit: %w", err)
	}
	return out, nil
}

// newCache returns the cache of rows without tokens.
func (in *instance) newCache(rows, slots int) []*tensors.Tensor {
	batch := rows * in.config.NumKeyValueHeads
	var cache []*tensors.Tensor
	for range in.config.NumHiddenLayers {
		cache = append(cache,
			tensors.FromShape(shapes.Make(dtypes.Float32, batch, keyDim(in.config), slots)),
			tensors.FromShape(shapes.Make(dtypes.Float32, batch, slots, valueDim(in.config))))
	}
	return cache
}

// logitsStride is the number of logits per row: the vocabulary, padded.
func (in *instance) logitsStride() int {
	return padded(in.config.VocabSize)
}

// args returns the weights followed by inputs.
func (in *instance) args(inputs ...any) []any {
	args := make([]any, 0, len(in.weights)+len(inputs)+2*in.config.NumHiddenLayers)
	for _, w := range in.weights {
		args = append(args, w)
	}
	return append(args, inputs...)
}

// donate hands tensors over to the next program, which may write in their place.
func (in *instance) donate(ts []*tensors.Tensor) ([]any, error) {
	args := make([]any, len(ts))
	for i, t := range ts {
		d, err := graph.DonateTensorBuffer(t, in.backend, 0)
		if err != nil {
			return nil, err
		}
		args[i] = d
	}
	return args, nil
}

// takeLogits copies and frees the first of a program's outputs.
func (in *instance) takeLogits(out []*tensors.Tensor) ([]float32, []*tensors.Tensor, error) {
	logits, err := tensors.CopyFlatData[float32](out[0])
	out[0].FinalizeAll()
	if err != nil {
		release(out[1:])
		return nil, nil, fmt.Errorf("read logits: %w", err)
	}
	return logits, out[1:], nil
}
