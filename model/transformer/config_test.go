package transformer

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"temper/model/safetensors"
)

const minimalConfig = `{"model_type":"qwen2","vocab_size":11,"hidden_size":16,"intermediate_size":20,"num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":2`

// TestParseConfig checks defaults, ignored fields and the way back to JSON.
func TestParseConfig(t *testing.T) {
	c, err := ParseConfig([]byte(minimalConfig + `,"torch_dtype":"bfloat16","rope_scaling":null,"use_sliding_window":false,"sliding_window":4096}`))
	if err != nil {
		t.Fatal(err)
	}
	if c.RopeTheta != 10000 || c.RMSNormEps != 1e-6 || c.HiddenAct != "silu" || c.headDim() != 4 {
		t.Errorf("defaults are %+v", c)
	}
	again, err := ParseConfig(c.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.JSON(), c.JSON()) {
		t.Errorf("%s became %s", c.JSON(), again.JSON())
	}
}

// TestParseConfigRefusals checks that what is not computed is refused with the
// field and its valid values.
func TestParseConfigRefusals(t *testing.T) {
	for field, want := range map[string]string{
		`"rope_scaling":{"type":"yarn"}`:       "rope_scaling",
		`"use_sliding_window":true`:            "use_sliding_window is true; only false",
		`"hidden_act":"gelu"`:                  `hidden_act is "gelu"; only "silu"`,
		`"model_type":"llama"`:                 `model_type is "llama"; only "qwen2"`,
		`"architectures":["LlamaForCausalLM"]`: `only "Qwen2ForCausalLM"`,
		`"attention_dropout":0.1`:              "attention_dropout is 0.1; only 0",
		`"num_key_value_heads":3`:              "multiple of num_key_value_heads (3)",
		`"head_dim":3`:                         "head_dim is 3; it must be even",
		`"hidden_size":0`:                      "hidden_size is 0; it must be at least 1",
		`"rms_norm_eps":0`:                     "rms_norm_eps is 0",
		`"vocab_size":"x"`:                     "vocab_size",
	} {
		if _, err := ParseConfig([]byte(minimalConfig + "," + field + "}")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", field, err, want)
		}
	}
}

// TestNewWeights checks the standard deviations, and that a tensor's values
// depend on the seed and its name alone.
func TestNewWeights(t *testing.T) {
	c := referenceWeights(true).Config
	c.HiddenSize, c.IntermediateSize, c.VocabSize = 96, 384, 53
	init := InitSpec{EmbeddingStd: 0.1, OutputGain: 0.2}
	w := NewWeights(c, init, 5)
	std := map[string]float64{
		embedName: 0.1, layerName(1, "self_attn.o_proj.weight"): 0.2 / math.Sqrt(96), layerName(0, "mlp.down_proj.weight"): 0.2 / math.Sqrt(384),
		layerName(0, "mlp.up_proj.weight"): 1 / math.Sqrt(96), layerName(0, "self_attn.q_proj.bias"): 0,
	}
	for i, p := range c.Params() {
		want, ok := std[p.Name]
		if !ok {
			continue
		}
		sum := 0.0
		for _, v := range w.Tensors[i] {
			sum += float64(v) * float64(v)
		}
		if got := math.Sqrt(sum / float64(p.Size())); math.Abs(got-want) > 0.05*want {
			t.Errorf("%s has standard deviation %v, want %v", p.Name, got, want)
		}
	}
	c.NumHiddenLayers = 3
	deeper := NewWeights(c, init, 5)
	if !slices.Equal(deeper.Tensors[5], w.Tensors[5]) || slices.Equal(NewWeights(c, init, 6).Tensors[0], w.Tensors[0]) {
		t.Error("values depend on more than seed and name, or not on the seed")
	}
}

// TestDecodeWeightsRefusals checks that faulty tensors are named.
func TestDecodeWeightsRefusals(t *testing.T) {
	w := referenceWeights(true)
	encoded := w.Encode()
	back, err := DecodeWeights(w.Config, encoded)
	if err != nil || !bytes.Equal(back.Encode(), encoded) {
		t.Fatalf("weights do not survive encoding: %v", err)
	}
	tensors, _, err := safetensors.Decode(encoded)
	if err != nil {
		t.Fatal(err)
	}
	misshapen := slices.Clone(tensors)
	misshapen[0].Shape = []int{misshapen[0].Shape[1], misshapen[0].Shape[0]}
	for want, list := range map[string][]safetensors.Tensor{
		`tensor "` + tensors[0].Name + `" is missing`: tensors[1:],
		`tensor "` + tensors[0].Name + `" has shape`:  misshapen,
		`tensor "extra" is not a parameter`:           append(slices.Clone(tensors), safetensors.Tensor{Name: "extra", Data: []float32{1}}),
		`tensor "lm_head.weight" is not a parameter`:  append(slices.Clone(tensors), safetensors.Tensor{Name: headName, Shape: []int{1}, Data: []float32{1}}),
	} {
		if _, err := DecodeWeights(w.Config, safetensors.Encode(list, nil)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
