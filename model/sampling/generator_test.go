package sampling

import (
	"context"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/goldentest"
	"temper/model/rollout"
	"temper/model/transformer"
)

func newGenerator(t testing.TB, w *transformer.Weights, o Options) *Generator {
	t.Helper()
	g, err := NewGenerator(w, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

func generate(t testing.TB, g *Generator, requests []rollout.Request, p rollout.Sampling) []rollout.Rollout {
	t.Helper()
	rollouts, err := g.Generate(context.Background(), requests, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rollouts
}

// smallWeights are of a network with untied embeddings whose sizes are no
// multiples of what the kernels like.
func smallWeights() *transformer.Weights {
	c := config(53, 24, 2, 4, 2, 40)
	c.TieWordEmbeddings = false
	w := randomWeights(c, 3)
	for i, spec := range c.Params() { // NewWeights leaves biases 0 and norms 1
		if strings.HasSuffix(spec.Name, ".bias") || strings.HasSuffix(spec.Name, "norm.weight") {
			for j := range w.Tensors[i] {
				w.Tensors[i][j] += 0.3 * float32(math.Sin(float64(7*i+j)))
			}
		}
	}
	return w
}

var mixed = rollout.Sampling{Temperature: 1.2, TopP: 1, MaxResponseTokens: 24, EOS: []int32{1, 5}}

func TestGreedyMatchesHuggingFace(t *testing.T) {
	for _, m := range goldentest.Models(t) {
		t.Run(m.Name, func(t *testing.T) {
			type generation struct {
				Prompt    []int32   `json:"prompt"`
				EOS       int32     `json:"eos_token_id"`
				NewTokens []int32   `json:"new_tokens"`
				LogProbs  []float64 `json:"logprobs"`
			}
			var file struct {
				Greedy    []generation `json:"greedy"`
				GreedyEOS []generation `json:"greedy_eos"`
			}
			goldentest.JSON(t, m.Dir+"/golden/golden.json", &file)
			g := newGenerator(t, goldenWeights(t, m.Dir+"/model_fp32/config.json", m.Dir+"/model_fp32/model.safetensors"), Options{Instances: 2})
			var requests []rollout.Request
			for i, c := range file.Greedy {
				requests = append(requests, rollout.Request{Problem: i, Prompt: c.Prompt})
			}
			for i, r := range generate(t, g, requests, rollout.Sampling{TopP: 1, MaxResponseTokens: len(file.Greedy[0].NewTokens)}) {
				if want := file.Greedy[i].NewTokens; !slices.Equal(r.Response, want) || r.Finish != rollout.FinishLength {
					t.Errorf("prompt %d: response %v (%s), want %v (length)", i, r.Response, r.Finish, want)
				}
				for j, want := range file.Greedy[i].LogProbs {
					if diff := math.Abs(float64(r.LogProbs[j]) - want); diff > 5e-5 {
						t.Errorf("prompt %d: log-probability of token %d is %v, want %v", i, j, r.LogProbs[j], want)
					}
				}
			}
			for i, c := range file.GreedyEOS {
				r := generate(t, g, []rollout.Request{{Prompt: c.Prompt}}, rollout.Sampling{TopP: 1, MaxResponseTokens: 40, EOS: []int32{c.EOS}})[0]
				if !slices.Equal(r.Response, c.NewTokens) || r.Finish != rollout.FinishStop {
					t.Errorf("prompt %d, eos %d: response %v (%s), want %v (stop)", i, c.EOS, r.Response, r.Finish, c.NewTokens)
				}
			}
		})
	}
}

// What the generator reports of a token must be what training computes for it
// from the whole sequence.
func TestDecodeMatchesTrainingForward(t *testing.T) {
	w := smallWeights()
	g := newGenerator(t, w, Options{Instances: 2, Rows: 12})
	requests := groupRequests(w.Config, 7, 2, 3, 40)
	p := mixed
	p.Temperature = 0.7
	worst := 0.0
	for _, r := range generate(t, g, requests, p) {
		logits := trainingLogits(t, w, append(slices.Clone(r.Prompt), r.Response...))
		entropySum := 0.0
		d := distribution{params: p}
		for i, token := range r.Response {
			if err := d.set(logits[len(r.Prompt)-1+i]); err != nil {
				t.Fatal(err)
			}
			worst = max(worst, math.Abs(float64(r.LogProbs[i])-d.logProb(token)))
			entropySum += d.entropy
		}
		if math.Abs(r.EntropySum-entropySum) > 1e-4*float64(len(r.Response)) {
			t.Errorf("problem %d: entropy sum %v, training computes %v", r.Problem, r.EntropySum, entropySum)
		}
	}
	if worst > 1e-4 {
		t.Errorf("log-probabilities differ by up to %v", worst)
	}
	t.Logf("largest difference of a log-probability: %.2g", worst)
}

// trainingLogits runs transformer.Forward on one sequence.
func trainingLogits(t *testing.T, w *transformer.Weights, tokens []int32) [][]float32 {
	t.Helper()
	backend, err := compute.NewWithConfig("go")
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	positions := make([]int32, len(tokens))
	for i := range positions {
		positions[i] = int32(i)
	}
	args := []any{[][]int32{tokens}, [][]int32{positions}}
	for i, spec := range w.Config.Params() {
		args = append(args, tensors.FromFlatDataAndDimensions(w.Tensors[i], spec.Shape...))
	}
	exec, err := graph.NewExec(backend, func(in []*graph.Node) *graph.Node {
		p := w.Config.Inputs(in[2:])
		hidden := w.Config.Forward(p, transformer.Pass{Tokens: in[0], Positions: in[1]})
		return w.Config.Logits(p, hidden)
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Call(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out[0].Value().([][][]float32)[0]
}

// A rollout must be the same to the last bit whatever else is generated with it.
func TestRolloutsDependOnNothingElse(t *testing.T) {
	w := smallWeights()
	requests := groupRequests(w.Config, 9, 5, 2, 37)
	want := generate(t, newGenerator(t, w, Options{Instances: 1, Rows: 12}), requests, mixed)
	checkVariety(t, want)
	for _, o := range []Options{
		{Instances: 1, Rows: 24}, {Instances: 2, Rows: 12}, {Instances: 4, Rows: 12}, {Instances: 3, Rows: 36, PrefillRows: 6}, {Instances: 2, Rows: 5, PrefillRows: 1}, {Instances: 1, Rows: 16}, {Instances: 2, Rows: 1},
	} {
		g := newGenerator(t, w, o)
		for round := range uint64(2) {
			order := shuffled(len(requests), round)
			permuted := make([]rollout.Request, len(requests))
			for i, at := range order {
				permuted[i] = requests[at]
			}
			compare(t, generate(t, g, permuted, mixed), want, order)
		}
		order := shuffled(len(requests), 9)[:7]
		var few []rollout.Request
		for _, at := range order {
			few = append(few, requests[at])
		}
		compare(t, generate(t, g, few, mixed), want, order)
	}
}

// Other buckets are other programs; on this backend their sums have the same order.
func TestBucketsDoNotChangeRollouts(t *testing.T) {
	w := smallWeights()
	requests := groupRequests(w.Config, 6, 3, 2, 30)
	want := generate(t, newGenerator(t, w, Options{Instances: 1}), requests, mixed)
	order := make([]int, len(requests))
	for i := range order {
		order[i] = i
	}
	for _, o := range []Options{{CacheBuckets: []int{160}}, {PromptBuckets: []int{32}}} {
		o.Instances = 1
		compare(t, generate(t, newGenerator(t, w, o), requests, mixed), want, order)
	}
}

func shuffled(n int, seed uint64) []int {
	order, s := make([]int, n), newStream(seed)
	for i := range order {
		j := int(s.uniform() * float64(i+1))
		order[i], order[j] = order[j], i
	}
	return order
}

// compare wants got[i] to be want[order[i]] bit for bit.
func compare(t *testing.T, got, want []rollout.Rollout, order []int) {
	t.Helper()
	for i, at := range order {
		if !reflect.DeepEqual(got[i], want[at]) {
			t.Fatalf("request %d: got %+v, want %+v", i, got[i], want[at])
		}
	}
}

// checkVariety makes sure that a comparison of rollouts proves something.
func checkVariety(t *testing.T, rollouts []rollout.Rollout) {
	t.Helper()
	s := rollout.Summarize(rollouts)
	different := map[string]bool{}
	for _, r := range rollouts {
		different[string(rollout.Encode([]rollout.Rollout{{Response: r.Response}}))] = true
		if r.Finish == rollout.FinishStop && !mixed.Ends(r.Response[len(r.Response)-1]) {
			t.Errorf("problem %d, sample %d stopped at token %d", r.Problem, r.Sample, r.Response[len(r.Response)-1])
		}
		for i, token := range r.Response[:len(r.Response)-1] {
			if mixed.Ends(token) {
				t.Errorf("problem %d, sample %d goes on after the end-of-sequence token at %d", r.Problem, r.Sample, i)
			}
		}
	}
	if s.Truncated == 0 || s.Truncated == s.Rollouts || len(different) < s.Rollouts*3/4 {
		t.Fatalf("%d different responses, %+v: too uniform for a test", len(different), s)
	}
}

func TestSetWeightsChangesThePolicy(t *testing.T) {
	a, b := smallWeights(), smallWeights()
	for i := range b.Tensors {
		for j := range b.Tensors[i] {
			b.Tensors[i][j] *= 1.1
		}
	}
	requests := groupRequests(a.Config, 3, 3, 4, 6)
	g := newGenerator(t, a, Options{Instances: 2, Rows: 12})
	first := generate(t, g, requests, mixed)
	if err := g.SetWeights(b); err != nil {
		t.Fatal(err)
	}
	if second := generate(t, g, requests, mixed); reflect.DeepEqual(first, second) {
		t.Error("another policy gave the same rollouts")
	}
	if err := g.SetWeights(a); err != nil {
		t.Fatal(err)
	}
	if third := generate(t, g, requests, mixed); !reflect.DeepEqual(first, third) {
		t.Error("the first policy, set again, gave other rollouts")
	}
	other := randomWeights(demoConfig(), 1)
	if err := g.SetWeights(other); err == nil || !strings.Contains(err.Error(), "config") {
		t.Errorf("weights of another shape: error %v", err)
	}
}

// A rope-scaled model that was read again has a config of its own with the same
// values; one with another scaling is another network.
func TestSetWeightsOfAModelReadAgain(t *testing.T) {
	scaled := func(factor float64) *transformer.Weights {
		c := config(53, 24, 2, 4, 2, 40)
		c.RopeScaling = &transformer.RopeScaling{RopeType: transformer.RopeLinear, Factor: factor}
		return randomWeights(c, 3)
	}
	g := newGenerator(t, scaled(2), Options{Instances: 1, Rows: 4})
	if err := g.SetWeights(scaled(2)); err != nil {
		t.Errorf("the same model again: %v", err)
	}
	if err := g.SetWeights(scaled(4)); err == nil {
		t.Error("a model with another rope scaling is sampled from with the programs of this one")
	}
}

func TestSeedsAndSamples(t *testing.T) {
	w := smallWeights()
	g := newGenerator(t, w, Options{Instances: 1, Rows: 12})
	prompt := []int32{3, 9, 4}
	rollouts := generate(t, g, []rollout.Request{
		{Sample: 0, Seed: 11, Prompt: prompt}, {Sample: 1, Seed: 12, Prompt: prompt}, {Sample: 2, Seed: 11, Prompt: prompt},
	}, mixed)
	if slices.Equal(rollouts[0].Response, rollouts[1].Response) {
		t.Error("two seeds gave the same response")
	}
	if !slices.Equal(rollouts[0].Response, rollouts[2].Response) {
		t.Error("one seed gave two responses")
	}
	budget1 := mixed
	budget1.MaxResponseTokens, budget1.EOS = 1, nil
	if r := generate(t, g, []rollout.Request{{Prompt: prompt}}, budget1)[0]; len(r.Response) != 1 || !r.Truncated() {
		t.Errorf("a budget of 1 gave %+v", r)
	}
}
