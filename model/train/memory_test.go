package train

import (
	"fmt"
	"slices"
	"testing"

	"temper/model/backend"
	"temper/model/library/cpu"
	"temper/model/memory"
	"temper/model/transformer"
)

// TestMemory compares what Engine.Memory says of activations with what the backend
// laid out for the graphs of such steps.
func TestMemory(t *testing.T) {
	const length = 256
	normed := benchConfig(64, 128, 256, 4, 4, 2)
	normed.ModelType, normed.HeadDim, normed.AttentionBias = "qwen3", 48, true
	for _, c := range []transformer.Config{
		normed,
		benchConfig(32, 128, 384, 8, 2, 1), benchConfig(1024, 64, 768, 4, 2, 2), benchConfig(64, 256, 512, 3, 4, 1), benchConfig(32_000, 64, 192, 2, 1, 1),
	} {
		for _, s := range []struct {
			rows                int
			pack, checkpointing bool
		}{{1, false, false}, {2, true, false}, {2, false, true}} {
			t.Run(fmt.Sprintf("V%d d%d f%d L%d/%+v", c.VocabSize, c.HiddenSize, c.IntermediateSize, c.NumHiddenLayers, s), func(t *testing.T) {
				e := &Engine{Instances: 1, MicroBatchTokens: s.rows * length, Buckets: []int{length}, Checkpointing: s.checkpointing, Pack: s.pack}
				checkMemory(t, c, e, s.rows, length)
			})
		}
	}
}

func checkMemory(t *testing.T, c transformer.Config, e *Engine, rows, length int) {
	t.Cleanup(e.Close)
	w := transformer.NewWeights(c, transformer.InitSpec{EmbeddingStd: 0.1, OutputGain: 0.2}, 1)
	tr, err := New(w, OptimizerState{}, e)
	if err != nil {
		t.Fatal(err)
	}
	batch := randomRows(rows, length, c.VocabSize)
	var lengths []int
	for _, r := range batch {
		lengths = append(lengths, len(r.Tokens))
		for i := range r.Weights[1:] { // every token is trained
			r.Weights[i+1] = 1
		}
	}
	if _, err := tr.gradients(t.Context(), batch, 1, nil); err != nil {
		t.Fatal(err)
	}
	if !backend.Lends(e.program.backend) {
		t.Skip("this processor has no kernels: nothing is planned")
	}
	planned := float64(e.program.backend.(*cpu.Backend).Working())
	for _, p := range e.Memory(c, lengths) {
		if p.Name == "activations" {
			if ratio := float64(p.Bytes) / planned; ratio < 0.93 || ratio > 1.2 {
				t.Errorf("%s are estimated, %s planned: %.2f times", memory.Size(p.Bytes), memory.Size(int64(planned)), ratio)
			}
		}
	}
}

// TestMemoryOfSets: how many gradients and micro-batches exist at a time follows from the engine and the batch.
func TestMemoryOfSets(t *testing.T) {
	c := benchConfig(29, 16, 24, 2, 4, 2)
	gradients := 4 * int64(c.NumParams())
	four, one := []int{8, 8, 8, 8}, []int{8, 8}
	for name, test := range map[string]struct {
		engine Engine
		tokens []int
		// sets of gradients, and micro-batches of 16 slots whose values exist
		sets, values int64
	}{
		"added in place":             {Engine{Instances: 1}, four, 1, 1},
		"side by side":               {Engine{Instances: 2}, four, 3, 2},
		"fewer batches than cores":   {Engine{Instances: 3}, one, 2, 1},
		"as many wait as are done":   {Engine{Instances: 2}, []int{8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8}, 5, 2},
		"GoMLX's own, with copies":   {Engine{Instances: 1, Backend: "go"}, four, 5, 3},
		"XLA's values are elsewhere": {Engine{Instances: 1, Backend: "xla:cuda"}, four, 3, 0},
		"a class of our own kernels": {Engine{Instances: 1, Backend: "cpu:kernels=avx2"}, four, 1, 1},
	} {
		e := test.engine
		e.MicroBatchTokens, e.Buckets = 16, []int{8}
		want := memory.Estimate{{Name: Gradients, Bytes: test.sets * gradients}, {Name: "activations", Bytes: test.values * e.values(c, 16, 8)}}
		if got := e.Memory(c, test.tokens); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// TestLargest: the largest micro-batch is the first of those with the most slots.
func TestLargest(t *testing.T) {
	for name, test := range map[string]struct {
		engine                 Engine
		tokens                 []int
		slots, bucket, batches int
	}{
		"rows larger than a micro-batch": {Engine{MicroBatchTokens: 4, Buckets: []int{8}}, []int{8, 3, 8}, 8, 8, 3},
		"two of the same size":           {Engine{MicroBatchTokens: 16, Buckets: []int{8, 16}}, []int{8, 16, 8}, 16, 16, 2},
		"short rows fill more":           {Engine{MicroBatchTokens: 24, Buckets: []int{6, 16}}, []int{16, 6, 6, 6, 6}, 24, 6, 2},
		"packed":                         {Engine{MicroBatchTokens: 16, Buckets: []int{16}, Pack: true}, []int{8, 4, 4}, 16, 16, 1},
		"a row that no bucket holds":     {Engine{MicroBatchTokens: 16, Buckets: []int{16}}, []int{17, 4}, 17, 17, 2},
	} {
		if slots, bucket, batches := test.engine.largest(test.tokens); slots != test.slots || bucket != test.bucket || batches != test.batches {
			t.Errorf("%s: %d slots of rows of %d in %d micro-batches", name, slots, bucket, batches)
		}
	}
}

// TestValues: what the formula gives by hand. (That it is right is what TestMemory shows, where there are kernels.)
func TestValues(t *testing.T) {
	small, wide := benchConfig(29, 16, 24, 2, 4, 2), benchConfig(200_000, 16, 24, 2, 4, 2)
	normed := small
	normed.ModelType, normed.HeadDim = "qwen3", 6
	for name, test := range map[string]struct {
		engine Engine
		config transformer.Config
		want   int64
	}{
		"small": {Engine{}, small, 533312}, "checkpointing": {Engine{Checkpointing: true}, small, 395072}, "packed": {Engine{Pack: true}, small, 566080},
		"norms of heads": {Engine{}, normed, 656192}, "logits in one": {Engine{MaxLogits: 1 << 30}, wide, 627642368}, "logits in chunks": {Engine{}, wide, 166842368},
	} {
		if got := test.engine.values(test.config, 256, 64); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}
