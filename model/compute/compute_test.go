package compute

import (
	"math"
	"strings"
	"testing"
)

// qwen7B is Qwen2.5-7B's config.json, as far as it is read.
const qwen7B = `{"num_hidden_layers": 28, "hidden_size": 3584, "intermediate_size": 18944, "num_attention_heads": 28,
	"num_key_value_heads": 4, "vocab_size": 152064, "tie_word_embeddings": false, "model_type": "qwen2"}`

func shapeOf(t *testing.T, config string) Shape {
	t.Helper()
	s, err := ShapeOf([]byte(config))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*want {
		t.Errorf("%s is %g, want %g within %g", what, got, want, tolerance)
	}
}

// The figures that Qwen2.5's model card gives: 7.61 billion parameters, 6.53 billion without embeddings.
func TestPublishedSizes(t *testing.T) {
	s := shapeOf(t, qwen7B)
	near(t, "Qwen2.5-7B's parameters", s.Parameters(), 7.61e9, 0.001)
	near(t, "those of its layers", s.matrices(), 6.53e9, 0.001)
	if got := s.CacheBytes(2); got != 57344 {
		t.Errorf("a token's keys and values in bfloat16 take %g bytes, want 57344", got)
	}
	half := shapeOf(t, `{"num_hidden_layers": 24, "hidden_size": 896, "intermediate_size": 4864, "num_attention_heads": 14,
		"num_key_value_heads": 2, "vocab_size": 151936, "tie_word_embeddings": true}`)
	near(t, "Qwen2.5-0.5B's parameters", half.Parameters(), 0.494e9, 0.001)
}

// Training is 6·N·D beside attention (Kaplan et al., PaLM), and attention 12·L·H·Q·S for each token
// of a row of S, half of which the mask hides.
func TestTrainingIsSixNDPlusAttention(t *testing.T) {
	s := shapeOf(t, qwen7B)
	const tokens = 8192.0
	multiplied := s.Parameters() - s.embedding() // an untied embedding is looked up
	attention := 12 * 28 * 3584 * tokens * tokens / 2
	near(t, "a row of 8,192", s.Training(Row(tokens, tokens), false), 6*multiplied*tokens+attention, 0.0002)
	near(t, "the same with its layers computed twice", s.Training(Row(tokens, tokens), true)-s.Training(Row(tokens, tokens), false),
		2*6.53e9*tokens+attention/3, 0.001)
}

// A network that a person can count: a layer's matrices are 4x4 (q), 4x2 (k), 4x2 (v), 4x4 (o) and three of
// 4x8, together 144; two layers, 2 heads of 2, vocabulary 10.
func TestByHand(t *testing.T) {
	s := Shape{Layers: 2, Hidden: 4, Intermediate: 8, Heads: 2, KeyValueHeads: 1, HeadSize: 2, Vocabulary: 10}
	if got := s.Parameters(); got != 288+80 {
		t.Errorf("%g parameters, want 368", got)
	}
	// A prompt of 3 tokens: 6 pairs of 2 layers, each 2 heads x 2 elements, for the score and for the sum; the last one's logits.
	prompt := 2*288*3.0 + 6*2*(2*2*2)*2 + 2*40
	if got := s.Forward(Prompt(3)); got != prompt {
		t.Errorf("the prompt is %g, want %g", got, prompt)
	}
	// A response of 3 to it: two tokens go through, and attend to 4 and 5.
	response := 2*288*2.0 + 9*2*(2*2*2)*2 + 2*2*40
	if got := s.Forward(Response(3, 3)); got != response {
		t.Errorf("the response is %g, want %g", got, response)
	}
	// Prefill and decode do what a forward pass over all but the last token does.
	if got := Prompt(3).Plus(Response(3, 3)); got != (Pass{5, 15, 3}) {
		t.Errorf("prompt and response are %+v", got)
	}
	if got := Response(7, 1); got != (Pass{}) {
		t.Errorf("one token is drawn from the prompt's logits, but costs %+v", got)
	}
	if got := Row(3, 1).Times(2).Plus(Pass{1, 1, 1}); got != (Pass{7, 13, 3}) {
		t.Errorf("two rows and a token are %+v", got)
	}
}

func TestShapeOfRefuses(t *testing.T) {
	for config, want := range map[string]string{
		`{}`: "num_hidden_layers is 0",
		`{"num_hidden_layers": 1, "hidden_size": -4}`: "hidden_size is -4",
		`[`: "config.json",
	} {
		if _, err := ShapeOf([]byte(config)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", config, err, want)
		}
	}
	s := shapeOf(t, `{"num_hidden_layers": 1, "hidden_size": 64, "intermediate_size": 8, "num_attention_heads": 4, "vocab_size": 9}`)
	if s.KeyValueHeads != 4 || s.HeadSize != 16 {
		t.Errorf("what config.json leaves out is %+v", s)
	}
}

func TestShapeAsMetrics(t *testing.T) {
	s := shapeOf(t, qwen7B)
	s.Tied = true
	if got, ok := FromMetrics(s.Metrics()); !ok || got != s {
		t.Errorf("recorded and read %+v, %v", got, ok)
	}
	if _, ok := FromMetrics(map[string]float64{"loss": 1}); ok {
		t.Error("a manifest without a shape has one")
	}
}

func TestDevices(t *testing.T) {
	for smi, want := range map[string]string{
		"NVIDIA H100 80GB HBM3": "h100", "NVIDIA H100 PCIe": "h100-pcie", "NVIDIA H200": "h200", "NVIDIA GH200 480GB": "gh200",
		"NVIDIA A100-SXM4-80GB": "a100", "NVIDIA L4": "l4", "NVIDIA L40S": "l40s", "NVIDIA L40": "", "Tesla T4": "",
	} {
		if got, ok := DeviceOf(smi); got.Name != want || ok != (want != "") {
			t.Errorf("%s is %q, want %q", smi, got.Name, want)
		}
	}
	if d, _ := DeviceOf("NVIDIA H100 PCIe"); d.Rate(true) != 756e12 || d.Rate(false) != 51e12 {
		t.Errorf("the PCIe card does %g and %g operations a second", d.Rate(true), d.Rate(false))
	}
	for _, name := range DeviceNames() {
		d, err := DeviceNamed(name)
		if err != nil || d.BF16 < d.FP32 || d.FP32 < 1e13 || d.Bandwidth < 1e11 || d.Memory < 1e10 {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
	if _, err := DeviceNamed("h10"); err == nil || !strings.Contains(err.Error(), `"h10"; did you mean h100?`) {
		t.Errorf("an unknown device: %v", err)
	}
}

func TestPrefixed(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 7: "7", 0.25: "0.25", 12.5: "12.5", 999: "999", 999.7: "1.00 k", 1234: "1.23 k", 12345: "12.3 k", 999999: "1.00 M", 1.5e15: "1.50 P", 2e30: "2e+06 Y", 123e24: "123 Y",
	} {
		if got := Prefixed(v); got != want {
			t.Errorf("%g is %q, want %q", v, got, want)
		}
	}
}

// The sizes that the model cards give, in billions.
func TestPublished(t *testing.T) {
	for name, billions := range map[string]float64{
		"Qwen2.5-0.5B": 0.494, "Qwen/Qwen2.5-1.5B-Instruct": 1.543, "qwen2.5-3b": 3.09, "s3://models/Qwen2.5-Math-7B": 7.61, "/m/Qwen2.5-Coder-14B/": 14.77,
		"Qwen2.5-32B": 32.76, "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B": 7.61, "nvidia/AceReason-Nemotron-1.1-7B": 7.61, "AceReason-Nemotron-14B": 14.77, "Qwen2.5-72B": 72.7, "meta-llama/Llama-3.1-8B-Instruct": 8.03, "Llama-3.2-1B": 1.236, "Llama-3.2-3B": 3.21,
	} {
		s, ok := Published(name)
		if !ok {
			t.Errorf("%s is not known", name)
			continue
		}
		near(t, name, s.Parameters(), billions*1e9, 0.002)
	}
	for _, name := range []string{"", "/", "Qwen2.5-8B", "stories260K/hf"} {
		if s, ok := Published(name); ok {
			t.Errorf("%q is %+v", name, s)
		}
	}
}
