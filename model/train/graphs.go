package train

import (
	"github.com/gomlx/gomlx/core/graph"

	"temper/model/transformer"
)

// inputs takes the nodes that program.call gives to a graph: the parameters,
// then the slots in the order of microBatch.slots. It returns
// the nodes after them. Rows are padded on the right, so that causal attention
// keeps padding out of every slot that counts.
func (p *program) inputs(nodes []*graph.Node) (params transformer.Nodes, pass transformer.Pass, rest []*graph.Node) {
	c := p.config
	params, rest = c.Inputs(nodes), nodes[len(c.Params()):]
	pass.Tokens, rest = rest[0], rest[1:]
	if p.engine.Pack {
		pass.Positions, pass.Segments, rest = rest[0], rest[1], rest[2:]
	}
	d := pass.Tokens.Shape().Dimensions
	p.engine.bound(c, &pass, d[0], d[1])
	return params, pass, rest
}

// slots lists what graphs read of every slot.
func (m microBatch) slots() [][]int32 {
	if m.segments == nil {
		return [][]int32{m.tokens}
	}
	return [][]int32{m.tokens, m.positions, m.segments}
}

// trainGraph takes the slots, the places, target tokens and weights of M targets, the
// temperature, derivatives by entropy and, with a value head, by value, and perhaps
// sums of gradients, to log-probabilities and entropies [M] and the gradients, added
// to the sums.
func (p *program) trainGraph(nodes []*graph.Node, entropies bool) []*graph.Node {
	params, pass, rest := p.inputs(nodes)
	targets, weights, temperature := rest[1], rest[2], rest[3]
	sums := rest[4:]
	var byEntropy *graph.Node
	if entropies {
		byEntropy, sums = sums[0], sums[1:]
	}
	if p.config.ValueHead {
		pass.Values, sums = sums[0], sums[1:]
	}
	if len(sums) > 0 {
		pass.Onto = p.config.Inputs(sums)
	}
	if targets.Shape().Size() < pass.Tokens.Shape().Size() {
		pass.Targets = rest[0]
	}
	var s scores
	grads := p.config.Differentiate(params, pass, func(logits *graph.Node, from int) *graph.Node {
		var byEntropies *graph.Node
		if entropies {
			byEntropies = part(byEntropy, logits, from)
		}
		return s.add(logits, part(targets, logits, from), part(weights, logits, from), byEntropies, temperature)
	})
	return append(s.join(), grads...)
}

// scoreGraph takes the slots, the target tokens of all of them and the
// temperature to log-probabilities, entropies and, with a value head, values
// [bins*bucket].
func (p *program) scoreGraph(nodes []*graph.Node) []*graph.Node {
	params, pass, rest := p.inputs(nodes)
	targets, temperature := rest[0], rest[1]
	var s scores
	values := p.config.Score(params, pass, func(logits *graph.Node, from int) *graph.Node {
		s.add(logits, part(targets, logits, from), nil, nil, temperature)
		return s.entropies[len(s.entropies)-1]
	})
	if values != nil {
		return append(s.join(), values)
	}
	return s.join()
}

// part takes the elements of x that belong to logits [n, vocab] from target from
// on.
func part(x, logits *graph.Node, from int) *graph.Node {
	n := logits.Shape().Dimensions[0]
	if n == x.Shape().Size() {
		return x
	}
	return graph.SliceAxis(x, 0, graph.AxisRange(from, from+n))
}

// scores collects what loss gives for chunk after chunk.
type scores struct{ logprobs, entropies []*graph.Node }

func (s *scores) add(logits, targets, weights, byEntropy, temperature *graph.Node) (dLogits *graph.Node) {
	logprobs, entropies, dLogits := loss(logits, targets, weights, byEntropy, temperature)
	s.logprobs, s.entropies = append(s.logprobs, logprobs), append(s.entropies, entropies)
	return dLogits
}

func (s *scores) join() []*graph.Node {
	if len(s.logprobs) == 1 {
		return []*graph.Node{s.logprobs[0], s.entropies[0]}
	}
	return []*graph.Node{graph.Concatenate(s.logprobs, 0), graph.Concatenate(s.entropies, 0)}
}
