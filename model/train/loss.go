package train

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// loss scores the slots of a micro-batch, given their logits [N, V]:
// log-probability of the target token and entropy of softmax(logits/T) in
// nats, both [N]; and it returns the gradient of Σ -weights·logprobs +
// entropyWeights·entropies with respect to the logits,
//
//	(weights·(p - onehot(target)) - entropyWeights·p·(log p + entropy))/T, p = softmax(logits/T).
//
// targets is int32 [N], weights and entropyWeights [N] or nil, temperature a scalar.
func loss(logits, targets, weights, entropyWeights, temperature *graph.Node) (logprobs, entropies, dLogits *graph.Node) {
	z := graph.Div(logits, temperature)
	p, logSum := softmax(z)
	n, vocab := z.Shape().Dimensions[0], z.Shape().Dimensions[1]
	index := targetIndex(targets, vocab)
	target := graph.Gather(graph.Reshape(z, n*vocab), index)
	logprobs = graph.Sub(target, graph.Reshape(logSum, n))
	entropies = graph.Sub(graph.Reshape(logSum, n), graph.ReduceSum(graph.Mul(p, z), -1))
	if weights == nil {
		return logprobs, entropies, nil
	}
	scale := graph.Div(weights, temperature)
	slope := graph.Reshape(scale, n, 1) // of the logits, over p
	if entropyWeights != nil {
		logp := graph.Sub(z, logSum)
		surprise := graph.Add(logp, graph.Reshape(entropies, n, 1))
		slope = graph.Sub(slope, graph.Mul(surprise, graph.Reshape(graph.Div(entropyWeights, temperature), n, 1)))
	}
	dLogits = graph.Reshape(graph.Mul(p, slope), n*vocab)
	dLogits = graph.ScatterSum(dLogits, index, graph.Neg(scale), false, true)
	return logprobs, entropies, graph.Reshape(dLogits, n, vocab)
}

// softmax returns softmax(z) and log Σ e^z of every row, [N, V] and [N, 1].
// The largest probability is e^(max z - log Σ e^z), which gives the logarithm
// without another pass of exponentials.
func softmax(z *graph.Node) (p, logSum *graph.Node) {
	p = graph.Softmax(z, -1)
	largest := graph.ReduceAndKeep(p, graph.ReduceMax, -1)
	return p, graph.Sub(graph.ReduceAndKeep(z, graph.ReduceMax, -1), graph.Log(largest))
}

// targetIndex is the place of every row's target in logits flattened to
// [N*V]: [N, 1].
func targetIndex(targets *graph.Node, vocab int) *graph.Node {
	n := targets.Shape().Size()
	rows := graph.Iota(targets.Graph(), shapes.Make(dtypes.Int32, n), 0)
	return graph.Reshape(graph.Add(graph.MulScalar(rows, vocab), targets), n, 1)
}
