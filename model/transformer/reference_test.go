package transformer

import (
	"math"
)

// reference is the decoder in double precision, written from the formulas and
// sharing nothing with the graph functions: one token at a time, loops only.
type reference struct {
	config Config
	params map[string][]float64
}

func newReference(w *Weights) *reference {
	r := &reference{w.Config, map[string][]float64{}}
	for i, p := range w.Config.Params() {
		values := make([]float64, len(w.Tensors[i]))
		for j, v := range w.Tensors[i] {
			values[j] = float64(v)
		}
		r.params[p.Name] = values
	}
	return r
}

// apply is W x + b for a weight and, where the network has one, its bias.
func (r *reference) apply(prefix string, x []float64) []float64 {
	w, b := r.params[prefix+".weight"], r.params[prefix+".bias"]
	y := make([]float64, len(w)/len(x))
	for o := range y {
		for i, v := range x {
			y[o] += w[o*len(x)+i] * v
		}
		if b != nil {
			y[o] += b[o]
		}
	}
	return y
}

func (r *reference) norm(prefix string, x []float64) []float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = v / math.Sqrt(sum/float64(len(x))+r.config.RMSNormEps) * r.params[prefix+".weight"][i]
	}
	return y
}

// turn applies the rotary embedding of a position to every head of x.
func (r *reference) turn(x []float64, position int) []float64 {
	d := r.config.HeadSize()
	y := make([]float64, len(x))
	for h := 0; h < len(x); h += d {
		for i := 0; i < d/2; i++ {
			angle := float64(position) * r.frequency(math.Pow(r.config.RopeTheta, -2*float64(i)/float64(d)))
			a, b := x[h+i], x[h+i+d/2]
			y[h+i] = a*math.Cos(angle) - b*math.Sin(angle)
			y[h+i+d/2] = b*math.Cos(angle) + a*math.Sin(angle)
		}
	}
	return y
}

// frequency applies llama3 scaling, by wavelengths.
func (r *reference) frequency(f float64) float64 {
	s := r.config.RopeScaling
	if s == nil {
		return f
	}
	context := float64(s.OriginalMaxPositionEmbeddings)
	switch wave := 2 * math.Pi / f; {
	case wave < context/s.HighFreqFactor:
		return f
	case wave > context/s.LowFreqFactor:
		return f / s.Factor
	default:
		smooth := (context/wave - s.LowFreqFactor) / (s.HighFreqFactor - s.LowFreqFactor)
		return (1-smooth)*f/s.Factor + smooth*f
	}
}

// attend is the attention of one token over the keys and values up to it.
func (r *reference) attend(q []float64, keys, values [][]float64) []float64 {
	d := r.config.HeadSize()
	group := r.config.NumAttentionHeads / r.config.NumKeyValueHeads
	out := make([]float64, len(q))
	for h := range r.config.NumAttentionHeads {
		kv := h / group
		weights, total := make([]float64, len(keys)), 0.0
		for t := range keys {
			score := 0.0
			for i := range d {
				score += q[h*d+i] * keys[t][kv*d+i]
			}
			weights[t] = math.Exp(score / math.Sqrt(float64(d)))
			total += weights[t]
		}
		for t := range values {
			for i := range d {
				out[h*d+i] += weights[t] / total * values[t][kv*d+i]
			}
		}
	}
	return out
}

// logits runs one row, positions from 0.
func (r *reference) logits(tokens []int32) [][]float64 {
	c := r.config
	x := make([][]float64, len(tokens))
	for t, id := range tokens {
		x[t] = append([]float64{}, r.params[embedName][int(id)*c.HiddenSize:][:c.HiddenSize]...)
	}
	add := func(x, y []float64) {
		for i := range x {
			x[i] += y[i]
		}
	}
	for l := range c.NumHiddenLayers {
		var keys, values [][]float64
		for t := range x {
			h := r.norm(layerName(l, "input_layernorm"), x[t])
			keys = append(keys, r.turn(r.apply(layerName(l, "self_attn.k_proj"), h), t))
			values = append(values, r.apply(layerName(l, "self_attn.v_proj"), h))
			q := r.turn(r.apply(layerName(l, "self_attn.q_proj"), h), t)
			add(x[t], r.apply(layerName(l, "self_attn.o_proj"), r.attend(q, keys, values)))
		}
		for t := range x {
			h := r.norm(layerName(l, "post_attention_layernorm"), x[t])
			gate, up := r.apply(layerName(l, "mlp.gate_proj"), h), r.apply(layerName(l, "mlp.up_proj"), h)
			for i, z := range gate {
				up[i] *= z / (1 + math.Exp(-z))
			}
			add(x[t], r.apply(layerName(l, "mlp.down_proj"), up))
		}
	}
	head := "lm_head"
	if c.TieWordEmbeddings {
		head = "model.embed_tokens"
	}
	for t := range x {
		x[t] = r.apply(head, r.norm("model.norm", x[t]))
	}
	return x
}

// loss is the mean negative log-likelihood of every token after the first.
func (r *reference) loss(rows [][]int32) float64 {
	sum, count := 0.0, 0
	for _, tokens := range rows {
		logits := r.logits(tokens)
		for t, id := range tokens[1:] {
			total := 0.0
			for _, z := range logits[t] {
				total += math.Exp(z)
			}
			sum += math.Log(total) - logits[t][id]
			count++
		}
	}
	return sum / float64(count)
}

// gradient differentiates the loss by central differences. In double precision
// with this step they are good to about 1e-9.
func (r *reference) gradient(rows [][]int32) [][]float32 {
	const step = 1e-5
	var grads [][]float32
	for _, p := range r.config.Params() {
		values := r.params[p.Name]
		grad := make([]float32, len(values))
		for i, v := range values {
			values[i] = v + step
			up := r.loss(rows)
			values[i] = v - step
			grad[i] = float32((up - r.loss(rows)) / (2 * step))
			values[i] = v
		}
		grads = append(grads, grad)
	}
	return grads
}
