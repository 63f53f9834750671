package transformer

import "github.com/gomlx/gomlx/core/graph"

// transposedSuffix marks a parameter's transpose in Nodes.
const transposedSuffix = ".transposed"

// Transposed lists the transposes [in, out] of the matrices that Forward and
// Logits multiply by. They are not parameters of their own: a caller that runs
// the same weights many times may transpose them once on the host and give
// them to AddTransposed, instead of having every run transpose them.
func (c Config) Transposed() []ParamSpec {
	var specs []ParamSpec
	for _, p := range c.Params() {
		if len(p.Shape) == 2 && (p.Name != embedName || c.TieWordEmbeddings) {
			specs = append(specs, ParamSpec{p.Name + transposedSuffix, []int{p.Shape[1], p.Shape[0]}})
		}
	}
	return specs
}

// Transposed computes the tensors that Config.Transposed lists.
func (w *Weights) Transposed() [][]float32 {
	var out [][]float32
	for i, p := range w.Config.Params() {
		if len(p.Shape) != 2 || (p.Name == embedName && !w.Config.TieWordEmbeddings) {
			continue
		}
		rows, columns := p.Shape[0], p.Shape[1]
		t := make([]float32, rows*columns)
		for r := range rows {
			for c, v := range w.Tensors[i][r*columns : (r+1)*columns] {
				t[c*rows+r] = v
			}
		}
		out = append(out, t)
	}
	return out
}

// AddTransposed names the first len(Transposed()) of nodes, which must be in
// Transposed() order, and adds them to p.
func (c Config) AddTransposed(p Nodes, nodes []*graph.Node) Nodes {
	for i, s := range c.Transposed() {
		p[s.Name] = nodes[i]
	}
	return p
}
