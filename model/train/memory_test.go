package train

import (
	"fmt"
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
