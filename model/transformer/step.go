package transformer

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// Prefill reads prompts int32 [Q, P] of the given lengths int32 [Q] and returns the
// logits after each prompt's last token [Q, vocab], and the prompts' cache with Q
// rows and P slots. Padding after a prompt's end is never attended to and leaves
// zeros. p are DecodingInputs.
func (c Config) Prefill(p Nodes, tokens, lengths *graph.Node) (logits *graph.Node, cache []*graph.Node) {
	n := newNetwork(c, p, Pass{Tokens: tokens})
	n.turned = true
	g, rows, slots := tokens.Graph(), n.batch, n.seq
	slot := graph.Iota(g, shapes.Make(dtypes.Int32, rows, slots), 1)
	held := graph.LessThan(slot, graph.BroadcastToDims(graph.Reshape(lengths, rows, 1), rows, slots))
	held = graph.Reshape(graph.ConvertDType(held, dtypes.Float32), rows*slots, 1)
	n.attend = func(_ int, q, k, v *graph.Node) (*graph.Node, headsPullback) {
		cache = append(cache, n.cached(k, v, held)...)
		return n.heads(q, k, v)
	}
	states, _ := n.forward()
	first := graph.MulScalar(graph.Iota(g, shapes.Make(dtypes.Int32, rows, 1), 0), slots)
	last := graph.Add(first, graph.AddScalar(graph.Reshape(lengths, rows, 1), -1))
	return n.logits(graph.Gather(states[len(states)-1], last)), cache
}

// Decode reads one token int32 [R] per row at its position int32 [R] and returns the
// logits after that token [R, vocab], and the cache that holds it. p are
// DecodingInputs.
//
// Attention goes by way of the scores, of which a step has one row for each head:
// the CPU's fused kernel would first arrange all keys and values anew.
func (c Config) Decode(p Nodes, tokens, position *graph.Node, cache []*graph.Node) (logits *graph.Node, after []*graph.Node) {
	rows, slots := tokens.Shape().Dimensions[0], cache[0].Shape().Dimensions[2]
	n := &network{ops: Pass{}.ops(tokens.Graph().Backend(), c.HeadSize()), config: c, params: p, turned: true, batch: rows, seq: 1}
	n.pass.Tokens = graph.Reshape(tokens, rows, 1)
	n.angles = c.rotaryAt(position, slots)

	slot := graph.Iota(tokens.Graph(), shapes.Make(dtypes.Int32, rows, 1, slots), 2)
	reachable := graph.LessOrEqual(slot, graph.BroadcastToDims(graph.Reshape(position, rows, 1, 1), rows, 1, slots))
	scalar := func(v float32) *graph.Node { return graph.Scalar(tokens.Graph(), dtypes.Float32, v) }
	mask := graph.Where(reachable, scalar(0), scalar(unreachable))
	kv, d, e := c.NumKeyValueHeads, c.HeadSize(), c.cachedValue()
	keySlot, valueSlot := slotIndices(position, kv*d, slots), slotIndices(position, kv, slots)
	n.attend = func(layer int, q, k, v *graph.Node) (*graph.Node, headsPullback) {
		keys := addAt(cache[2*layer], keySlot, graph.Reshape(k, rows*kv*d))
		values := addAt(cache[2*layer+1], valueSlot, padTo(graph.Reshape(v, rows*kv, d), 1, e))
		after = append(after, keys, values)
		q = graph.MulScalar(q, 1/math.Sqrt(float64(d)))
		scores := graph.Reshape(n.bmm(graph.Reshape(q, rows*kv, -1, d), keys), rows, c.NumAttentionHeads, slots)
		weights := graph.Softmax(graph.Add(scores, graph.BroadcastToDims(mask, scores.Shape().Dimensions...)), -1)
		y := n.bmm(graph.Reshape(weights, rows*kv, -1, slots), values)
		return graph.Reshape(graph.SliceAxis(y, 2, graph.AxisRange(0, d)), rows, -1), nil
	}
	states, _ := n.forward()
	return n.logits(states[len(states)-1]), after
}

// logits are those of the states x [N, hidden] by the head of DecodingInputs.
func (n *network) logits(x *graph.Node) *graph.Node {
	y, _ := n.linear(x, headName, "")
	return y
}
