package transformer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"temper/model/library/safetensors"
)

// source is a checkpoint in memory.
type source struct {
	tensors []safetensors.Tensor
	fault   string // the tensor that cannot be read
}

func (s source) Tensors() []safetensors.Info {
	var infos []safetensors.Info
	for _, t := range s.tensors {
		infos = append(infos, safetensors.Info{Name: t.Name, Shape: t.Shape})
	}
	return infos
}

func (s source) Read(ctx context.Context, name string, into []float32) error {
	at := slices.IndexFunc(s.tensors, func(t safetensors.Tensor) bool { return t.Name == name })
	if name == s.fault || len(into) != len(s.tensors[at].Data) {
		return fmt.Errorf("tensor %q: %w", name, errBroken)
	}
	copy(into, s.tensors[at].Data)
	return ctx.Err()
}

var errBroken = errors.New("broken")

// tensorsOf lists the tensors of w in a checkpoint's order, which is no order.
func tensorsOf(w *Weights) []safetensors.Tensor {
	var list []safetensors.Tensor
	for i, p := range w.Config.Params() {
		list = append(list, safetensors.Tensor{Name: p.Name, Shape: p.Shape, Data: w.Tensors[i]})
	}
	slices.Reverse(list)
	return list
}

// TestLoadWeights checks that values arrive at their parameters, and that what
// checkpoints carry along is ignored.
func TestLoadWeights(t *testing.T) {
	for _, w := range []*Weights{referenceWeights(true), referenceWeights(false), llamaWeights(), normedWeights(), biasedWeights()} {
		list := append(tensorsOf(w),
			safetensors.Tensor{Name: "model.rotary_emb.inv_freq", Shape: []int{1}, Data: []float32{1}},
			safetensors.Tensor{Name: layerName(0, "self_attn.rotary_emb.inv_freq"), Shape: []int{1}, Data: []float32{1}})
		if w.Config.TieWordEmbeddings {
			list = append(list, safetensors.Tensor{Name: headName, Shape: w.Config.Params()[0].Shape, Data: w.Tensors[0]})
		}
		got, err := LoadWeights(t.Context(), w.Config, source{tensors: list})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Encode(), w.Encode()) {
			t.Errorf("%s: other weights are loaded", w.Config.ModelType)
		}
	}
}

// TestLoadWeightsRefusals checks that every fault is named, in one error.
func TestLoadWeightsRefusals(t *testing.T) {
	w := referenceWeights(true)
	good := tensorsOf(w)
	edit := func(change func(list []safetensors.Tensor) []safetensors.Tensor) source {
		return source{tensors: change(slices.Clone(good))}
	}
	last := len(good) - 1 // the embedding
	for want, src := range map[string]source{
		`tensor "model.embed_tokens.weight" is missing; tensor "model.norm.weight" has shape [4 4]; config.json asks for [16]; tensor "a" is not a parameter of this config.json; tensor "b" is not`: edit(func(list []safetensors.Tensor) []safetensors.Tensor {
			list[0].Shape = []int{4, 4}
			return append(list[:last], safetensors.Tensor{Name: "b"}, safetensors.Tensor{Name: "a"})
		}),
		"num_hidden_layers is 2, but the file has the tensors of 0 layers": edit(func([]safetensors.Tensor) []safetensors.Tensor { return nil }),
		"and 12 more": edit(func(list []safetensors.Tensor) []safetensors.Tensor {
			return slices.DeleteFunc(list, func(t safetensors.Tensor) bool {
				return strings.HasSuffix(t.Name, ".weight") && !strings.Contains(t.Name, "q_proj")
			})
		}),
		`tensor "lm_head.weight" differs from the embedding`: edit(func(list []safetensors.Tensor) []safetensors.Tensor {
			return append(list, safetensors.Tensor{Name: headName, Shape: list[last].Shape, Data: make([]float32, len(list[last].Data))})
		}),
		`tensor "lm_head.weight" is not a parameter`: edit(func(list []safetensors.Tensor) []safetensors.Tensor {
			return append(list, safetensors.Tensor{Name: headName, Shape: []int{1}})
		}),
	} {
		if _, err := LoadWeights(t.Context(), w.Config, src); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if _, err := LoadWeights(t.Context(), w.Config, source{tensors: good, fault: good[3].Name}); !errors.Is(err, errBroken) {
		t.Errorf("error %v, want that of the read", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := LoadWeights(cancelled, w.Config, source{tensors: good}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}
