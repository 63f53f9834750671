package transformer

import "github.com/gomlx/gomlx/core/graph"

// Nodes maps parameter names to their nodes in one graph.
type Nodes map[string]*graph.Node

// Inputs names the first len(Params()) of nodes, which must be in Params()
// order.
func (c Config) Inputs(nodes []*graph.Node) Nodes {
	p := make(Nodes)
	for i, s := range c.Params() {
		p[s.Name] = nodes[i]
	}
	return p
}

// Forward runs the decoder and returns the hidden states after the final norm,
// [B, S, hidden].
func (c Config) Forward(p Nodes, pass Pass) *graph.Node {
	n := newNetwork(c, p, pass)
	states, _ := n.forward()
	return n.unflatten(states[len(states)-1])
}

// Logits maps hidden states [..., hidden] to [..., vocab], with the embedding
// as the head when the two are tied.
func (c Config) Logits(p Nodes, hidden *graph.Node) *graph.Node {
	n := &network{ops: Pass{}.ops(hidden.Graph().Backend(), c.HeadSize()), config: c, params: p}
	dims := hidden.Shape().Dimensions
	logits, _ := n.linear(graph.Reshape(hidden, -1, c.HiddenSize), c.headName(), "")
	return graph.Reshape(logits, append(append([]int{}, dims[:len(dims)-1]...), c.VocabSize)...)
}

// forward returns the states [B*S, hidden] after the embedding, after every
// layer but the last, and after the final norm: Hugging Face's hidden_states.
func (n *network) forward() (states []*graph.Node, pull func(dx *graph.Node)) {
	ids := graph.Reshape(n.pass.Tokens, n.batch*n.seq, 1)
	x := graph.Gather(n.params[embedName], ids)
	var pulls []pullback
	for l := range n.config.NumHiddenLayers {
		states = append(states, x)
		y, pull := n.layer(l, x)
		if n.pass.Checkpointing {
			input := x
			pull = func(dy *graph.Node) *graph.Node {
				_, pull := n.layer(l, after(input, dy))
				return pull(dy)
			}
		}
		x, pulls = y, append(pulls, pull)
	}
	h, norm := n.norm(x, normName)
	return append(states, h), func(dx *graph.Node) {
		dx = norm(dx)
		for i := len(pulls) - 1; i >= 0; i-- {
			dx = pulls[i](dx)
		}
		sum, ok := n.grads[embedName] // as the head's, where the two are tied
		if !ok {
			sum = graph.ZerosLike(n.params[embedName])
		}
		n.grads[embedName] = n.onto(embedName, graph.ScatterSum(sum, ids, dx, false, false))
	}
}

// layer is x += attention(norm(x)); x += mlp(norm(x)).
func (n *network) layer(l int, x *graph.Node) (*graph.Node, pullback) {
	var pulls [2]pullback
	residual := func(i int, norm string, block func(int, *graph.Node) (*graph.Node, pullback)) {
		h, pullNorm := n.norm(x, layerName(l, norm+".weight"))
		y, pullBlock := block(l, h)
		x = graph.Add(x, y)
		pulls[i] = func(dx *graph.Node) *graph.Node { return graph.Add(dx, pullNorm(pullBlock(dx))) }
	}
	residual(0, attentionNorm, n.attention)
	residual(1, mlpNorm, n.mlp)
	return x, func(dx *graph.Node) *graph.Node { return pulls[0](pulls[1](dx)) }
}

// addGrad files the gradient of a parameter. The embedding's is not whole before
// the pass has come back to it, see forward.
func (n *network) addGrad(name string, grad *graph.Node) {
	if name != embedName {
		grad = n.onto(name, grad)
	}
	n.grads[name] = grad
}

// onto adds a parameter's whole gradient to the sum that the pass has for it.
func (n *network) onto(name string, grad *graph.Node) *graph.Node {
	if sum := n.pass.Onto[name]; sum != nil {
		return graph.Add(sum, grad)
	}
	return grad
}

// unflatten turns [B*S, d] into [B, S, d].
func (n *network) unflatten(x *graph.Node) *graph.Node {
	return graph.Reshape(x, n.batch, n.seq, -1)
}

// headName is the parameter that maps hidden states to logits.
func (c Config) headName() string {
	if c.TieWordEmbeddings {
		return embedName
	}
	return headName
}
