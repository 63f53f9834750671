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
		add := func(suffix string, shape ...int) { specs = append(specs, ParamSpec{layerName(l, suffix), shape}) }
		project := func(name string, out int) {
			add("self_attn."+name+".weight", out, d)
			if c.QKVBias() {
				add("self_attn."+name+".bias", out)
			}
		}
		add("input_layernorm.weight", d)
		project("q_proj", q)
		project("k_proj", kv)
		project("v_proj", kv)
		add("self_attn.o_proj.weight", d, q)
		add("post_attention_layernorm.weight", d)
		add("mlp.gate_proj.weight", ff, d)
		add("mlp.up_proj.weight", ff, d)
		add("mlp.down_proj.weight", d, ff)
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
