package sampling

import (
	"fmt"
	"testing"

	"temper/model/backend"
	"temper/model/library/cpu"
	"temper/model/memory"
	"temper/model/rollout"
	"temper/model/transformer"
)

// TestMemory compares what Options.Memory says with the size of the arranged
// weights, and with what the backend laid out for prompts and for decoding.
func TestMemory(t *testing.T) {
	for _, s := range []struct {
		vocab, hidden, wide, layers, heads, kv, prompt, response int
	}{
		{64, 128, 384, 2, 2, 1, 256, 1}, {64, 128, 384, 2, 4, 2, 300, 8}, {500, 128, 1536, 3, 2, 2, 128, 4},
		{64, 128, 384, 2, 4, 4, 2, 250}, {64, 64, 192, 2, 1, 1, 500, 4},
	} {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) {
			c := transformer.Config{
				ModelType: "qwen2", HiddenAct: "silu", VocabSize: s.vocab, HiddenSize: s.hidden, IntermediateSize: s.wide, NumHiddenLayers: s.layers,
				NumAttentionHeads: s.heads, NumKeyValueHeads: s.kv, MaxPositionEmbeddings: 2048, RopeTheta: 1e4, RMSNormEps: 1e-6, TieWordEmbeddings: true,
			}
			w := transformer.NewWeights(c, transformer.InitSpec{EmbeddingStd: 0.1, OutputGain: 0.2}, 1)
			arranged := int64(0)
			values := w.Decoding(false)
			for i, p := range c.DecodingParams() {
				if p.Name != "model.embed_tokens.weight" && len(p.Shape) == 2 {
					arranged += 4 * int64(len(values[i]))
				}
			}
			if got := arrangedBytes(c); got != arranged {
				t.Errorf("%d bytes of arranged weights are estimated; they are %d", got, arranged)
			}
			checkPlanned(t, w, s.prompt, s.response)
		})
	}
}

func checkPlanned(t *testing.T, w *transformer.Weights, prompt, response int) {
	options := Options{Instances: 1}
	g, err := NewGenerator(w, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	if !backend.Lends(g.decoder.backend) {
		t.Skip("this processor has no kernels: nothing is planned")
	}
	var requests []rollout.Request
	for i := range 4 {
		r := rollout.Request{Problem: i, Prompt: make([]int32, prompt)}
		r.Prompt[0] = int32(i)
		requests = append(requests, r)
	}
	if _, err := g.Generate(t.Context(), requests, rollout.Sampling{Temperature: 1, TopP: 1, MaxResponseTokens: response}, nil); err != nil {
		t.Fatal(err)
	}
	estimate, err := options.Memory(w.Config, len(requests), prompt, response)
	if err != nil {
		t.Fatal(err)
	}
	planned := float64(g.decoder.backend.(*cpu.Backend).Working())
	for _, p := range estimate {
		if p.Name == "activations" {
			if ratio := float64(p.Bytes) / planned; ratio < 0.95 || ratio > 1.3 {
				t.Errorf("%s of %s are estimated, %s planned: %.2f times", p.Name, memory.Size(p.Bytes), memory.Size(int64(planned)), ratio)
			}
		}
	}
}
