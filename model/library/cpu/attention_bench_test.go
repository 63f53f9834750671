package cpu_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/library/cpu"
)

// attend is a causal attention over q [B, S, H, D] and k, v [B, S, KV, D], and
// its gradients for dy.
type attend func(q, k, v, dy *graph.Node) []*graph.Node

func fused(q, k, v, dy *graph.Node) []*graph.Node {
	y, _ := graph.BackendFusedScaledDotProductAttention(q, k, v, compute.AttentionAxesLayoutBSHD, &compute.ScaledDotProductAttentionConfig{Causal: true})
	return append(graph.Gradient(graph.ReduceAllSum(graph.Mul(y, graph.StopGradient(dy))), q, k, v), y)
}

// scores attends by way of all scores.
func scores(q, k, v, dy *graph.Node) []*graph.Node {
	d := q.Shape().Dimensions
	kv := k.Shape().Dimensions[2]
	stack := func(x *graph.Node) *graph.Node {
		return graph.Reshape(graph.TransposeAllAxes(x, 0, 2, 1, 3), d[0]*kv, -1, d[3])
	}
	unstack := func(x *graph.Node, heads int) *graph.Node {
		return graph.TransposeAllAxes(graph.Reshape(x, d[0], heads, d[1], d[3]), 0, 2, 1, 3)
	}
	bmm := func(a *graph.Node, axisA int, b *graph.Node, axisB int) *graph.Node {
		return graph.Dot(a, b).General([]int{axisA}, []int{0}, []int{axisB}, []int{0})
	}
	g, scale := q.Graph(), 1/math.Sqrt(float64(d[3]))
	shape := shapes.Make(dtypes.Int32, d[0]*kv, d[2]/kv, d[1], d[1])
	bias := graph.Where(graph.LessOrEqual(graph.Iota(g, shape, 3), graph.Iota(g, shape, 2)), graph.Scalar(g, dtypes.Float32, 0), graph.Scalar(g, dtypes.Float32, -1e30))
	bias = graph.Reshape(bias, d[0]*kv, -1, d[1])
	qs, ks, vs, dys := stack(graph.MulScalar(q, scale)), stack(k), stack(v), stack(dy)
	weights := graph.Softmax(graph.Add(bmm(qs, 2, ks, 2), bias), -1)
	y := bmm(weights, 2, vs, 1)
	slopes := graph.Mul(weights, graph.Sub(bmm(dys, 2, vs, 2), graph.ReduceAndKeep(graph.Mul(dys, y), graph.ReduceSum, -1)))
	return []*graph.Node{graph.MulScalar(unstack(bmm(slopes, 2, ks, 1), d[2]), scale), unstack(bmm(slopes, 1, qs, 1), kv), unstack(bmm(weights, 1, dys, 1), kv), unstack(y, d[2])}
}

// BenchmarkAttention computes attention and its gradients fused and by way of the
// scores, on one core: 4 query heads and 2 key/value heads of 32, 2048 slots in
// all.
func BenchmarkAttention(b *testing.B) {
	for _, slots := range []int{64, 128, 512, 2048} {
		for name, f := range map[string]attend{"fused": fused, "scores": scores} {
			b.Run(fmt.Sprintf("%d/%s", slots, name), func(b *testing.B) {
				backend, err := cpu.New("")
				if err != nil {
					b.Fatal(err)
				}
				defer backend.Finalize()
				exec, err := graph.NewExec(backend, func(q, k, v, dy *graph.Node) []*graph.Node { return f(q, k, v, dy) })
				if err != nil {
					b.Fatal(err)
				}
				var args []any
				for i, heads := range []int{4, 2, 2, 4} {
					flat := make([]float32, 2048*heads*32)
					for j := range flat {
						flat[j] = float32(math.Sin(float64(j*j + i)))
					}
					args = append(args, tensors.FromFlatDataAndDimensions(flat, 2048/slots, slots, heads, 32))
				}
				best := time.Hour
				for b.Loop() {
					start := time.Now()
					out, err := exec.Call(args...)
					if err != nil {
						b.Fatal(err)
					}
					best = min(best, time.Since(start))
					for _, o := range out {
						o.FinalizeAll()
					}
				}
				b.ReportMetric(best.Seconds()*1e3, "ms")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
