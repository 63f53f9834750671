package transformer

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/graph"

	"temper/model/backend"
	"temper/model/library/cpu"
)

// packedRows are two rows of 23 slots with several sequences each.
func packedRows(vocab int) (tokens, positions, segments [][]int32) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, lengths := range [][]int{{7, 9, 5}, {20, 3}} {
		var t, p, s []int32
		for i, n := range lengths {
			for at := range n {
				t, p, s = append(t, int32(rng.IntN(vocab))), append(p, int32(at)), append(s, int32(i+1))
			}
		}
		for len(t) < 23 {
			t, p, s = append(t, 0), append(p, 0), append(s, 0)
		}
		tokens, positions, segments = append(tokens, t), append(positions, p), append(segments, s)
	}
	return tokens, positions, segments
}

// packedGradients are the gradients of a loss over packed rows, with the memory
// settings of pass, and the logits.
func packedGradients(t *testing.T, config string, w *Weights, pass Pass) [][]float32 {
	t.Helper()
	tokens, positions, segments := packedRows(w.Config.VocabSize)
	return evaluateOn(t, config, w, []any{tokens, positions, segments}, func(p Nodes, in []*graph.Node) []*graph.Node {
		pass.Tokens, pass.Positions, pass.Segments = in[0], in[1], in[2]
		var logits []*graph.Node
		grads := w.Config.Differentiate(p, pass, func(z *graph.Node, from int) *graph.Node {
			logits = append(logits, z)
			return graph.Sub(graph.Softmax(z), graph.Square(z))
		})
		return append(grads, graph.Concatenate(logits, 0))
	})
}

// TestWideHeads checks that heads which are too wide for fused attention go without.
func TestWideHeads(t *testing.T) {
	c := referenceWeights(true).Config
	c.ModelType, c.HeadDim = "llama", cpu.WidestHead+2
	w := randomWeights(c)
	compareGradients(t, c, packedGradients(t, backend.CPU, w, Pass{}), packedGradients(t, backend.GoSequential, w, Pass{}), 2e-5)
}

// TestMemorySettings checks that what bounds memory changes nothing: not a bit
// for checkpointing, and no more than rounding for chunks of logits and blocks
// of queries. GoMLX's backend has no fused attention; ours agrees with it.
func TestMemorySettings(t *testing.T) {
	for _, w := range []*Weights{referenceWeights(true), referenceWeights(false), llamaWeights(), normedWeights(), biasedWeights()} {
		want := packedGradients(t, backend.GoSequential, w, Pass{})
		fused := packedGradients(t, backend.CPU, w, Pass{})
		compareGradients(t, w.Config, fused, want, 5e-6)
		if d := maxDiff(t, fused[len(fused)-1], want[len(want)-1], nil); d > 1e-5 {
			t.Errorf("logits of the two backends differ by %.2g", d)
		}
		for i, again := range packedGradients(t, backend.CPU, w, Pass{Checkpointing: true}) {
			if !slices.Equal(again, fused[i]) {
				t.Fatalf("output %d differs with checkpointing on ours", i)
			}
		}
		for _, pass := range []Pass{
			{QueryBlock: 23}, {LogitSlots: 46}, {Checkpointing: true}, {QueryBlock: 8}, {QueryBlock: 1}, {LogitSlots: 16}, {LogitSlots: 5, QueryBlock: 6},
		} {
			t.Run(fmt.Sprintf("%s/tied=%v/%d-%d-%v", w.Config.ModelType, w.Config.TieWordEmbeddings, pass.QueryBlock, pass.LogitSlots, pass.Checkpointing), func(t *testing.T) {
				got := packedGradients(t, backend.GoSequential, w, pass)
				if exact := pass.QueryBlock%23 == 0 && pass.LogitSlots%46 == 0; exact {
					for i := range want {
						if !slices.Equal(got[i], want[i]) {
							t.Fatalf("output %d differs", i)
						}
					}
				}
				compareGradients(t, w.Config, got, want, 5e-6)
				if d := maxDiff(t, got[len(got)-1], want[len(want)-1], nil); d > 1e-5 {
					t.Errorf("logits differ by %.2g", d)
				}
				pass.Checkpointing = !pass.Checkpointing
				for i, again := range packedGradients(t, backend.GoSequential, w, pass) {
					if !slices.Equal(again, got[i]) {
						t.Fatalf("output %d differs with checkpointing", i)
					}
				}
			})
		}
	}
}

// TestTargets checks that the gradients for some slots, in any order and one of
// them twice, are those of all slots with no gradient at the others.
func TestTargets(t *testing.T) {
	w := referenceWeights(true)
	picked := []int32{30, 2, 17, 2, 41}
	gradients := func(targets bool, pass Pass) [][]float32 {
		tokens, _, _ := packedRows(w.Config.VocabSize)
		return evaluate(t, w, []any{tokens, picked}, func(p Nodes, in []*graph.Node) []*graph.Node {
			pass.Tokens = in[0]
			if targets {
				pass.Targets = in[1]
			}
			return w.Config.Differentiate(p, pass, func(z *graph.Node, from int) *graph.Node {
				dz := graph.Sub(graph.Softmax(z), graph.Square(z))
				if !targets {
					times := graph.OneHot(in[1], len(tokens)*len(tokens[0]), dz.DType()) // [picked, slots]
					dz = graph.Mul(dz, graph.Reshape(graph.ReduceSum(times, 0), -1, 1))
				}
				return dz
			})
		})
	}
	want := gradients(false, Pass{})
	for _, pass := range []Pass{{}, {LogitSlots: 2}, {LogitSlots: 3, Checkpointing: true, QueryBlock: 8}} {
		compareGradients(t, w.Config, gradients(true, pass), want, 3e-6)
	}
}
