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

// KV is called once per layer with the new keys and values, both
// [B, KV, S, headDim], keys after rotary embedding. It returns what the
// queries attend over: keys transposed [B, KV, headDim, T] and values
// [B, KV, T, headDim].
type KV func(layer int, keys, values *graph.Node) (keysT, valuesOut *graph.Node)

// Forward runs the decoder and returns the hidden states after the final norm,
// [B, S, hidden]. tokens and positions are int32 [B, S]; mask is bool,
// broadcastable to [B, 1, S, T], true where a query may attend to a key, or
// nil for everywhere. With kv nil the queries attend over the new keys and
// values themselves (T = S).
func (c Config) Forward(p Nodes, tokens, positions, mask *graph.Node, kv KV) *graph.Node {
	n := newNetwork(c, p, tokens, positions, mask, kv)
	states, _ := n.forward(tokens)
	return n.unflatten(states[len(states)-1])
}

// Logits maps hidden states [..., hidden] to [..., vocab], with the embedding
// as the head when the two are tied.
func (c Config) Logits(p Nodes, hidden *graph.Node) *graph.Node {
	n := &network{config: c, params: p}
	dims := hidden.Shape().Dimensions
	logits, _ := n.linear(graph.Reshape(hidden, -1, c.HiddenSize), c.headName(), "")
	return graph.Reshape(logits, append(append([]int{}, dims[:len(dims)-1]...), c.VocabSize)...)
}

// Differentiate runs the decoder on rows that attend over themselves (as
// Forward with kv nil) and returns the logits [B*S, vocab] and the function
// that maps a gradient of a loss with respect to those logits to its gradients
// with respect to the parameters, in Params() order.
//
// The backward pass is written out beside the forward pass rather than left to
// GoMLX's automatic differentiation, which transposes both operands of every
// weight gradient and recomputes softmax from slow parts: on the CPU backend
// that takes twice the time. A test holds the two equal.
func (c Config) Differentiate(p Nodes, tokens, positions, mask *graph.Node) (logits *graph.Node, gradients func(dLogits *graph.Node) []*graph.Node) {
	n := newNetwork(c, p, tokens, positions, mask, nil)
	n.grads = make(Nodes)
	states, pullHidden := n.forward(tokens)
	logits, pullLogits := n.linear(states[len(states)-1], c.headName(), "")
	return logits, func(dLogits *graph.Node) []*graph.Node {
		pullHidden(pullLogits(dLogits))
		var grads []*graph.Node
		for _, s := range c.Params() {
			grads = append(grads, n.grads[s.Name])
		}
		return grads
	}
}

// network is one pass through the decoder. Its functions return, beside their
// value, the pullback that continues a gradient to their input and adds the
// gradients of the parameters that they used.
type network struct {
	config     Config
	params     Nodes
	grads      Nodes // gradients so far, by parameter; nil when none are wanted
	batch, seq int
	cos, sin   *graph.Node // [B*S, headDim/2]
	bias       *graph.Node // see maskBias; nil without a mask
	kv         KV
}

// pullback maps the gradient of a loss with respect to a function's value to
// the gradient with respect to the function's input.
type pullback func(dy *graph.Node) *graph.Node

func newNetwork(c Config, p Nodes, tokens, positions, mask *graph.Node, kv KV) *network {
	n := &network{config: c, params: p, kv: kv}
	n.batch, n.seq = tokens.Shape().Dimensions[0], tokens.Shape().Dimensions[1]
	n.cos, n.sin = c.rotary(positions)
	n.bias = c.maskBias(mask, n.batch, n.seq)
	return n
}

// forward returns the states [B*S, hidden] after the embedding, after every
// layer but the last, and after the final norm: Hugging Face's hidden_states.
// Each layer is x += attention(norm(x)); x += mlp(norm(x)).
func (n *network) forward(tokens *graph.Node) (states []*graph.Node, pull func(dx *graph.Node)) {
	ids := graph.Reshape(tokens, n.batch*n.seq, 1)
	x := graph.Gather(n.params[embedName], ids)
	states = append(states, x)
	var pulls []pullback
	residual := func(y *graph.Node, norm, block pullback) {
		x = graph.Add(x, y)
		pulls = append(pulls, func(dx *graph.Node) *graph.Node { return graph.Add(dx, norm(block(dx))) })
	}
	for l := range n.config.NumHiddenLayers {
		if l > 0 {
			states = append(states, x)
		}
		h, norm := n.norm(x, layerName(l, "input_layernorm.weight"))
		y, block := n.attention(l, h)
		residual(y, norm, block)
		h, norm = n.norm(x, layerName(l, "post_attention_layernorm.weight"))
		y, block = n.mlp(l, h)
		residual(y, norm, block)
	}
	h, norm := n.norm(x, normName)
	return append(states, h), func(dx *graph.Node) {
		dx = norm(dx)
		for i := len(pulls) - 1; i >= 0; i-- {
			dx = pulls[i](dx)
		}
		zeros := graph.ZerosLike(n.params[embedName])
		n.addGrad(embedName, graph.ScatterSum(zeros, ids, dx, false, false))
	}
}

// addGrad adds to the gradient of a parameter.
func (n *network) addGrad(name string, grad *graph.Node) {
	if sum, ok := n.grads[name]; ok {
		grad = graph.Add(sum, grad)
	}
	n.grads[name] = grad
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
