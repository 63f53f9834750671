package transformer

import "fmt"

// ParamSpec names one parameter tensor and its shape. Names are Hugging
// Face's; matrices are [out, in].
type ParamSpec struct {
	Name  string
	Shape []int
}

// Size is the number of elements.
func (s ParamSpec) Size() int {
	n := 1
	for _, d := range s.Shape {
		n *= d
	}
	return n
}

const (
	embedName = "model.embed_tokens.weight"
	normName  = "model.norm.weight"
	headName  = "lm_head.weight"
)

// What the parameters of a layer are called in Hugging Face's checkpoints;
// projections have a weight and may have a bias.
const (
	attentionNorm    = "input_layernorm"
	queryProjection  = "self_attn.q_proj"
	keyProjection    = "self_attn.k_proj"
	valueProjection  = "self_attn.v_proj"
	queryNorm        = "self_attn.q_norm"
	keyNorm          = "self_attn.k_norm"
	outputProjection = "self_attn.o_proj"
	mlpNorm          = "post_attention_layernorm"
	gateProjection   = "mlp.gate_proj"
	upProjection     = "mlp.up_proj"
	downProjection   = "mlp.down_proj"
)

// layerName is the Hugging Face name of a parameter of one layer.
func layerName(layer int, suffix string) string {
	return fmt.Sprintf("model.layers.%d.%s", layer, suffix)
}

// Params lists the parameters in a fixed order: embedding, layers from first
// to last, final norm, the head unless it is tied to the embedding, and a value
// head if there is one.
func (c Config) Params() []ParamSpec {
	d, ff := c.HiddenSize, c.IntermediateSize
	q, kv := c.NumAttentionHeads*c.HeadSize(), c.NumKeyValueHeads*c.HeadSize()
	specs := []ParamSpec{{embedName, []int{c.VocabSize, d}}}
	for l := range c.NumHiddenLayers {
		add := func(name string, shape ...int) { specs = append(specs, ParamSpec{layerName(l, name), shape}) }
		norm := func(name string, width int) { add(name+".weight", width) }
		project := func(name string, out, in int) {
			add(name+".weight", out, in)
			if c.hasBias(name) {
				add(name+".bias", out)
			}
		}
		norm(attentionNorm, d)
		project(queryProjection, q, d)
		project(keyProjection, kv, d)
		project(valueProjection, kv, d)
		if c.QKNorm() {
			norm(queryNorm, c.HeadSize())
			norm(keyNorm, c.HeadSize())
		}
		project(outputProjection, d, q)
		norm(mlpNorm, d)
		project(gateProjection, ff, d)
		project(upProjection, ff, d)
		project(downProjection, d, ff)
	}
	specs = append(specs, ParamSpec{normName, []int{d}})
	if !c.TieWordEmbeddings {
		specs = append(specs, ParamSpec{headName, []int{c.VocabSize, d}})
	}
	if c.ValueHead {
		specs = append(specs, ParamSpec{valueName, []int{1, d}}, ParamSpec{valueBiasName, []int{1}})
	}
	return specs
}

// NumParams is the number of trainable elements.
func (c Config) NumParams() int {
	n := 0
	for _, p := range c.Params() {
		n += p.Size()
	}
	return n
}
