package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/transformer"
)

var testHyper = StepHyper{LearningRate: 3e-3, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, WeightDecay: 0.1, MaxGradNorm: 1}

// smallWeights is a network that trains in milliseconds.
func smallWeights() *transformer.Weights {
	c := benchConfig(29, 16, 24, 2, 4, 2)
	return transformer.NewWeights(c, transformer.InitSpec{EmbeddingStd: 0.5, OutputGain: 0.5}, 3)
}

// mixedRows are rows of different lengths with weights of both signs.
func mixedRows(seed uint64, n int) []Row {
	rng := rand.New(rand.NewPCG(seed, 1))
	var rows []Row
	for range n {
		length := 4 + rng.IntN(20)
		r := Row{Tokens: make([]int32, length), Weights: make([]float32, length)}
		for t := range r.Tokens {
			r.Tokens[t] = int32(rng.IntN(29))
			if t >= 3 {
				r.Weights[t] = float32(rng.NormFloat64() / 50)
			}
		}
		rows = append(rows, r)
	}
	return rows
}

func steps(t *testing.T, tr *Trainer, from, to int) []StepStats {
	t.Helper()
	var all []StepStats
	for s := from; s < to; s++ {
		stats, err := tr.Step(t.Context(), mixedRows(uint64(s), 9), 0.8, testHyper, nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, stats)
	}
	return all
}

// TestStepObeysItsContext checks that a step is told of every micro-batch, ends
// between two of them when its context does, and then has changed nothing.
func TestStepObeysItsContext(t *testing.T) {
	eng := &Engine{Instances: 1, MicroBatchTokens: 24, Buckets: []int{24}}
	tr, undisturbed := newTestTrainer(t, smallWeights(), eng), newTestTrainer(t, smallWeights(), eng)
	rows := mixedRows(5, 9)
	before := tr.Weights().Encode()
	for _, last := range []int{1, 4, 9} {
		ctx, cancel := context.WithCancel(t.Context())
		batches := 0
		_, err := tr.Step(ctx, rows, 0.8, testHyper, func(slots int) {
			if slots != 24 {
				t.Errorf("a micro-batch of %d slots", slots)
			}
			if batches++; batches == last {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) || batches != last {
			t.Errorf("error %v after %d micro-batches, want the end of the context after %d", err, batches, last)
		}
	}
	if !bytes.Equal(tr.Weights().Encode(), before) || tr.state.Step != 0 {
		t.Error("an interrupted step changed the policy")
	}
	for _, trainer := range []*Trainer{tr, undisturbed} {
		if _, err := trainer.Step(t.Context(), rows, 0.8, testHyper, nil); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(tr.Weights().Encode(), undisturbed.Weights().Encode()) {
		t.Error("the step after an interrupted one is another than without it")
	}
}

// engines are settings for rows of up to 100 tokens, from the plainest to all
// that bounds memory.
func engines(instances int) map[string]*Engine {
	return map[string]*Engine{
		"plain":   {Instances: instances, MicroBatchTokens: 48, Buckets: []int{8, 16, 24}},
		"packed":  {Instances: instances, MicroBatchTokens: 48, Buckets: []int{24, 100}, Pack: true},
		"bounded": {Instances: instances, MicroBatchTokens: 100, Buckets: []int{100}, Pack: true, Checkpointing: true, MaxLogits: 1, MaxScores: 1},
	}
}

// TestInstancesDoNotMatter checks that updates have the same bits for 1, 2 and
// 4 instances.
func TestInstancesDoNotMatter(t *testing.T) {
	for name := range engines(1) {
		t.Run(name, func(t *testing.T) {
			var want []byte
			var wantStats []StepStats
			for _, instances := range []int{1, 2, 4} {
				tr := newTestTrainer(t, smallWeights(), engines(instances)[name])
				stats := steps(t, tr, 0, 4)
				if got := tr.Weights().Encode(); want == nil {
					want, wantStats = got, stats
				} else if !bytes.Equal(got, want) || !slices.Equal(stats, wantStats) {
					t.Errorf("%d instances give other weights or statistics than 1", instances)
				}
			}
		})
	}
}

// TestResume checks that 3 steps, saving, loading and 3 more steps end where 6
// steps without a break end, bit for bit.
func TestResume(t *testing.T) {
	for name := range engines(2) {
		t.Run(name, func(t *testing.T) {
			through := newTestTrainer(t, smallWeights(), engines(2)[name])
			steps(t, through, 0, 6)

			first := newTestTrainer(t, smallWeights(), engines(2)[name])
			steps(t, first, 0, 3)
			c := first.weights.Config
			weights, err := transformer.DecodeWeights(c, first.Weights().Encode())
			if err != nil {
				t.Fatal(err)
			}
			state, err := OptimizerStateFrom(c, momentsOf(t, c, first.Optimizer()), first.Optimizer().Metadata())
			if err != nil {
				t.Fatal(err)
			}
			eng := engines(2)[name]
			t.Cleanup(eng.Close)
			second, err := New(weights, state, eng)
			if err != nil {
				t.Fatal(err)
			}
			steps(t, second, 3, 6)
			if !bytes.Equal(second.Weights().Encode(), through.Weights().Encode()) {
				t.Error("weights differ from those of the uninterrupted run")
			}
			if !reflect.DeepEqual(second.Optimizer(), through.Optimizer()) {
				t.Error("optimiser state differs from that of the uninterrupted run")
			}
		})
	}
}

// TestCheckpointingDoesNotMatter checks that updates have the same bits with and
// without gradient checkpointing.
func TestCheckpointingDoesNotMatter(t *testing.T) {
	for name, eng := range engines(2) {
		t.Run(name, func(t *testing.T) {
			one := newTestTrainer(t, smallWeights(), eng)
			steps(t, one, 0, 3)
			other := engines(2)[name]
			other.Checkpointing = !eng.Checkpointing
			two := newTestTrainer(t, smallWeights(), other)
			steps(t, two, 0, 3)
			if !bytes.Equal(one.Weights().Encode(), two.Weights().Encode()) {
				t.Error("weights differ")
			}
		})
	}
}

// TestCuttingDoesNotMatter checks that micro-batches of any size and buckets of
// any length give the gradients of one full batch, but for rounding.
func TestCuttingDoesNotMatter(t *testing.T) {
	rows := mixedRows(5, 11)
	full := newTestTrainer(t, smallWeights(), &Engine{Instances: 1, MicroBatchTokens: 264, Buckets: []int{24}})
	want, err := full.gradients(t.Context(), rows, 0.8, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantScores, err := full.engine.LogProbs(t.Context(), full.weights, rows, 0.8, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, eng := range []*Engine{
		{Instances: 2, MicroBatchTokens: 24, Buckets: []int{24}},
		{Instances: 2, MicroBatchTokens: 96, Buckets: []int{6, 12, 18, 24}},
		{Instances: 2, MicroBatchTokens: 640, Buckets: []int{40}},
	} {
		tr := newTestTrainer(t, smallWeights(), eng)
		got, err := tr.gradients(t.Context(), rows, 0.8, nil)
		if err != nil {
			t.Fatal(err)
		}
		checkGradients(t, tr, full.grads, 2e-6)
		if math.Abs(got.Loss-want.Loss) > 1e-6 || !near(got.Entropy, want.Entropy, 1e-6) || got.Targets != want.Targets || got.Tokens != want.Tokens {
			t.Errorf("%d tokens in buckets %v: %+v, want %+v", eng.MicroBatchTokens, eng.Buckets, got, want)
		}
		scores, err := tr.engine.LogProbs(t.Context(), tr.weights, rows, 0.8, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range scores {
			for j := range scores[i].LogProbs {
				if math.Abs(float64(scores[i].LogProbs[j]-wantScores[i].LogProbs[j])) > 1e-5 ||
					math.Abs(float64(scores[i].Entropies[j]-wantScores[i].Entropies[j])) > 1e-5 {
					t.Errorf("row %d, token %d: scores differ", i, j)
				}
			}
		}
	}
}

// TestZeroWeights checks that rows without weight have no gradient at all, and
// that adding one changes no bit of the others'.
func TestZeroWeights(t *testing.T) {
	tr := newTestTrainer(t, smallWeights(), &Engine{Instances: 1, MicroBatchTokens: 24, Buckets: []int{24}})
	silent := Row{Tokens: []int32{1, 2, 3}, Weights: make([]float32, 3)}
	stats, err := tr.gradients(t.Context(), []Row{silent}, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if stats.GradNorm != 0 || stats.Loss != 0 || stats.Targets != 0 {
		t.Errorf("a row without weights gives %+v", stats)
	}
	rows := mixedRows(2, 3)
	if _, err := tr.gradients(t.Context(), rows, 1, nil); err != nil {
		t.Fatal(err)
	}
	var want [][]float32
	for _, g := range tr.grads {
		want = append(want, slices.Clone(g))
	}
	if _, err := tr.gradients(t.Context(), append(rows, silent), 1, nil); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if !slices.Equal(want[i], tr.grads[i]) {
			t.Fatalf("a row without weights changes the gradient of %s", tr.weights.Config.Params()[i].Name)
		}
	}
}

// TestStepRefusals checks that mistakes are named and leave the policy alone.
func TestStepRefusals(t *testing.T) {
	tr := newTestTrainer(t, smallWeights(), &Engine{Instances: 1, MicroBatchTokens: 16, Buckets: []int{8}})
	before := tr.Weights().Encode()
	for _, c := range []struct {
		rows        []Row
		temperature float64
		want        string
	}{
		{nil, 1, "no rows"},
		{[]Row{{Tokens: []int32{1, 2}, Weights: []float32{0, 1}}}, 0, "temperature is 0"},
		{[]Row{{Tokens: []int32{1, 2}, Weights: []float32{1, 1}}}, 1, "row 0: weight of the first token"},
		{[]Row{{Tokens: []int32{1, 29}, Weights: []float32{0, 1}}}, 1, "row 0: token 29 at position 1"},
		{[]Row{{Tokens: []int32{1, 2}, Weights: []float32{0}}}, 1, "row 0: 2 tokens and 1 weights"},
		{[]Row{{Tokens: []int32{1, 2}, Weights: []float32{0, float32(math.NaN())}}}, 1, "row 0: weight at position 1 is NaN"},
		{[]Row{{Tokens: make([]int32, 9), Weights: make([]float32, 9)}}, 1, "row 0 has 9 tokens, more than the largest bucket"},
	} {
		if _, err := tr.Step(t.Context(), c.rows, c.temperature, testHyper, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
	if !bytes.Equal(tr.Weights().Encode(), before) || tr.state.Step != 0 {
		t.Error("a refused step changed the policy")
	}
	for _, e := range []*Engine{{MicroBatchTokens: 8, Buckets: []int{8}}, {Instances: 1, Buckets: []int{8}}, {Instances: 1, MicroBatchTokens: 1}} {
		if _, err := New(smallWeights(), OptimizerState{}, e); err == nil {
			t.Errorf("engine %+v is accepted", e)
		}
	}
}

// TestMemoryStays checks that a thousand steps leave no more memory in use than
// a hundred.
func TestMemoryStays(t *testing.T) {
	tr := newTestTrainer(t, smallWeights(), &Engine{Instances: 2, MicroBatchTokens: 32, Buckets: []int{8}})
	rows := []Row{{Tokens: []int32{1, 2, 3}, Weights: []float32{0, 1, 1}}, {Tokens: []int32{4, 5}, Weights: []float32{0, 1}}}
	inUse := func(steps int) uint64 {
		for range steps {
			if _, err := tr.Step(t.Context(), rows, 1, testHyper, nil); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
		runtime.GC() // the backend's buffer pools are emptied by the second collection
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := inUse(100)
	if after := inUse(1000); after > before+1<<20 {
		t.Errorf("%d bytes in use after 1,100 steps, %d after 100", after, before)
	}
}

// TestRows checks the weights of rows of SFT and of derivatives.
func TestRows(t *testing.T) {
	batch := []dataset.Tokenized{{Prompt: []int32{1, 2}, Response: []int32{3}}, {Prompt: []int32{4}, Response: []int32{5, 6, 7}}}
	rows, err := SFTRows(batch)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rows[1].Tokens, []int32{4, 5, 6, 7}) || !slices.Equal(rows[1].Weights, []float32{0, .25, .25, .25}) {
		t.Errorf("sft row is %+v", rows[1])
	}
	rows = DerivativeRows(batch, [][]float64{{0}, {0, .5, 0}}, [][]float64{{0}, {0, 0, 0}}, [][]float64{{2}, {0, 0, 0}})
	if len(rows) != 2 || !slices.Equal(rows[0].Values, []float32{0, 0, 2}) || !slices.Equal(rows[0].Weights, make([]float32, 3)) ||
		!slices.Equal(rows[1].Weights, []float32{0, 0, -.5, 0}) || rows[0].Entropies != nil || rows[1].Values != nil {
		t.Errorf("rows of derivatives are %+v", rows)
	}
	if rows = DerivativeRows(batch, [][]float64{{0}, {0, 0, 0}}, nil, nil); len(rows) != 0 {
		t.Errorf("rows without a derivative: %+v", rows)
	}
	if _, err := SFTRows([]dataset.Tokenized{{Prompt: []int32{1}}}); err == nil {
		t.Error("a batch without response tokens is accepted")
	}
}

// TestScheduleThroughout checks the schedule whose cosine spans the warm-up.
func TestScheduleThroughout(t *testing.T) {
	s := Schedule{LearningRate: 2e-3, WarmupSteps: 20, TotalSteps: 300, MinRatio: 0.1}
	for _, step := range []int{0, 7, 19, 20, 150, 299} {
		want := 2e-3 * min(1, float64(step+1)/20) * (0.1 + 0.9*0.5*(1+math.Cos(math.Pi*float64(step)/300)))
		if got := s.At(step); math.Abs(got-want) > 1e-15 {
			t.Errorf("step %d: %v, want %v", step, got, want)
		}
	}
	if end := s.At(300); math.Abs(end-2e-4) > 1e-15 || s.At(301) != end {
		t.Errorf("at the end and past it: %v and %v, want the floor", end, s.At(301))
	}
	flat := Schedule{LearningRate: 4e-4, WarmupSteps: 5, TotalSteps: 40, MinRatio: 1}
	if flat.At(0) != 4e-4/5 || flat.At(30) != 4e-4 {
		t.Errorf("MinRatio 1 gives %v at 0 and %v at 30", flat.At(0), flat.At(30))
	}
}
