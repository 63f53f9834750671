package transformer

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"temper/model/library/safetensors"
)

const minimalConfig = `{"model_type":"qwen2","vocab_size":11,"hidden_size":16,"intermediate_size":20,"num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":2`

// TestParseConfig checks defaults, ignored fields and the way back to JSON.
func TestParseConfig(t *testing.T) {
	c, err := ParseConfig([]byte(minimalConfig + `,"torch_dtype":"bfloat16","rope_scaling":null,"use_sliding_window":false,"sliding_window":4096}`))
	if err != nil {
		t.Fatal(err)
	}
	if c.RopeTheta != 10000 || c.RMSNormEps != 1e-6 || c.HiddenAct != "silu" || c.HeadSize() != 4 {
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

// TestParseConfigDefaults checks the values of keys that are left out or null,
// against Hugging Face's Qwen2Config and LlamaConfig.
func TestParseConfigDefaults(t *testing.T) {
	sizes := `"vocab_size":11,"hidden_size":64,"intermediate_size":20,"num_hidden_layers":2,"num_attention_heads":32`
	base := Config{VocabSize: 11, HiddenSize: 64, IntermediateSize: 20, NumHiddenLayers: 2, NumAttentionHeads: 32, NumKeyValueHeads: 32, HiddenAct: "silu", RopeTheta: 10000, RMSNormEps: 1e-6}
	with := func(change func(c *Config)) Config {
		c := base
		change(&c)
		return c
	}
	qwen := with(func(c *Config) { c.ModelType, c.MaxPositionEmbeddings = "qwen2", 32768 })
	llama := with(func(c *Config) { c.ModelType, c.MaxPositionEmbeddings = "llama", 2048 })
	for text, want := range map[string]Config{
		`{"model_type":"qwen2",` + sizes + `}`:                                                                                                                 qwen,
		`{"model_type":"llama",` + sizes + `}`:                                                                                                                 llama,
		`{"model_type":"llama","num_key_value_heads":null,"head_dim":null,` + sizes + `}`:                                                                      llama,
		`{"model_type":"llama","hidden_act":"swish","sliding_window":4,` + sizes + `}`:                                                                         llama,
		`{"model_type":"qwen2","rope_scaling":{"rope_type":"default"},` + sizes + `}`:                                                                          qwen,
		`{"model_type":"qwen2","layer_types":["full_attention","full_attention"],` + sizes + `}`:                                                               qwen,
		`{"model_type":"qwen2","use_sliding_window":true,"layer_types":["full_attention","full_attention"],"max_window_layers":0,` + sizes + `}`:               qwen,
		`{"model_type":"qwen2","use_sliding_window":true,` + sizes + `}`:                                                                                       qwen,
		`{"model_type":"qwen2","use_sliding_window":true,"sliding_window":8,"max_window_layers":2,` + sizes + `}`:                                              qwen,
		`{"model_type":"qwen2","use_sliding_window":true,"sliding_window":null,"max_window_layers":0,` + sizes + `}`:                                           qwen,
		`{"model_type":"qwen2","attention_dropout":0.1,"Rope_Theta":5,"ROPE_SCALING":{"type":"yarn"},` + sizes + `}`:                                           qwen,
		`{"model_type":"llama","rope_theta":7,"rope_parameters":{"rope_theta":9,"rope_type":"default"},` + sizes + `}`:                                         withTheta(llama, 9),
		`{"model_type":"llama","rope_theta":7,"rope_scaling":{"rope_type":"default"},"rope_parameters":{"rope_theta":9,"rope_type":"default"},` + sizes + `}`:  withTheta(llama, 7),
		`{"model_type":"qwen2","architectures":["Qwen2Model"],` + sizes + `}`:                                                                                  with(func(c *Config) { *c = qwen; c.Architectures = []string{"Qwen2ForCausalLM"} }),
		`{"model_type":"llama","architectures":["LlamaForSequenceClassification"],` + sizes + `}`:                                                              with(func(c *Config) { *c = llama; c.Architectures = []string{"LlamaForCausalLM"} }),
		`{"model_type":"qwen2","attention_bias":true,"max_window_layers":1,` + sizes + `}`:                                                                     qwen,
		`{"model_type":"llama","rope_parameters":{"rope_theta":5e5},` + sizes + `}`:                                                                            withTheta(llama, 5e5),
		`{"model_type":"llama","rope_theta":7,"rope_parameters":{"type":"default"},` + sizes + `}`:                                                             withTheta(llama, 7),
		`{"model_type":"mistral","sliding_window":null,"num_key_value_heads":null,"rope_theta":null,"rope_scaling":null,"attention_bias":false,` + sizes + `}`: with(func(c *Config) { c.ModelType, c.MaxPositionEmbeddings = "mistral", 131072 }),
		`{"model_type":"mistral","max_position_embeddings":4096,` + sizes + `}`:                                                                                with(func(c *Config) { c.ModelType, c.MaxPositionEmbeddings, c.NumKeyValueHeads = "mistral", 4096, 8 }),
		`{"model_type":"qwen3",` + sizes + `}`:                                                                                                                 with(func(c *Config) { c.ModelType, c.MaxPositionEmbeddings, c.HeadDim = "qwen3", 32768, 128 }),
		`{"model_type":"qwen3","head_dim":6,"attention_bias":true,"use_sliding_window":false,"rope_parameters":{"rope_theta":5,"rope_type":"default"},` + sizes + `}`: with(func(c *Config) {
			c.ModelType, c.MaxPositionEmbeddings, c.HeadDim, c.AttentionBias, c.RopeTheta = "qwen3", 32768, 6, true, 5
		}),
		`{"model_type":"llama","attention_bias":true,"mlp_bias":true,` + sizes + `}`:                                                                                      with(func(c *Config) { *c = llama; c.AttentionBias, c.MLPBias = true, true }),
		`{"model_type":"llama","attention_bias":null,"mlp_bias":null,"partial_rotary_factor":null,` + sizes + `}`:                                                         llama,
		`{"model_type":"qwen2","use_sliding_window":true,"sliding_window":32768,"max_window_layers":0,` + sizes + `}`:                                                     qwen,
		`{"model_type":"llama","rope_scaling":{"type":"yarn","factor":null,"original_max_position_embeddings":512},` + sizes + `}`:                                        scaled(llama, RopeScaling{RopeType: RopeYarn, Factor: 4, OriginalMaxPositionEmbeddings: 512}),
		`{"model_type":"llama","rope_scaling":{"rope_type":"yarn","factor":2,"attention_factor":null},` + sizes + `}`:                                                     scaled(llama, RopeScaling{RopeType: RopeYarn, Factor: 2, OriginalMaxPositionEmbeddings: 2048}),
		`{"model_type":"llama","rope_parameters":{"rope_type":"yarn","factor":2,"truncate":null,"beta_fast":null,"original_max_position_embeddings":null},` + sizes + `}`: scaled(llama, RopeScaling{RopeType: RopeYarn, Factor: 2, OriginalMaxPositionEmbeddings: 2048, Truncate: new(bool)}),
		`{"model_type":"llama","rope_theta":7,"rope_parameters":{"rope_type":"default","factor":null,"rope_theta":null,"partial_rotary_factor":null},` + sizes + `}`:      withTheta(llama, 7),
		`{"model_type":"llama","original_max_position_embeddings":64,"rope_scaling":{"rope_type":"yarn","factor":2,"original_max_position_embeddings":32},` + sizes + `}`: scaled(llama, RopeScaling{RopeType: RopeYarn, Factor: 2, OriginalMaxPositionEmbeddings: 64}),
	} {
		got, err := ParseConfig([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", text, got, want)
		}
	}
}

func scaled(c Config, r RopeScaling) Config {
	c.RopeScaling = &r
	return c
}

func withTheta(c Config, theta float64) Config {
	c.RopeTheta = theta
	return c
}

// TestRotaryFrequencies compares the scaled frequencies with Llama 3.1's rule in
// its published form, by wavelengths.
func TestRotaryFrequencies(t *testing.T) {
	head := `{"model_type":"llama","vocab_size":11,"hidden_size":512,"intermediate_size":20,"num_hidden_layers":2,"num_attention_heads":4,"rope_theta":500000`
	plain, err := ParseConfig([]byte(head + "}"))
	if err != nil {
		t.Fatal(err)
	}
	for text, scale := range map[string]func(f float64) float64{
		`"rope_scaling":{"type":"linear","factor":4}`: func(f float64) float64 { return f / 4 },
		`"rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":8192}`:                        llama31,
		`"rope_parameters":{"rope_theta":500000,"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":8192}`: llama31,
	} {
		c, err := ParseConfig([]byte(head + "," + text + "}"))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ParseConfig(c.JSON()); err != nil || !bytes.Equal(again.JSON(), c.JSON()) {
			t.Errorf("%s became %s (%v)", c.JSON(), again.JSON(), err)
		}
		for i, got := range c.RotaryFrequencies() {
			unscaled := math.Pow(500000, -float64(i)/64)
			if want := scale(unscaled); math.Abs(float64(got)-want) > 1e-6*want {
				t.Errorf("%s: frequency %d is %v, want %v", text, i, got, want)
			}
			if math.Abs(float64(plain.RotaryFrequencies()[i])-unscaled) > 1e-6*unscaled {
				t.Errorf("unscaled frequency %d is %v, want %v", i, plain.RotaryFrequencies()[i], unscaled)
			}
		}
	}
}

// llama31 is the frequency that Llama 3.1 8B's scaling makes of f.
func llama31(f float64) float64 {
	const context, factor, low, high = 8192.0, 8.0, 1.0, 4.0
	switch wave := 2 * math.Pi / f; {
	case wave < context/high:
		return f
	case wave > context/low:
		return f / factor
	default:
		smooth := (context/wave - low) / (high - low)
		return (1-smooth)*f/factor + smooth*f
	}
}

// TestParseConfigRefusals checks that what is not computed is refused with the
// field and its valid values.
func TestParseConfigRefusals(t *testing.T) {
	for field, want := range map[string]string{
		`"rope_scaling":{"type":"longrope","factor":2}`:                                        `rope_scaling.type is "longrope"; supported are "default", "linear", "llama3" and "yarn"`,
		`"rope_scaling":{"type":"dynamic","factor":2}`:                                         `rope_scaling.type is "dynamic", whose frequencies change with the length of the text; supported are "default"`,
		`"rope_scaling":{"type":"yarn"}`:                                                       "rope_scaling.factor is 0",
		`"rope_scaling":{"type":"yarn","factor":4,"attention_factor":-1}`:                      "rope_scaling.attention_factor is -1; it must be positive and finite, or left out",
		`"rope_scaling":{"type":"yarn","factor":4,"beta_slow":64}`:                             "rope_scaling has beta_fast 32 and beta_slow 64; the first must be at least",
		`"rope_theta":1,"rope_scaling":{"type":"yarn","factor":4}`:                             "rope_theta is 1; with yarn it must be above 1",
		`"rope_scaling":{"factor":2}`:                                                          "rope_scaling has no rope_type",
		`"rope_scaling":{"type":"linear","factor":0}`:                                          "rope_scaling.factor is 0; it must be finite and at least 1",
		`"rope_scaling":{"type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":4}`: "high_freq_factor 4",
		`"rope_parameters":{"rope_type":"longrope"}`:                                           `rope_parameters.rope_type is "longrope"`,
		`"rope_parameters":{"rope_theta":0}`:                                                   "rope_parameters.rope_theta is 0",
		`"rope_parameters":{"full_attention":{"rope_theta":5}}`:                                `rope_parameters has settings of its own for "full_attention"`,
		`"use_sliding_window":true,"max_window_layers":1`:                                      "use_sliding_window is true, and the layers from 1 on have a window (max_window_layers); only false",
		`"layer_types":["full_attention","sliding_attention"]`:                                 `layer_types has "sliding_attention"`,
		`"partial_rotary_factor":0.5`:                                                          "partial_rotary_factor is 0.5; only 1",
		`"hidden_act":"gelu"`:                                                                  `hidden_act is "gelu"; only "silu"`,
		`"model_type":"gemma"`:                                                                 `model_type is "gemma"; supported are "llama" (LlamaForCausalLM), "mistral" (MistralForCausalLM), "qwen2" (Qwen2ForCausalLM) and "qwen3" (Qwen3ForCausalLM)`,
		`"model_type":"mistral"`:                                                               "sliding_window is left out, which means 4096; only null is supported",
		`"model_type":"qwen3","use_sliding_window":true,"max_window_layers":0`:                 "use_sliding_window is true, and the layers from 0 on",
		`"architectures":["LlamaForCausalLM"]`:                                                 `architectures has "LlamaForCausalLM"; model_type "qwen2" goes with "Qwen2ForCausalLM"`,
		`"attention_bias":false`:                                                               "attention_bias is false; for qwen2 only true",
		`"model_type":"mistral","sliding_window":null,"attention_bias":true`:                   "attention_bias is true; for mistral only false",
		`"mlp_bias":true`:                                                                      "mlp_bias is true; for qwen2 only false",
		`"model_type":"qwen3","head_dim":4,"mlp_bias":true`:                                    "mlp_bias is true; for qwen3 only false",
		`"quantization_config":{}`:                                                             "quantization_config is set",
		`"num_key_value_heads":3`:                                                              "multiple of num_key_value_heads (3)",
		`"num_key_value_heads":0`:                                                              "num_key_value_heads is 0",
		`"head_dim":3`:                                                                         "head_dim is 3; it must be even",
		`"hidden_size":0`:                                                                      "hidden_size is 0; it must be at least 1",
		`"rms_norm_eps":0`:                                                                     "rms_norm_eps is 0",
		`"is_causal":false`:                                                                    "is_causal is false",
		`"architectures":["Qwen2ForConditionalGeneration"]`:                                    `architectures has "Qwen2ForConditionalGeneration"`,
		`"layer_types":["full_attention"]`:                                                     "layer_types has 1 entries; num_hidden_layers is 2",
		`"rope_parameters":{"rope_type":"linear","factor":0.5}`:                                "rope_parameters.factor is 0.5",
		`"rope_parameters":{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":0}`: "rope_parameters.original_max_position_embeddings is 0",
		`"rope_parameters":{"factor":"x"}`:                 "rope_parameters.factor is a string; valid: a number",
		`"rope_scaling":[1]`:                               "rope_scaling is an array; valid: an object, null",
		`"num_hidden_layers":1e9`:                          "num_hidden_layers is 1e9; valid: a whole number",
		`"num_attention_heads":16`:                         "num_attention_heads is 16, which makes heads of 1 (hidden_size 16)",
		`"hidden_size":99999999999`:                        "hidden_size is 99999999999; it must be at most 2147483647",
		`"num_key_value_heads":"2"`:                        `num_key_value_heads is "2"; valid: a whole number`,
		`"hidden_act":"` + strings.Repeat("x", 5000) + `"`: "hidden_act is",
		`"vocab_size":"x"`:                                 "vocab_size",
	} {
		if _, err := ParseConfig([]byte(minimalConfig + "," + field + "}")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", field, err, want)
		} else if len(err.Error()) > 1000 || strings.ContainsAny(err.Error(), "\n") || strings.Contains(err.Error(), "Go ") {
			t.Errorf("%s: %v is no line for people", field, err)
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

func encodeJSON(t *testing.T, value any) []byte {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
