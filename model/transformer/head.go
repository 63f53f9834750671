package transformer

import "github.com/gomlx/gomlx/core/graph"

// Loss scores the logits [n, vocab] of the targets from to from+n of a pass and
// returns the gradient of a loss with respect to them. It is called for one
// chunk of targets after the other.
type Loss func(logits *graph.Node, from int) (dLogits *graph.Node)

// Differentiate runs the decoder and returns the gradients of a loss with
// respect to the parameters, in Params() order.
//
// The backward pass is written out beside the forward pass rather than left to
// GoMLX's automatic differentiation, which transposes both operands of every
// weight gradient and recomputes softmax from slow parts: on the CPU backend
// that takes twice the time. A test holds the two equal.
func (c Config) Differentiate(p Nodes, pass Pass, loss Loss) []*graph.Node {
	n := newNetwork(c, p, pass)
	n.grads = make(Nodes)
	states, pull := n.forward()
	x, spread := n.targets(states[len(states)-1])
	dx := n.head(x, loss)
	if c.ValueHead {
		_, pullValues := n.values(x)
		dx = graph.Add(dx, pullValues(graph.Reshape(pass.Values, -1, 1)))
	}
	pull(spread(dx))
	var grads []*graph.Node
	for _, s := range c.Params() {
		grads = append(grads, n.grads[s.Name])
	}
	return grads
}

// Score runs the decoder forward, returns the values [M] of the targets, nil without
// a value head, and calls score with the logits [n, vocab] of
// the targets from to from+n, chunk after chunk. score returns a node that needs
// them, which the next chunk waits for.
func (c Config) Score(p Nodes, pass Pass, score func(logits *graph.Node, from int) *graph.Node) (values *graph.Node) {
	n := newNetwork(c, p, pass)
	states, _ := n.forward()
	x, _ := n.targets(states[len(states)-1])
	var last *graph.Node
	n.chunks(x, func(hidden *graph.Node, from int) {
		if last != nil {
			hidden = after(hidden, last)
		}
		logits, _ := n.linear(hidden, c.headName(), "")
		last = score(logits, from)
	})
	if c.ValueHead {
		values, _ = n.values(x)
		values = graph.Reshape(values, -1)
	}
	return values
}

// targets takes the states of the targets from those of all slots.
func (n *network) targets(x *graph.Node) (*graph.Node, pullback) {
	if n.pass.Targets == nil {
		return x, func(dx *graph.Node) *graph.Node { return dx }
	}
	slots := graph.Reshape(n.pass.Targets, -1, 1)
	return graph.Gather(x, slots), func(dx *graph.Node) *graph.Node {
		return graph.ScatterSum(graph.ZerosLike(x), slots, dx, false, false)
	}
}

// head maps the states x [M, hidden] of the targets to logits, their loss, and the
// gradient with respect to x, one chunk after the other: the logits of a chunk
// are gone before those of the next are computed.
func (n *network) head(x *graph.Node, loss Loss) *graph.Node {
	name := n.config.headName()
	if n.chunkOf(x) == x.Shape().Dimensions[0] {
		logits, pull := n.linear(x, name, "")
		return pull(loss(logits, 0))
	}
	var dx []*graph.Node
	var sum *graph.Node // gradient of the head
	n.chunks(x, func(hidden *graph.Node, from int) {
		if sum != nil {
			hidden = after(hidden, sum, dx[len(dx)-1])
		}
		logits, _ := n.linear(hidden, name, "")
		dLogits := loss(logits, from)
		dx = append(dx, n.matmul(dLogits, n.params[name]))
		grad := n.dot(dLogits, hidden, 0, 0)
		if sum != nil {
			grad = graph.Add(sum, grad)
		}
		sum = grad
	})
	n.addGrad(name, sum)
	return graph.Concatenate(dx, 0)
}

// chunks calls do for slices of x [M, hidden] of at most LogitSlots rows.
func (n *network) chunks(x *graph.Node, do func(part *graph.Node, from int)) {
	rows, chunk := x.Shape().Dimensions[0], n.chunkOf(x)
	for from := 0; from < rows; from += chunk {
		part := x
		if chunk < rows {
			part = graph.SliceAxis(x, 0, graph.AxisRange(from, min(rows, from+chunk)))
		}
		do(part, from)
	}
}

func (n *network) chunkOf(x *graph.Node) int {
	rows := x.Shape().Dimensions[0]
	if n.pass.LogitSlots <= 0 {
		return rows
	}
	return min(n.pass.LogitSlots, rows)
}
