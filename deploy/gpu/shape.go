package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"temper/model/transformer"
)

// shapes are the networks whose speed is measured: those of Qwen2.5's published
// config.json files, and one for trying the program out on a CPU.
var shapes = map[string]transformer.Config{
	"0.5b": qwen2(151936, 896, 4864, 24, 14, 2),
	"1.5b": qwen2(151936, 1536, 8960, 28, 12, 2),
	"tiny": qwen2(96, 64, 96, 2, 4, 2),
}

func qwen2(vocab, hidden, ff, layers, heads, kvHeads int) transformer.Config {
	return transformer.Config{
		ModelType: "qwen2", HiddenAct: "silu", VocabSize: vocab, HiddenSize: hidden, IntermediateSize: ff,
		NumHiddenLayers: layers, NumAttentionHeads: heads, NumKeyValueHeads: kvHeads,
		MaxPositionEmbeddings: 32768, RopeTheta: 1e6, RMSNormEps: 1e-6, TieWordEmbeddings: true,
	}
}

func shapeNames() []string {
	var names []string
	for name := range shapes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// randomWeights draws weights fast: uniform with standard deviation 0.02, norm
// weights 1. Only their number matters to speed.
func randomWeights(c transformer.Config) *transformer.Weights {
	w := &transformer.Weights{Config: c}
	var drawing sync.WaitGroup
	for i, p := range c.Params() {
		values := make([]float32, p.Size())
		w.Tensors = append(w.Tensors, values)
		drawing.Go(func() {
			if strings.HasSuffix(p.Name, "norm.weight") {
				for j := range values {
					values[j] = 1
				}
				return
			}
			rng := rand.New(rand.NewPCG(1, uint64(i)))
			spread := float32(0.02 * 2 * math.Sqrt(3))
			for j := range values {
				values[j] = (rng.Float32() - 0.5) * spread
			}
		})
	}
	drawing.Wait()
	return w
}

// randomTokens draws n token IDs.
func randomTokens(rng *rand.Rand, n, vocab int) []int32 {
	tokens := make([]int32, n)
	for i := range tokens {
		tokens[i] = int32(rng.IntN(vocab))
	}
	return tokens
}
