package transformer

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/layers/attention"

	"temper/model/backend"
)

// logitsAndGradients runs a small network as the pass says.
func logitsAndGradients(t *testing.T, pass Pass) (logits, gradients []float32) {
	t.Helper()
	c := Config{ModelType: "qwen2", HiddenAct: "silu", VocabSize: 29, HiddenSize: 24, IntermediateSize: 40, NumHiddenLayers: 2,
		NumAttentionHeads: 6, NumKeyValueHeads: 2, MaxPositionEmbeddings: 64, RopeTheta: 1e4, RMSNormEps: 1e-6, TieWordEmbeddings: true}
	w := NewWeights(c, InitSpec{EmbeddingStd: 0.5, OutputGain: 0.5}, 3)
	backend, err := backend.Open(backend.CPU)
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	exec, err := graph.NewExec(backend, func(nodes []*graph.Node) []*graph.Node {
		p, in := c.Inputs(nodes), nodes[len(c.Params()):]
		pass := pass
		pass.Tokens = in[0]
		var z *graph.Node
		grads := c.Differentiate(p, pass, func(logits *graph.Node, _ int) *graph.Node {
			z = logits
			return graph.Sin(logits)
		})
		return append([]*graph.Node{z}, grads...)
	})
	if err != nil {
		t.Fatal(err)
	}
	var args []any
	for i, p := range c.Params() {
		args = append(args, tensors.FromFlatDataAndDimensions(w.Tensors[i], p.Shape...))
	}
	args = append(args, [][]int32{{1, 5, 9, 2, 8, 3, 7}, {4, 4, 28, 0, 11, 6, 2}})
	out, err := exec.Call(args...)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range out {
		flat, err := tensors.CopyFlatData[float32](o)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			logits = flat
		} else {
			gradients = append(gradients, flat...)
		}
	}
	return logits, gradients
}

// farthest is max |a - b| / max |b|.
func farthest(a, b []float32) float64 {
	largest, scale := 0.0, 0.0
	for i := range b {
		largest, scale = max(largest, math.Abs(float64(a[i])-float64(b[i]))), max(scale, math.Abs(float64(b[i])))
	}
	return largest / scale
}

// TestBFloat16 checks that bf16 products come as near as bf16 can.
func TestBFloat16(t *testing.T) {
	logits, gradients := logitsAndGradients(t, Pass{})
	l, g := logitsAndGradients(t, Pass{Compute: dtypes.BFloat16})
	if dl, dg := farthest(l, logits), farthest(g, gradients); dl > 2e-2 || dg > 4e-2 || dl == 0 || dg == 0 {
		t.Errorf("logits differ by %v and gradients by %v of the largest", dl, dg)
	}
}

// TestPartialPullback checks flashHeads' way to a kernel's backward pass: taken
// node by node, with the incoming gradient held constant, automatic
// differentiation gives the gradient of the whole.
func TestPartialPullback(t *testing.T) {
	backend, err := backend.Open(backend.CPU)
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	attend := func(x *graph.Node) *graph.Node {
		y, _ := attention.Core(x, x, x, attention.LayoutBSHD, attention.CoreOptions{UseCausalMask: true, DisableFusion: true})
		return y
	}
	pull := func(y, x, dy *graph.Node) *graph.Node {
		return graph.Gradient(graph.ReduceAllSum(graph.Mul(y, graph.StopGradient(dy))), x)[0]
	}
	exec, err := graph.NewExec(backend, func(x *graph.Node) *graph.Node {
		y := attend(x)
		z := attend(y)
		dz := graph.Sin(x)
		whole := graph.Gradient(graph.ReduceAllSum(graph.Mul(z, graph.StopGradient(dz))), x)[0]
		return graph.Sub(whole, pull(y, x, pull(z, y, dz)))
	})
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 2*16*2*8)
	for i := range x {
		x[i] = float32(math.Sin(float64(i * i)))
	}
	out, err := exec.Call(tensors.FromFlatDataAndDimensions(x, 2, 16, 2, 8))
	if err != nil {
		t.Fatal(err)
	}
	difference, err := tensors.CopyFlatData[float32](out[0])
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range difference {
		if math.Abs(float64(d)) > 1e-6 {
			t.Fatalf("element %d differs by %v", i, d)
		}
	}
}
