package sampling

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/backend"
	"temper/model/transformer"
)

// decoder is a backend with the weights and the compiled programs. Several
// goroutines may run it at a time.
type decoder struct {
	backend compute.Backend
	config  transformer.Config
	weights []*tensors.Tensor
	// The programs compile once per combination of input shapes.
	prefillExec, admitExec, decodeExec *graph.Exec
}

func newDecoder(on compute.Backend, config transformer.Config) (*decoder, error) {
	d := &decoder{backend: on, config: config}
	parameters := len(config.DecodingParams())
	for _, p := range []struct {
		exec **graph.Exec
		name string
		fn   func(in []*graph.Node) []*graph.Node
	}{
		{&d.prefillExec, "prefill", func(in []*graph.Node) []*graph.Node {
			logits, cache := config.Prefill(config.DecodingInputs(in), in[parameters], in[parameters+1])
			return append([]*graph.Node{logits}, cache...)
		}},
		{&d.decodeExec, "decode", func(in []*graph.Node) []*graph.Node {
			logits, cache := config.Decode(config.DecodingInputs(in), in[parameters], in[parameters+1], in[parameters+2:])
			return append([]*graph.Node{logits}, cache...)
		}},
		{&d.admitExec, "admit", func(in []*graph.Node) []*graph.Node {
			half := len(in) / 2
			return config.Admit(in[:half], in[half:2*half], in[2*half])
		}},
	} {
		exec, err := graph.NewExec(on, p.fn)
		if err != nil {
			return nil, fmt.Errorf("build the %s program: %w", p.name, err)
		}
		*p.exec = exec.WithName(p.name).SetMaxCache(-1)
	}
	return d, nil
}

// setWeights brings the policy to the backend.
func (d *decoder) setWeights(w *transformer.Weights, consume bool) error {
	values := w.Decoding(consume)
	for i, p := range d.config.DecodingParams() {
		t, err := backend.Lend(d.backend, values[i], p.Shape...)
		if err != nil {
			d.unload()
			return fmt.Errorf("load weights: %w", err)
		}
		d.weights = append(d.weights, t)
	}
	return nil
}

// unload frees the weights, and working memory that is more than a little.
func (d *decoder) unload() {
	release(d.weights)
	d.weights = nil
	backend.Shrink(d.backend)
}

// close frees the weights, the programs and the backend.
func (d *decoder) close() {
	d.unload()
	d.prefillExec.Finalize()
	d.admitExec.Finalize()
	d.decodeExec.Finalize()
	d.backend.Finalize()
}

// release frees tensors at once, not when the garbage collector finds them.
func release(ts []*tensors.Tensor) {
	for _, t := range ts {
		t.FinalizeAll()
	}
}

// prefill runs prompts int32 [Q][slots], padded, with the given lengths [Q], and
// returns a copy of the logits and the prompts' cache.
func (d *decoder) prefill(prompts [][]int32, lengths []int32) ([]float32, []*tensors.Tensor, error) {
	out, err := d.prefillExec.Call(d.args(prompts, lengths)...)
	if err != nil {
		return nil, nil, fmt.Errorf("prefill: %w", err)
	}
	return d.takeLogits(out)
}

// decode runs one token per row, and returns a copy of the logits and the cache. The cache that is given is used up, even by an error.
func (d *decoder) decode(tokens, positions []int32, cache []*tensors.Tensor) ([]float32, []*tensors.Tensor, error) {
	donated, err := d.donate(cache)
	if err != nil {
		return nil, nil, fmt.Errorf("decode: %w", err)
	}
	out, err := d.decodeExec.Call(append(d.args(tokens, positions), donated...)...)
	if err != nil {
		return nil, nil, fmt.Errorf("decode: %w", err)
	}
	return d.takeLogits(out)
}

// admit replaces row r of the cache by row source[r] of prefilled, for each r
// with source[r] >= 0. The cache that is given is used up, even by an error.
func (d *decoder) admit(cache, prefilled []*tensors.Tensor, source []int32) ([]*tensors.Tensor, error) {
	args, err := d.donate(cache)
	if err != nil {
		return nil, fmt.Errorf("admit: %w", err)
	}
	for _, t := range prefilled {
		args = append(args, t)
	}
	out, err := d.admitExec.Call(append(args, source)...)
	if err != nil {
		return nil, fmt.Errorf("admit: %w", err)
	}
	return out, nil
}

// newCache returns the cache of rows without tokens.
func (d *decoder) newCache(rows, slots int) []*tensors.Tensor {
	var cache []*tensors.Tensor
	for _, shape := range d.config.CacheShapes(rows, slots) {
		cache = append(cache, tensors.FromShape(shape))
	}
	return cache
}

// args returns the weights followed by inputs.
func (d *decoder) args(inputs ...any) []any {
	args := make([]any, 0, len(d.weights)+len(inputs)+2*d.config.NumHiddenLayers)
	for _, w := range d.weights {
		args = append(args, w)
	}
	return append(args, inputs...)
}

// donate hands tensors over to the next program, which may write in their place.
func (d *decoder) donate(ts []*tensors.Tensor) ([]any, error) {
	args := make([]any, len(ts))
	for i, t := range ts {
		donated, err := graph.DonateTensorBuffer(t, d.backend, 0)
		if err != nil {
			return nil, err
		}
		args[i] = donated
	}
	return args, nil
}

// takeLogits copies and frees the first of a program's outputs.
func (d *decoder) takeLogits(out []*tensors.Tensor) ([]float32, []*tensors.Tensor, error) {
	logits, err := tensors.CopyFlatData[float32](out[0])
	out[0].FinalizeAll()
	if err != nil {
		release(out[1:])
		return nil, nil, fmt.Errorf("read logits: %w", err)
	}
	return logits, out[1:], nil
}
