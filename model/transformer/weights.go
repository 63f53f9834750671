package transformer

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"temper/model/library/safetensors"
)

// Weights are the values of a network's parameters. Tensors[i] belongs to
// Config.Params()[i] and is row-major.
type Weights struct {
	Config  Config
	Tensors [][]float32
}

// InitSpec says how random weights are drawn.
type InitSpec struct {
	EmbeddingStd float64 // standard deviation of the embedding (and of an untied head)
	OutputGain   float64 // o_proj and down_proj have standard deviation OutputGain/sqrt(fan_in)
}

// NewWeights draws weights from normal distributions: the embedding as init
// says, o_proj and down_proj with standard deviation OutputGain/sqrt(fan_in),
// other matrices with 1/sqrt(fan_in); biases are 0 and norm weights 1. Every
// tensor has its own random stream, given by seed and the tensor's name.
func NewWeights(c Config, init InitSpec, seed uint64) *Weights {
	w := &Weights{Config: c}
	for _, p := range c.Params() {
		data := make([]float32, p.Size())
		switch {
		case strings.HasSuffix(p.Name, ".bias"):
		case len(p.Shape) == 1:
			for i := range data {
				data[i] = 1
			}
		default:
			rng := rand.New(rand.NewPCG(seed, nameHash(p.Name)))
			std := init.std(p)
			for i := range data {
				data[i] = float32(std * rng.NormFloat64())
			}
		}
		w.Tensors = append(w.Tensors, data)
	}
	return w
}

// std is the standard deviation of a matrix [out, in].
func (s InitSpec) std(p ParamSpec) float64 {
	scale := 1 / math.Sqrt(float64(p.Shape[1]))
	switch {
	case p.Name == embedName || p.Name == headName:
		return s.EmbeddingStd
	case strings.HasSuffix(p.Name, outputProjection+".weight") || strings.HasSuffix(p.Name, downProjection+".weight"):
		return s.OutputGain * scale
	default:
		return scale
	}
}

func nameHash(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

// Clone is a deep copy.
func (w *Weights) Clone() *Weights {
	c := &Weights{Config: w.Config, Tensors: make([][]float32, len(w.Tensors))}
	for i, t := range w.Tensors {
		c.Tensors[i] = slices.Clone(t)
	}
	return c
}

// Encode writes the weights as safetensors with Hugging Face names. The same
// weights always give the same bytes.
func (w *Weights) Encode() []byte {
	return safetensors.Encode(w.Named(), map[string]string{"format": "pt"})
}

// Named are the weights by Hugging Face's names, in the order of Params. The
// values are not copied.
func (w *Weights) Named() []safetensors.Tensor {
	specs := w.Config.Params()
	tensors := make([]safetensors.Tensor, len(specs))
	for i, p := range specs {
		tensors[i] = safetensors.Tensor{Name: p.Name, Shape: p.Shape, Data: w.Tensors[i]}
	}
	return tensors
}

// DecodeWeights reads safetensors that hold exactly the parameters of c. A
// tensor that is missing, left over or misshapen is an error that names it.
func DecodeWeights(c Config, data []byte) (*Weights, error) {
	tensors, _, err := safetensors.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("decode weights: %w", err)
	}
	return WeightsFrom(c, tensors)
}

// WeightsFrom arranges tensors, which must be exactly the parameters of c, in
// the order of c.Params(). The values are not copied. A tied model may also
// bring a lm_head.weight that equals its embedding; it is dropped.
func WeightsFrom(c Config, tensors []safetensors.Tensor) (*Weights, error) {
	byName := make(map[string]safetensors.Tensor, len(tensors))
	for _, t := range tensors {
		byName[t.Name] = t
	}
	w := &Weights{Config: c}
	for _, p := range c.Params() {
		t, ok := byName[p.Name]
		if !ok {
			return nil, fmt.Errorf("decode weights: tensor %q is missing", p.Name)
		}
		if !slices.Equal(t.Shape, p.Shape) {
			return nil, fmt.Errorf("decode weights: tensor %q has shape %v; config.json asks for %v", p.Name, t.Shape, p.Shape)
		}
		w.Tensors = append(w.Tensors, t.Data)
		delete(byName, p.Name)
	}
	if head, ok := byName[headName]; ok && c.TieWordEmbeddings && slices.Equal(head.Data, w.Tensors[0]) {
		delete(byName, headName)
	}
	for _, t := range tensors {
		if _, left := byName[t.Name]; left {
			return nil, fmt.Errorf("decode weights: tensor %q is not a parameter of this config.json", t.Name)
		}
	}
	return w, nil
}
