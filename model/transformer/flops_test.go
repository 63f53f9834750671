package transformer

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"

	"temper/model/backend"
	"temper/model/compute"
)

// products counts the operations of a graph's matrix products, a multiply-add as two. A product of
// more than two axes has all but the last two of its result's for its batch.
func products(g *graph.Graph) float64 {
	total := 0.0
	for _, n := range g.Nodes() {
		if n.Type() != graph.NodeTypeDotGeneral {
			continue
		}
		out, in := n.Shape(), n.Inputs()
		batch := 1
		if in[0].Rank() > 2 && in[1].Rank() > 2 {
			for _, d := range out.Dimensions[:out.Rank()-2] {
				batch *= d
			}
		}
		// left is batch·m·k, right batch·n·k, out batch·m·n
		inner := 1
		for batch*inner*inner*out.Size() < in[0].Shape().Size()*in[1].Shape().Size() {
			inner++
		}
		total += 2 * float64(out.Size()*inner)
	}
	return total
}

// TestOperationsAreThoseOfTheGraph holds package compute's formula against the products that the network's
// graphs have. Without fused attention a graph computes what the mask hides, too: all pairs of a row.
func TestOperationsAreThoseOfTheGraph(t *testing.T) {
	for _, w := range []*Weights{referenceWeights(true), referenceWeights(false), llamaWeights(), normedWeights()} {
		shape, err := compute.ShapeOf(w.Config.JSON())
		if err != nil {
			t.Fatal(err)
		}
		const rows, slots, targets = 2, 6, 5
		tokens := [][]int32{{1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1}}
		wanted := []int32{1, 3, 5, 8, 9}
		var forward, back float64
		evaluateOn(t, backend.GoSequential, w, []any{tokens, wanted}, func(p Nodes, in []*graph.Node) []*graph.Node {
			var last *graph.Node
			w.Config.Score(p, Pass{Tokens: in[0], Targets: in[1]}, func(z *graph.Node, _ int) *graph.Node {
				last = z
				return z
			})
			forward = products(in[0].Graph())
			return []*graph.Node{last}
		})
		for _, checkpointing := range []bool{false, true} {
			evaluateOn(t, backend.GoSequential, w, []any{tokens, wanted}, func(p Nodes, in []*graph.Node) []*graph.Node {
				grads := w.Config.Differentiate(p, Pass{Tokens: in[0], Targets: in[1], Checkpointing: checkpointing},
					func(z *graph.Node, _ int) *graph.Node { return graph.Square(z) })
				back = products(in[0].Graph())
				return grads
			})
			pass := compute.Pass{Tokens: rows * slots, Pairs: rows * slots * slots, Targets: targets}
			if want := shape.Forward(pass); forward != want {
				t.Errorf("%s: the graph's forward pass has %.0f operations, the formula %.0f", w.Config.ModelType, forward, want)
			}
			if want := shape.Training(pass, checkpointing); back != want {
				t.Errorf("%s, layers twice %v: the graph's training has %.0f operations, the formula %.0f", w.Config.ModelType, checkpointing, back, want)
			}
		}
	}
}
