package transformer

import "github.com/gomlx/gomlx/core/graph"

// linear is x·Wᵀ + b for x [N, in], the weight W [out, in], or [in, out] where
// parameters are turned, and the bias b [out]; bias "" is none.
func (n *network) linear(x *graph.Node, weight, bias string) (*graph.Node, pullback) {
	w := n.params[weight]
	y := n.matmulT(x, w)
	if bias != "" {
		y = graph.Add(y, graph.Reshape(n.params[bias], 1, -1))
	}
	return y, func(dy *graph.Node) *graph.Node { return n.linearPullback(x, dy, weight, bias) }
}

// matmulT is x·Wᵀ for a weight as linear has it.
func (n *network) matmulT(x, w *graph.Node) *graph.Node {
	if n.turned {
		return n.matmul(x, w)
	}
	return n.dot(x, w, 1, 1)
}

// project is linear by a projection of one layer, with its bias where it has one.
func (n *network) project(layer int, name string, x *graph.Node) (*graph.Node, pullback) {
	weight, bias := n.projection(layer, name)
	return n.linear(x, weight, bias)
}

// projection names the weight of a projection, and its bias or "".
func (n *network) projection(layer int, name string) (weight, bias string) {
	prefix := layerName(layer, name)
	if n.config.hasBias(name) {
		bias = prefix + ".bias"
	}
	return prefix + ".weight", bias
}

// linearPullback is the pullback of linear for x, which may be computed again.
func (n *network) linearPullback(x, dy *graph.Node, weight, bias string) *graph.Node {
	n.addGrad(weight, n.dot(dy, x, 0, 0))
	if bias != "" {
		n.addGrad(bias, columnSums(dy))
	}
	return n.matmul(dy, n.params[weight])
}

// norm is RMSNorm, y = x·r·w with r = 1/sqrt(mean(x²) + eps) for every row of
// x [N, width] and the weight w [width]. With g = dy·w its gradients are
// dx = r·g - x·r³·mean(g·x) and dw = Σ rows dy·x·r.
func (n *network) norm(x *graph.Node, weight string) (*graph.Node, pullback) {
	w := n.params[weight]
	meanSquare := graph.ReduceAndKeep(graph.Square(x), graph.ReduceMean, -1) // [N, 1]
	r := graph.Reciprocal(graph.Sqrt(graph.AddScalar(meanSquare, n.config.RMSNormEps)))
	rw := outer(r, w)
	return graph.Mul(x, rw), func(dy *graph.Node) *graph.Node {
		rw := outer(after(r, dy), w) // again, for it is as large as x
		dyx := graph.Mul(dy, x)
		n.addGrad(weight, columnSums(graph.Mul(dyx, r)))
		mean := graph.MulScalar(dotRows(dyx, w), 1/float64(w.Shape().Size())) // of g·x: [N, 1]
		pulled := graph.Mul(mean, graph.Mul(r, graph.Square(r)))
		return graph.Sub(graph.Mul(dy, rw), graph.Mul(x, pulled))
	}
}

// mlp is the gated feed-forward of one layer (SwiGLU) for x [N, hidden]:
// down(a·up(x)) with a = silu(gate(x)), silu(z) = z·sigmoid(z). The two widest
// values, gate(x) and up(x), are kept for the backward pass, and what is derived from
// them is computed again.
func (n *network) mlp(layer int, x *graph.Node) (*graph.Node, pullback) {
	down, downBias := n.projection(layer, downProjection)
	z, pullGate := n.project(layer, gateProjection, x)
	up, pullUp := n.project(layer, upProjection, x)
	y, _ := n.linear(graph.Mul(graph.Mul(z, graph.Sigmoid(z)), up), down, downBias)
	return y, func(dy *graph.Node) *graph.Node {
		z, up := after(z, dy), after(up, dy)
		s := graph.Sigmoid(z)
		a := graph.Mul(z, s)
		dProduct := n.linearPullback(graph.Mul(a, up), dy, down, downBias)
		// silu'(z) = s + z·s·(1-s) = s + a·(1-s)
		slope := graph.Add(s, graph.Mul(a, graph.OneMinus(s)))
		dz := graph.Mul(graph.Mul(dProduct, up), slope)
		return graph.Add(pullGate(dz), pullUp(graph.Mul(dProduct, a)))
	}
}
