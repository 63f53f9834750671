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
		if c.hasTranspose(p) {
			specs = append(specs, ParamSpec{p.Name + transposedSuffix, []int{p.Shape[1], p.Shape[0]}})
		}
	}
	return specs
}

// hasTranspose tells whether Forward or Logits multiply by a parameter.
func (c Config) hasTranspose(p ParamSpec) bool {
	return len(p.Shape) == 2 && (p.Name != embedName || c.TieWordEmbeddings)
}

// Transpose writes the tensor with the given index in Config.Transposed to into.
func (w *Weights) Transpose(index int, into []float32) {
	for i, p := range w.Config.Params() {
		if !w.Config.hasTranspose(p) {
			continue
		}
		if index == 0 {
			transposeInto(into, w.Tensors[i], p.Shape[0], p.Shape[1])
			return
		}
		index--
	}
}

// transposeInto exchanges the rows and columns of a matrix, in tiles that a
// cache holds.
func transposeInto(into, from []float32, rows, columns int) {
	const tile = 32
	for top := 0; top < rows; top += tile {
		for left := 0; left < columns; left += tile {
			for r := top; r < min(rows, top+tile); r++ {
				for c := left; c < min(columns, left+tile); c++ {
					into[c*rows+r] = from[r*columns+c]
				}
			}
		}
	}
}

// AddTransposed names the first len(Transposed()) of nodes, which must be in
// Transposed() order, and adds them to p.
func (c Config) AddTransposed(p Nodes, nodes []*graph.Node) Nodes {
	for i, s := range c.Transposed() {
		p[s.Name] = nodes[i]
	}
	return p
}
