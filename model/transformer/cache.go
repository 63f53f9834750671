package transformer

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// A cache is two tensors per layer: the turned keys, transposed
// [R*KV, headDim, T], and the values [R*KV, T, E], E being headDim rounded up to
// the vectors of the CPU's kernels with zeros. Token i of a sequence lies in slot i,
// so that its slot is its position and a query at position p attends to the slots up
// to p. Slots that hold no token yet are zero: then adding a new key to its slot
// writes it exactly, and a program can do so in place.

// CacheShapes are the shapes of the cache of rows R with so many slots T, layer by
// layer.
func (c Config) CacheShapes(rows, slots int) []shapes.Shape {
	var list []shapes.Shape
	for range c.NumHiddenLayers {
		list = append(list,
			shapes.Make(dtypes.Float32, rows*c.NumKeyValueHeads, c.HeadSize(), slots),
			shapes.Make(dtypes.Float32, rows*c.NumKeyValueHeads, slots, c.cachedValue()))
	}
	return list
}

// cachedValue is the number of elements of a head's values in a cache.
func (c Config) cachedValue() int {
	const vector = 16
	return (c.HeadSize() + vector - 1) / vector * vector
}

// cached arranges the keys and values [B*S, KV*headDim] of whole rows as a cache,
// with zeros in the slots that held, [B*S, 1], has a 0 for.
func (n *network) cached(k, v, held *graph.Node) []*graph.Node {
	keep := func(x *graph.Node) *graph.Node {
		return graph.Mul(x, graph.BroadcastToDims(held, x.Shape().Dimensions...))
	}
	return []*graph.Node{n.stackT(keep(k)), padTo(n.stack(keep(v)), 2, n.config.cachedValue())}
}

// padTo appends zeros to an axis until it has size elements.
func padTo(x *graph.Node, axis, size int) *graph.Node {
	missing := x.Shape().Clone()
	if missing.Dimensions[axis] == size {
		return x
	}
	missing.Dimensions[axis] = size - missing.Dimensions[axis]
	return graph.Concatenate([]*graph.Node{x, graph.Zeros(x.Graph(), missing)}, axis)
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

// Admit maps a cache, the cache of a prefill, and source int32 [R] to the cache
// in which row r is replaced by row source[r] of the prefill, padded with zeros,
// where source[r] is not negative.
func (c Config) Admit(cache, prefilled []*graph.Node, source *graph.Node) []*graph.Node {
	rows, heads := source.Shape().Dimensions[0], c.NumKeyValueHeads
	replace := graph.Reshape(graph.GreaterOrEqual(source, graph.ZerosLike(source)), rows, 1, 1, 1)
	index := graph.Reshape(graph.MaxScalar(source, 0), rows, 1)
	out := make([]*graph.Node, len(cache))
	for i, have := range cache {
		p, dims := prefilled[i].Shape().Dimensions, have.Shape().Dimensions
		incoming := graph.Gather(graph.Reshape(prefilled[i], p[0]/heads, heads, p[1], p[2]), index)
		incoming = padTo(padTo(incoming, 2, dims[1]), 3, dims[2])
		perRow := incoming.Shape().Dimensions
		kept := graph.Reshape(have, perRow...)
		out[i] = graph.Reshape(graph.Where(graph.BroadcastToDims(replace, perRow...), incoming, kept), dims...)
	}
	return out
}
