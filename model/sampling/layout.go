package sampling

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"temper/model/transformer"
)

// matrix is a parameter of the generation programs, [rows, columns], row-major.
type matrix struct {
	rows, columns int
	data          []float32
}

// The parameters of a layer in the generation programs. They are those of
// transformer.Forward in the order that one token at a time needs: matrices are
// [in, out], because the CPU kernel for a transposed right side is 15 times
// slower at few rows, and everything that is linear is folded into them:
// the norm's weight times sqrt(hidden), the biases (as a last row, that meets a
// column of ones), and the attention's 1/sqrt(headDim). RoPE's rotated halves
// come from matrices of their own, queryTurned and keyTurned. Columns are padded
// with zeros, see padded.
const (
	query = iota
	queryTurned
	key
	keyTurned
	value
	output
	gate
	up
	down
	perLayer
)

// arrange derives the parameters of the generation programs: the embedding
// [vocab, hidden], perLayer matrices for each layer, and the head
// [hidden, vocab], with columns of zeros, see padded. The embedding is the policy's
// own memory; everything else is a copy. With consume the policy's tensors are let
// go of as they are copied, so that no more than one layer is there twice.
func arrange(w *transformer.Weights, consume bool) []matrix {
	c := w.Config
	place := make(map[string]int, len(w.Tensors))
	specs := c.Params()
	for i, spec := range specs {
		place[spec.Name] = i
	}
	named := func(name string) matrix {
		i, ok := place[name]
		if !ok {
			return matrix{}
		}
		shape := specs[i].Shape
		m := matrix{rows: 1, columns: shape[len(shape)-1], data: w.Tensors[i]}
		if len(shape) == 2 {
			m.rows = shape[0]
		}
		return m
	}
	done := func(within string) {
		for name, i := range place {
			if consume && strings.HasPrefix(name, within) {
				w.Tensors[i] = nil
			}
		}
	}
	layers := make([][]matrix, c.NumHiddenLayers)
	var next atomic.Int64
	var working sync.WaitGroup
	for range min(c.NumHiddenLayers, runtime.GOMAXPROCS(0)) {
		working.Go(func() {
			for l := int(next.Add(1)) - 1; l < c.NumHiddenLayers; l = int(next.Add(1)) - 1 {
				layers[l] = arrangeLayer(c, func(name string) matrix { return named(layerName(l, name)) })
				done(layerName(l, ""))
			}
		})
	}
	working.Wait()
	const embedName, headName = "model.embed_tokens.weight", "lm_head.weight"
	arranged := append([]matrix{named(embedName)}, slices.Concat(layers...)...)
	head := named(embedName)
	if !c.TieWordEmbeddings {
		head = named(headName)
	}
	arranged = append(arranged, head.transposed(padded(head.rows)).scaleRows(normScale(c, named("model.norm.weight"))))
	done(headName)
	return arranged
}

func arrangeLayer(c transformer.Config, named func(string) matrix) []matrix {
	beforeAttention := normScale(c, named("input_layernorm.weight"))
	beforeMLP := normScale(c, named("post_attention_layernorm.weight"))
	project := func(name string, factor float64) matrix {
		weight := named("self_attn." + name + ".weight")
		m := weight.transposed(weight.rows).scaleRows(beforeAttention)
		bias := make([]float32, m.columns)
		copy(bias, named("self_attn."+name+".bias").data) // zeros where there is none
		return m.appendRow(bias).scale(factor)
	}
	mlp := func(name string) matrix {
		weight := named("mlp." + name + ".weight")
		return weight.transposed(padded(weight.rows)).scaleRows(beforeMLP)
	}
	headDim := c.HeadSize()
	layer := make([]matrix, perLayer)
	queries := project("q_proj", 1/math.Sqrt(float64(headDim)))
	layer[query] = queries.padHeads(headDim, keyDim(c))
	layer[queryTurned] = queries.turned(headDim).padHeads(headDim, keyDim(c))
	keys := project("k_proj", 1)
	layer[key] = keys.padHeads(headDim, keyDim(c))
	layer[keyTurned] = keys.turned(headDim).padHeads(headDim, keyDim(c))
	layer[value] = project("v_proj", 1).padHeads(headDim, valueDim(c))
	heads := named("self_attn.o_proj.weight").padHeads(headDim, valueDim(c))
	layer[output] = heads.transposed(heads.rows)
	layer[gate], layer[up] = mlp("gate_proj"), mlp("up_proj")
	narrow := named("mlp.down_proj.weight").padColumns()
	layer[down] = narrow.transposed(narrow.rows)
	return layer
}

// normScale is what remains of RMSNorm, x / sqrt(mean(x²) + eps) * weight, after
// x / sqrt(sum(x²) + hidden*eps).
func normScale(c transformer.Config, weight matrix) []float32 {
	scale := make([]float32, len(weight.data))
	for i, w := range weight.data {
		scale[i] = float32(float64(w) * math.Sqrt(float64(c.HiddenSize)))
	}
	return scale
}

// transposed returns a copy with rows and columns exchanged, and columns of zeros
// up to a width. It goes by blocks, whose cache lines are used whole.
func (m matrix) transposed(width int) matrix {
	const block = 16
	t := matrix{rows: m.columns, columns: width, data: make([]float32, m.columns*width)}
	for r0 := 0; r0 < m.rows; r0 += block {
		for c0 := 0; c0 < m.columns; c0 += block {
			for c := c0; c < min(c0+block, m.columns); c++ {
				to := t.data[c*width+r0:]
				for r := r0; r < min(r0+block, m.rows); r++ {
					to[r-r0] = m.data[r*m.columns+c]
				}
			}
		}
	}
	return t
}

// scaleRows multiplies row r by scale[r], in place.
func (m matrix) scaleRows(scale []float32) matrix {
	for r, factor := range scale {
		row := m.data[r*m.columns:][:m.columns]
		for i := range row {
			row[i] *= factor
		}
	}
	return m
}

// scale multiplies all elements, in place.
func (m matrix) scale(factor float64) matrix {
	if factor == 1 {
		return m
	}
	for i := range m.data {
		m.data[i] = float32(float64(m.data[i]) * factor)
	}
	return m
}

func (m matrix) appendRow(row []float32) matrix {
	return matrix{rows: m.rows + 1, columns: m.columns, data: append(m.data, row...)}
}

// turned returns the matrix whose product is that of m with the halves (a, b) of
// each head turned to (-b, a): RoPE is x*cos + turned(x)*sin.
func (m matrix) turned(headDim int) matrix {
	t := matrix{rows: m.rows, columns: m.columns, data: make([]float32, len(m.data))}
	half := headDim / 2
	for i := range t.data {
		if i%m.columns%headDim < half {
			t.data[i] = -m.data[i+half]
		} else {
			t.data[i] = m.data[i-half]
		}
	}
	return t
}

// The CPU's vector kernels compute columnStep columns together and the rest one by
// one, each as dear as many; fewer than minColumns go to a scalar kernel, whose
// sums also have another order.
const (
	columnStep = 16
	minColumns = 2 * columnStep
)

// padded rounds a number of columns up to one that the vector kernels like.
func padded(columns int) int {
	return max(minColumns, (columns+columnStep-1)/columnStep*columnStep)
}

// padColumns appends columns of zeros, see padded.
func (m matrix) padColumns() matrix { return m.padHeads(m.columns, padded(m.columns)) }

// padHeads pads the columns of every head with zeros from headDim to dim. It
// returns m where there is nothing to pad.
func (m matrix) padHeads(headDim, dim int) matrix {
	if headDim == dim {
		return m
	}
	heads := len(m.data) / headDim // of all rows
	p := matrix{rows: m.rows, columns: m.columns / headDim * dim, data: make([]float32, heads*dim)}
	for h := range heads {
		copy(p.data[h*dim:], m.data[h*headDim:][:headDim])
	}
	return p
}

// rotaryTables returns cos and sin of position times the rotary frequencies, scaled, for
// positions 0 to slots-1, each [slots, keyDim] with both halves of a head alike. The angle
// is rounded to float32 as in training.
func rotaryTables(c transformer.Config, slots int) (cos, sin matrix) {
	frequencies, columns := c.RotaryFrequencies(), keyDim(c)
	cos = matrix{slots, columns, make([]float32, slots*columns)}
	sin = matrix{slots, columns, make([]float32, slots*columns)}
	for i := range 2 * len(frequencies) {
		frequency := frequencies[i%len(frequencies)]
		for position := range slots {
			angle, scale := float64(float32(position)*frequency), c.RotaryScale()
			cos.data[position*columns+i], sin.data[position*columns+i] = float32(scale*math.Cos(angle)), float32(scale*math.Sin(angle))
		}
	}
	return cos, sin
}

// keyDim is the number of elements of a head's padded queries and keys: the
// smallest for which the keys of all heads together need no padding.
func keyDim(c transformer.Config) int {
	dim := c.HeadSize()
	for c.NumKeyValueHeads*dim != padded(c.NumKeyValueHeads*dim) {
		dim++
	}
	return dim
}

// valueDim is the number of elements of a head's padded values.
func valueDim(c transformer.Config) int { return padded(c.HeadSize()) }

// layerName is the Hugging Face name of a parameter of one layer.
func layerName(layer int, name string) string { return fmt.Sprintf("model.layers.%d.%s", layer, name) }
