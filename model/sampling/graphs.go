package sampling

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"temper/model/transformer"
)

// programs builds the three graphs of a generator. Legend: R rows, Q prompts of a
// prefill, P prompt slots, T cache slots, KV key/value heads, D = keyDim,
// E = valueDim.
//
// A cache is two tensors per layer: the keys, transposed [R*KV, D, T], and the
// values [R*KV, T, E]. Token i of a sequence lies in slot i, so that its slot
// is its position and a query at position p may attend to the slots up to p.
// Slots that hold no token yet are zero: then adding a new key to its slot
// writes it exactly, and the program can do so in place.
type programs struct {
	config     transformer.Config
	parameters int // number of matrices that arrange makes
}

// unreachable is added to the score of a slot that a query may not attend to.
const unreachable = -1e30

// prefill maps the parameters, prompts int32 [Q*P] and their lengths int32 [Q]
// to the logits after each prompt's last token [Q, vocab], and the prompts'
// cache, with Q rows and P slots. Padding behind a prompt's end is never
// attended to and leaves zeros.
func (b programs) prefill(inputs []*graph.Node) []*graph.Node {
	n, rest := b.split(inputs)
	tokens, lengths := rest[0], rest[1]
	g, rows := tokens.Graph(), lengths.Shape().Dimensions[0]
	slots := tokens.Shape().Size() / rows
	c, d, e := b.config, keyDim(b.config), valueDim(b.config)
	group := c.NumAttentionHeads / c.NumKeyValueHeads

	position := graph.Iota(g, shapes.Make(dtypes.Int32, rows, slots), 1)
	held := graph.LessThan(position, graph.BroadcastToDims(graph.Reshape(lengths, rows, 1), rows, slots))
	held = graph.Reshape(graph.ConvertDType(held, dtypes.Float32), rows, slots, 1, 1)
	causal := graph.Reshape(graph.LowerTriangular(g, slots), 1, slots, slots)
	mask := graph.Where(causal, graph.Scalar(g, dtypes.Float32, 0), graph.Scalar(g, dtypes.Float32, unreachable))

	var cache []*graph.Node
	attention := func(_ int, queries, keys, values *graph.Node) *graph.Node {
		queries = graph.TransposeAllAxes(graph.Reshape(queries, rows, slots, c.NumKeyValueHeads, group, d), 0, 2, 3, 1, 4)
		queries = graph.Reshape(queries, rows*c.NumKeyValueHeads, group*slots, d)
		keep := func(x *graph.Node) *graph.Node {
			x = graph.Reshape(x, rows, slots, c.NumKeyValueHeads, -1)
			return graph.Mul(x, graph.BroadcastToDims(held, x.Shape().Dimensions...))
		}
		keys = graph.Reshape(graph.TransposeAllAxes(keep(keys), 0, 2, 3, 1), rows*c.NumKeyValueHeads, d, slots)
		values = graph.Reshape(graph.TransposeAllAxes(keep(values), 0, 2, 1, 3), rows*c.NumKeyValueHeads, slots, e)
		cache = append(cache, keys, values)
		scores := graph.Reshape(batchProduct(queries, keys), rows*c.NumAttentionHeads, slots, slots)
		weights := graph.Softmax(graph.Add(scores, graph.BroadcastToDims(mask, scores.Shape().Dimensions...)), -1)
		out := batchProduct(graph.Reshape(weights, rows*c.NumKeyValueHeads, group*slots, slots), values)
		out = graph.TransposeAllAxes(graph.Reshape(out, rows, c.NumKeyValueHeads, group, slots, e), 0, 3, 1, 2, 4)
		return graph.Reshape(out, rows*slots, c.NumAttentionHeads*e)
	}
	x := n.hidden(tokens, graph.Reshape(position, rows*slots), slots, attention)
	first := graph.MulScalar(graph.Iota(g, shapes.Make(dtypes.Int32, rows, 1), 0), slots)
	last := graph.Add(first, graph.AddScalar(graph.Reshape(lengths, rows, 1), -1))
	return append([]*graph.Node{n.logits(graph.Gather(x, last))}, cache...)
}

// decode maps the parameters, one token int32 [R] per row, its position int32
// [R], and the cache to the logits after that token [R, vocab] and the cache
// that holds it.
func (b programs) decode(inputs []*graph.Node) []*graph.Node {
	n, rest := b.split(inputs)
	tokens, position, cache := rest[0], rest[1], rest[2:]
	g, rows := tokens.Graph(), tokens.Shape().Dimensions[0]
	slots := cache[0].Shape().Dimensions[2]
	c, d, e := b.config, keyDim(b.config), valueDim(b.config)
	group := c.NumAttentionHeads / c.NumKeyValueHeads

	slot := graph.Iota(g, shapes.Make(dtypes.Int32, rows, 1, slots), 2)
	reachable := graph.LessOrEqual(slot, graph.BroadcastToDims(graph.Reshape(position, rows, 1, 1), rows, 1, slots))
	mask := graph.Where(reachable, graph.Scalar(g, dtypes.Float32, 0), graph.Scalar(g, dtypes.Float32, unreachable))
	keySlot := slotIndices(position, c.NumKeyValueHeads*d, slots)
	valueSlot := slotIndices(position, c.NumKeyValueHeads, slots)

	out := make([]*graph.Node, len(cache))
	attention := func(layer int, queries, keys, values *graph.Node) *graph.Node {
		k, v := 2*layer, 2*layer+1
		out[k] = addAt(cache[k], keySlot, graph.Reshape(keys, rows*c.NumKeyValueHeads*d))
		out[v] = addAt(cache[v], valueSlot, graph.Reshape(values, rows*c.NumKeyValueHeads, e))
		scores := batchProduct(graph.Reshape(queries, rows*c.NumKeyValueHeads, group, d), out[k])
		scores = graph.Reshape(scores, rows, c.NumAttentionHeads, slots)
		weights := graph.Softmax(graph.Add(scores, graph.BroadcastToDims(mask, scores.Shape().Dimensions...)), -1)
		return graph.Reshape(batchProduct(graph.Reshape(weights, rows*c.NumKeyValueHeads, group, slots), out[v]), rows, c.NumAttentionHeads*e)
	}
	logits := n.logits(n.hidden(tokens, position, slots, attention))
	return append([]*graph.Node{logits}, out...)
}

// slotIndices returns int32 [R*perRow, 1]: where slot position[r] begins in each
// of the perRow stretches of slots of every row r.
func slotIndices(position *graph.Node, perRow, slots int) *graph.Node {
	rows := position.Shape().Dimensions[0]
	stretch := graph.Iota(position.Graph(), shapes.Make(dtypes.Int32, rows*perRow), 0)
	at := graph.Reshape(graph.BroadcastToDims(graph.Reshape(position, rows, 1), rows, perRow), rows*perRow)
	return graph.Reshape(graph.Add(graph.MulScalar(stretch, slots), at), rows*perRow, 1)
}

// addAt adds updates [M] or [M, E] to the elements or rows of E elements of the
// cache that indices [M, 1] name.
func addAt(cache, indices, updates *graph.Node) *graph.Node {
	dims := cache.Shape().Dimensions
	flat := append([]int{cache.Shape().Size()}, updates.Shape().Dimensions[1:]...)
	if len(flat) == 2 {
		flat[0] /= flat[1]
	}
	return graph.Reshape(graph.ScatterSum(graph.Reshape(cache, flat...), indices, updates, true, true), dims...)
}

// admit maps a cache, the cache of a prefill, and source int32 [R] to the cache
// in which row r is replaced by row source[r] of the prefill, padded with zeros,
// where source[r] is not negative.
func (b programs) admit(inputs []*graph.Node) []*graph.Node {
	count := 2 * b.config.NumHiddenLayers
	cache, prefilled, source := inputs[:count], inputs[count:2*count], inputs[2*count]
	rows, heads := source.Shape().Dimensions[0], b.config.NumKeyValueHeads
	replace := graph.Reshape(graph.GreaterOrEqual(source, graph.ZerosLike(source)), rows, 1, 1, 1)
	index := graph.Reshape(graph.MaxScalar(source, 0), rows, 1)
	out := make([]*graph.Node, count)
	for i, have := range cache {
		p, dims := prefilled[i].Shape().Dimensions, have.Shape().Dimensions
		incoming := graph.Gather(graph.Reshape(prefilled[i], p[0]/heads, heads, p[1], p[2]), index)
		incoming = padTo(incoming, []int{rows, heads, dims[1], dims[2]})
		perRow := incoming.Shape().Dimensions
		kept := graph.Reshape(have, perRow...)
		out[i] = graph.Reshape(graph.Where(graph.BroadcastToDims(replace, perRow...), incoming, kept), dims...)
	}
	return out
}

// padTo appends zeros to the axis in which x falls short of dims.
func padTo(x *graph.Node, dims []int) *graph.Node {
	for axis, have := range x.Shape().Dimensions {
		if have < dims[axis] {
			missing := append([]int{}, dims...)
			missing[axis] -= have
			return graph.Concatenate([]*graph.Node{x, graph.Zeros(x.Graph(), shapes.Make(x.DType(), missing...))}, axis)
		}
	}
	return x
}

// split separates a program's inputs into the network and what follows.
func (b programs) split(inputs []*graph.Node) (network, []*graph.Node) {
	return network{b.config, inputs[:b.parameters]}, inputs[b.parameters:]
}
