package sampling

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"temper/model/backend"
	"temper/model/goldentest"
	"temper/model/goldentest/weights"
	"temper/model/library/cpu"
	"temper/model/rollout"
	"temper/model/transformer"
)

// continuation is what transformers sampled with a cache, in double precision.
type continuation struct {
	Prompt      []int32   `json:"prompt"`
	Temperature float64   `json:"temperature"`
	Uniforms    []float64 `json:"uniforms"`
	Tokens      []int32   `json:"tokens"`
	LogProbs    []float64 `json:"logprobs"`
}

// goldenWeights reads a model of the goldens.
func goldenWeights(t *testing.T, config, file string) *transformer.Weights {
	t.Helper()
	c, err := transformer.ParseConfig(goldentest.Read(t, config))
	if err != nil {
		t.Fatal(err)
	}
	w, err := transformer.WeightsFrom(c, weights.Read(t, file))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestFamiliesMatchTransformers compares greedy and sampled continuations: the token
// of a uniform number is the first whose cumulative probability exceeds it.
func TestFamiliesMatchTransformers(t *testing.T) {
	for _, dir := range goldentest.Families(t) {
		t.Run(dir, func(t *testing.T) {
			var file struct{ Greedy, Sampled []continuation }
			goldentest.JSON(t, dir+"/golden/golden.json", &file)
			d := newTestDecoder(t, backend.CPU, goldenWeights(t, dir+"/model/config.json", dir+"/model/model.safetensors"))
			for _, g := range append(file.Greedy, file.Sampled...) {
				dist := distribution{params: rollout.Sampling{Temperature: g.Temperature, TopP: 1}}
				pick := func(i int, logits []float32) int32 {
					if err := dist.set(logits); err != nil {
						t.Fatal(err)
					}
					u := 0.0 // greedy: nobody looks
					if g.Temperature > 0 {
						u = g.Uniforms[i]
					}
					token := dist.draw(u)
					if token != g.Tokens[i] {
						t.Fatalf("token %d at temperature %v is %d, want %d", i, g.Temperature, token, g.Tokens[i])
					}
					if diff := math.Abs(dist.logProb(token) - g.LogProbs[i]); diff > 3e-5 {
						t.Errorf("log-probability of token %d at temperature %v is off by %.2g", i, g.Temperature, diff)
					}
					return token
				}
				follow(t, d, g.Prompt, len(g.Tokens), pick)
			}
		})
	}
}

func newTestDecoder(t *testing.T, on string, w *transformer.Weights) *decoder {
	t.Helper()
	b, err := backend.Open(on)
	if err != nil {
		t.Fatal(err)
	}
	d, err := newDecoder(b, w.Config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.close)
	if err := d.setWeights(w, false); err != nil {
		t.Fatal(err)
	}
	return d
}

// follow reads a prompt and count tokens after it, each as next picks it from the
// logits before it. It is in row 1 of 3.
func follow(t *testing.T, d *decoder, prompt []int32, count int, next func(i int, logits []float32) int32) {
	t.Helper()
	const slots, rows, row = 32, 3, 1
	vocab := d.config.VocabSize
	input := make([]int32, slots)
	copy(input, prompt)
	logits, prefilled, err := d.prefill([][]int32{input}, []int32{int32(len(prompt))})
	if err != nil {
		t.Fatal(err)
	}
	cache, err := d.admit(d.newCache(rows, 4*slots), prefilled, []int32{-1, 0, -1})
	if err != nil {
		t.Fatal(err)
	}
	tokens, positions := make([]int32, rows), make([]int32, rows)
	last := logits
	for i := range count {
		tokens[row], positions[row] = next(i, last), int32(len(prompt)+i)
		if logits, cache, err = d.decode(tokens, positions, cache); err != nil {
			t.Fatal(err)
		}
		last = logits[row*vocab:][:vocab]
	}
	release(cache)
	release(prefilled)
}

// TestDecodeMatchesRopeGoldens compares the logits of every token of 96 with those of
// transformers, for every scaling in both spellings.
func TestDecodeMatchesRopeGoldens(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(goldentest.Dir(t), "rope/*/golden.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens (%v)", err)
	}
	for _, path := range paths {
		dir := "rope/" + filepath.Base(filepath.Dir(path))
		if strings.Contains(dir, "dynamic") { // refused
			continue
		}
		t.Run(dir, func(t *testing.T) {
			var g struct {
				IDs     []int32 `json:"input_ids"`
				Weights string  `json:"weights"`
			}
			goldentest.JSON(t, dir+"/golden.json", &g)
			want, _ := goldentest.NPY(t, dir+"/logits.npy")
			for _, config := range []string{"/model/config.json", "/config_old.json"} {
				d := newTestDecoder(t, backend.CPU, goldenWeights(t, dir+config, "rope/"+g.Weights))
				const prompt = 20
				vocab := d.config.VocabSize
				follow(t, d, g.IDs[:prompt], len(g.IDs)-prompt, func(i int, logits []float32) int32 {
					at := prompt + i
					for j, v := range want[(at-1)*vocab:][:vocab] {
						if math.Abs(float64(logits[j]-v)) > 1e-4 {
							t.Fatalf("%s: logit %d before token %d is %v, want %v", config, j, at, logits[j], v)
						}
					}
					return g.IDs[at]
				})
			}
		})
	}
}

// TestFamiliesDoNotDependOnOthers checks what rollouts may not depend on for a model
// with norms of heads and biases, whose programs differ from the others'.
func TestFamiliesDoNotDependOnOthers(t *testing.T) {
	for _, dir := range []string{"qwen3/attention_bias", "llama/biases_head_dim_tied"} {
		w := goldenWeights(t, dir+"/model/config.json", dir+"/model/model.safetensors")
		requests := groupRequests(w.Config, 6, 4, 2, 9)
		p := rollout.Sampling{Temperature: 1.2, TopP: 1, MaxResponseTokens: 24, EOS: []int32{1, 5}}
		want := generate(t, newGenerator(t, w, Options{Instances: 1, Rows: 24}), requests, p)
		order := shuffled(len(requests), 3)
		other := make([]rollout.Request, len(order))
		for i, at := range order {
			other[i] = requests[at]
		}
		compare(t, generate(t, newGenerator(t, w, Options{Instances: 2, Rows: 5, PrefillRows: 2}), other, p), want, order)
	}
}

// TestUnusualShapes holds prefill and decode, on both backends, to the training
// forward for shapes that nothing divides.
func TestUnusualShapes(t *testing.T) {
	for _, c := range []transformer.Config{
		{ModelType: "qwen3", VocabSize: 37, HiddenSize: 10, IntermediateSize: 7, NumHiddenLayers: 1, NumAttentionHeads: 3, NumKeyValueHeads: 1, HeadDim: 2},
		{ModelType: "qwen3", VocabSize: 65, HiddenSize: 36, IntermediateSize: 50, NumHiddenLayers: 3, NumAttentionHeads: 5, NumKeyValueHeads: 5, HeadDim: 18, AttentionBias: true, TieWordEmbeddings: true},
		{ModelType: "llama", VocabSize: 3, HiddenSize: 6, IntermediateSize: 1, NumHiddenLayers: 1, NumAttentionHeads: 1, NumKeyValueHeads: 1, MLPBias: true},
		{ModelType: "llama", VocabSize: 41, HiddenSize: 30, IntermediateSize: 33, NumHiddenLayers: 2, NumAttentionHeads: 14, NumKeyValueHeads: 7, HeadDim: 34, AttentionBias: true, MLPBias: true},
		{ModelType: "mistral", VocabSize: 257, HiddenSize: 24, IntermediateSize: 40, NumHiddenLayers: 2, NumAttentionHeads: 2, NumKeyValueHeads: 1, HeadDim: cpu.WidestHead + 2},
		{ModelType: "qwen2", VocabSize: 50, HiddenSize: 56, IntermediateSize: 24, NumHiddenLayers: 2, NumAttentionHeads: 7, NumKeyValueHeads: 1, TieWordEmbeddings: true, ValueHead: true},
	} {
		c.HiddenAct, c.MaxPositionEmbeddings, c.RopeTheta, c.RMSNormEps = "silu", 64, 100, 1e-5
		c.RopeScaling = &transformer.RopeScaling{RopeType: transformer.RopeYarn, Factor: 2, OriginalMaxPositionEmbeddings: 32}
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		w := randomWeights(c, 7)
		biases := randomWeights(config(64, 64, 1, 1, 1, 64), 8).Tensors[0]
		for i, p := range c.Params() {
			if len(p.Shape) == 1 { // so that norms and biases act
				for j := range w.Tensors[i] {
					w.Tensors[i][j] += biases[(i*31+j)%len(biases)]
				}
			}
		}
		tokens := make([]int32, 29)
		for i := range tokens {
			tokens[i] = int32(i * 17 % c.VocabSize)
		}
		want := trainingLogits(t, w, tokens)
		for _, on := range []string{backend.CPU, backend.GoSequential} {
			const prompt = 5
			follow(t, newTestDecoder(t, on, w), tokens[:prompt], len(tokens)-prompt, func(i int, logits []float32) int32 {
				for j, v := range want[prompt+i-1] {
					if math.Abs(float64(logits[j]-v)) > 2e-5*max(1, math.Abs(float64(v))) {
						t.Fatalf("%s, %+v: logit %d before token %d is %v, training computes %v", on, c, j, prompt+i, logits[j], v)
					}
				}
				return tokens[prompt+i]
			})
		}
	}
}
