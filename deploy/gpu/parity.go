package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"

	"temper/model/backend"
	"temper/model/rollout"
	"temper/model/transformer"
)

// parityModels are small networks whose logits are peaked enough for greedy
// decoding to be decided: grouped heads, odd sizes, tied and untied.
var parityModels = []struct {
	name   string
	config transformer.Config
}{
	{"grouped, tied", qwen2(331, 64, 112, 2, 8, 2)},
	{"single group, untied", untied(qwen2(257, 96, 160, 2, 6, 6))},
	{"wide heads, 4 layers", qwen2(512, 128, 352, 4, 2, 1)},
}

func untied(c transformer.Config) transformer.Config {
	c.TieWordEmbeddings = false
	return c
}

// tolerances are the largest differences that a precision may make, relative to
// the largest magnitude of the reference. The factors of a product have 24
// significant bits in fp32, 11 in TF32 and 8 in bf16; errors grow with depth.
var tolerances = map[string]float64{"fp32": 1e-4, "tf32": 3e-2, "bf16": 2e-1}

// parityCell compares the backend with the CPU backend, in this process, and
// with the goldens.
func parityCell(c Cell, tested, goldens string) error {
	config := withPrecision(tested, c.Model)
	if tested == backend.Go {
		config = backend.GoSequential // the CPU against itself, for trying the program out
	}
	r := Result{Cell: c.String(), Engine: temper, Status: statusOK, Precision: c.Model, Software: software()}
	on := target{backend: config}
	if c.Model == "bf16" {
		on.compute = dtypes.BFloat16
	}
	p := comparison{result: &r, allowed: tolerances[c.Model], exact: c.Model == "fp32"}
	for _, m := range parityModels {
		p.model = m.name
		p.compare(m.config, on)
		emit(r)
	}
	if err := p.goldens(goldens, on); err != nil {
		return err
	}
	emit(r)
	return nil
}

// comparison collects the checks of one cell.
type comparison struct {
	result  *Result
	model   string
	allowed float64
	exact   bool // greedy decoding must give the same tokens
}

// add records the largest difference between two lists of equal lengths. An
// error is a check that failed.
func (p *comparison) add(quantity string, got, want []float32, err error) {
	c := Check{Model: p.model, Quantity: quantity, Allowed: p.allowed}
	if err != nil {
		c.Text = shorten(err.Error())
	} else {
		c.Difference = difference(got, want)
	}
	p.record(c)
}

func (p *comparison) record(c Check) {
	if math.IsNaN(c.Difference) || math.IsInf(c.Difference, 0) {
		c.Difference, c.Text = 0, "not finite" // JSON has neither
	}
	p.result.Checks = append(p.result.Checks, c)
}

// difference is max |got - want| / max |want|; NaN for unequal lengths.
func difference(got, want []float32) float64 {
	if len(got) != len(want) {
		return math.NaN()
	}
	largest, scale := 0.0, math.SmallestNonzeroFloat32
	for i, w := range want {
		d := math.Abs(float64(got[i]) - float64(w))
		if math.IsNaN(d) {
			return d
		}
		largest, scale = max(largest, d), max(scale, math.Abs(float64(w)))
	}
	return largest / scale
}

// compare runs everything on both backends.
func (p *comparison) compare(c transformer.Config, on target) {
	w := transformer.NewWeights(c, transformer.InitSpec{EmbeddingStd: 0.3, OutputGain: 0.5}, 11)
	rng := rand.New(rand.NewPCG(5, 5))
	for i, spec := range c.Params() { // biases and norm weights that matter
		if len(spec.Shape) == 1 {
			for j := range w.Tensors[i] {
				w.Tensors[i][j] += float32(0.1 * rng.NormFloat64())
			}
		}
	}
	want, wantErr := measure(w, target{backend: backend.Go})
	got, err := measure(w, on)
	if wantErr != nil {
		err = fmt.Errorf("on the CPU: %w", wantErr)
	}
	for _, q := range quantities {
		p.add(q, got[q], want[q], err)
	}
	p.repeat(w, on, got["gradients"], err)
	p.longRow(w, on)
	if on.compute != dtypes.BFloat16 { // decoding has no bf16 form
		p.greedy(w, on.backend)
	}
}

// longRow compares the logits of one row: rotary angles grow with the position,
// and so do errors in them.
func (p *comparison) longRow(w *transformer.Weights, on target) {
	tokens := randomTokens(rand.New(rand.NewPCG(8, 8)), 512, w.Config.VocabSize)
	want, err := logits(w, target{backend: backend.Go}, tokens)
	var got []float32
	if err == nil {
		got, err = logits(w, on, tokens)
	}
	p.add("logits of a long row", got, want, err)
}

// repeat computes the gradients again, with programs compiled anew, and counts
// the elements whose bits differ: a run that is resumed must not.
func (p *comparison) repeat(w *transformer.Weights, on target, first []float32, err error) {
	c := Check{Model: p.model, Quantity: "gradients that differ in a second run"}
	var again map[string][]float32
	if err == nil {
		again, err = measure(w, on)
	}
	if err != nil {
		c.Text = shorten(err.Error())
	}
	for i, v := range again["gradients"] {
		if math.Float32bits(v) != math.Float32bits(first[i]) {
			c.Difference += 1 / float64(len(first))
		}
	}
	p.record(c)
}

// greedy compares greedy responses with those of the CPU.
func (p *comparison) greedy(w *transformer.Weights, config string) {
	rng := rand.New(rand.NewPCG(6, 6))
	prompts := make([][]int32, 5)
	for i := range prompts {
		prompts[i] = randomTokens(rng, 4+2*i, w.Config.VocabSize)
	}
	want, err := greedyTokens(w, backend.GoSequential, prompts, 24)
	if err != nil {
		err = fmt.Errorf("on the CPU: %w", err)
	}
	p.greedyAs(w, config, prompts, 24, want, err)
}

// greedyAs compares the greedy responses to prompts with wanted ones.
func (p *comparison) greedyAs(w *transformer.Weights, config string, prompts [][]int32, length int, want []int32, err error) {
	c := Check{Model: p.model, Quantity: "greedy tokens that differ"}
	if !p.exact {
		c.Allowed = 0.9 // of all tokens: one near-tie changes what follows it
	}
	var got []int32
	if err == nil {
		got, err = greedyTokens(w, config, prompts, length)
	}
	if err == nil && len(got) != len(want) {
		err = fmt.Errorf("%d tokens, want %d", len(got), len(want))
	}
	if err != nil {
		c.Text = shorten(err.Error())
		p.record(c)
		return
	}
	different := 0
	for i := range want {
		if got[i] != want[i] {
			different++
		}
	}
	c.Difference = float64(different) / float64(len(want))
	p.record(c)
}

// greedyTokens are the responses to all prompts, one after the other.
func greedyTokens(w *transformer.Weights, config string, prompts [][]int32, length int) ([]int32, error) {
	longest := 0
	var requests []rollout.Request
	for i, prompt := range prompts {
		longest = max(longest, len(prompt))
		requests = append(requests, rollout.Request{Problem: i, Prompt: prompt})
	}
	generator, err := generatorOf(w, config, generation{rows: len(prompts), prompt: longest, response: length})
	if err != nil {
		return nil, err
	}
	defer generator.Close()
	rollouts, err := generator.Generate(context.Background(), requests, rollout.Sampling{TopP: 1, MaxResponseTokens: length}, nil)
	var tokens []int32
	for _, r := range rollouts {
		tokens = append(tokens, r.Response...)
	}
	return tokens, err
}
