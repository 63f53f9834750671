package sampling

import (
	"fmt"
	"math"

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
// [hidden, vocab], with columns of zeros, see padded.
func arrange(w *transformer.Weights) []matrix {
	c := w.Config
	named := make(map[string]matrix, len(w.Tensors))
	for i, spec := range c.Params() {
		m := matrix{rows: 1, columns: spec.Shape[len(spec.Shape)-1], data: w.Tensors[i]}
		if len(spec.Shape) == 2 {
			m.rows = spec.Shape[0]
		}
		named[spec.Name] = m
	}
	embedding := named["model.embed_tokens.weight"]
	arranged := []matrix{embedding}
	for l := range c.NumHiddenLayers {
		arranged = append(arranged, arrangeLayer(c, func(name string) matrix { return named[layerName(l, name)] })...)
	}
	head := embedding
	if !c.TieWordEmbeddings {
		head = named["lm_head.weight"]
	}
	return append(arranged, head.transposed().scaleRows(normScale(c, named["model.norm.weight"])).padColumns())
}

func arrangeLayer(c transformer.Config, named func(string) matrix) []matrix {
	beforeAttention := normScale(c, named("input_layernorm.weight"))
	beforeMLP := normScale(c, named("post_attention_layernorm.weight"))
	project := func(name string, factor float64) matrix {
		m := named("self_attn." + name + ".weight").transposed().scaleRows(beforeAttention)
		bias := make([]float32, m.columns)
		copy(bias, named("self_attn."+name+".bias").data) // zeros where there is none
		return m.appendRow(bias).scale(factor)
	}
	mlp := func(name string) matrix { return named("mlp." + name + ".weight").transposed() }
	headDim := c.HeadSize()
	layer := make([]matrix, perLayer)
	queries := project("q_proj", 1/math.Sqrt(float64(headDim)))
	layer[query] = queries.padHeads(headDim, keyDim(c))
	layer[queryTurned] = queries.turned(headDim).padHeads(headDim, keyDim(c))
	keys := project("k_proj", 1)
	layer[key] = keys.padHeads(headDim, keyDim(c))
	layer[keyTurned] = keys.turned(headDim).padHeads(headDim, keyDim(c))
	layer[value] = project("v_proj", 1).padHeads(headDim, valueDim(c))
	layer[output] = named("self_attn.o_proj.weight").padHeads(headDim, valueDim(c)).transposed()
	layer[gate] = mlp("gate_proj").scaleRows(beforeMLP).padColumns()
	layer[up] = mlp("up_proj").scaleRows(beforeMLP).padColumns()
	layer[down] = named("mlp.down_proj.weight").padColumns().transposed()
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

// transposed returns a copy with rows and columns exchanged.
func (m matrix) transposed() matrix {
	t := matrix{rows: m.columns, columns: m.rows, data: make([]float32, len(m.data))}
	for r := range m.rows {
		for c := range m.columns {
			t.data[c*t.columns+r] = m.data[r*m.columns+c]
		}
	}
	return t
}

// scaleRows multiplies row r by scale[r], in place.
func (m matrix) scaleRows(scale []float32) matrix {
	for i := range m.data {
		m.data[i] *= scale[i/m.columns]
	}
	return m
}

// scale multiplies all elements, in place.
func (m matrix) scale(factor float64) matrix {
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

// padHeads pads the columns of every head with zeros from headDim to dim.
func (m matrix) padHeads(headDim, dim int) matrix {
	heads := len(m.data) / headDim // of all rows
	p := matrix{rows: m.rows, columns: m.columns / headDim * dim, data: make([]float32, heads*dim)}
	for h := range heads {
		copy(p.data[h*dim:], m.data[h*headDim:][:headDim])
	}
	return p
}

// rotaryTables returns cos and sin of position times the rotary frequencies for positions
// 0 to slots-1, each [slots, keyDim] with both halves of a head alike. The angle
// is rounded to float32 as in training.
func rotaryTables(c transformer.Config, slots int) (cos, sin matrix) {
	frequencies, columns := c.RotaryFrequencies(), keyDim(c)
	cos = matrix{slots, columns, make([]float32, slots*columns)}
	sin = matrix{slots, columns, make([]float32, slots*columns)}
	for i := range 2 * len(frequencies) {
		frequency := frequencies[i%len(frequencies)]
		for position := range slots {
			angle := float64(float32(position) * frequency)
			cos.data[position*columns+i], sin.data[position*columns+i] = float32(math.Cos(angle)), float32(math.Sin(angle))
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
