package transformer

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gomlx/gomlx/core/graph"
)

// DecodingParams are the parameters of Prefill and Decode, in the order of Params.
// Matrices are [in, out], except for the embedding: a step has few rows, for which a
// product with [out, in] would first arrange the matrix anew, every time. The head
// is there where it is tied too, and there is no value head.
func (c Config) DecodingParams() []ParamSpec {
	c.TieWordEmbeddings, c.ValueHead = false, false
	specs := c.Params()
	for i := range specs {
		if isTurned(specs[i]) {
			slices.Reverse(specs[i].Shape)
		}
	}
	return specs
}

func isTurned(p ParamSpec) bool { return len(p.Shape) == 2 && p.Name != embedName }

// Decoding are the values of DecodingParams. Matrices are copies, all else is the
// policy's own memory. With consume the policy's matrices are let go of as they are
// copied, so that few of them are there twice; w must not be used afterwards.
func (w *Weights) Decoding(consume bool) [][]float32 {
	place := make(map[string]int, len(w.Tensors))
	for i, p := range w.Config.Params() {
		place[p.Name] = i
	}
	specs := w.Config.DecodingParams()
	values := make([][]float32, len(specs))
	var next atomic.Int64
	var working sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		working.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(specs); i = int(next.Add(1)) - 1 {
				at, own := place[specs[i].Name]
				if !own {
					at = place[embedName] // for the head that is tied to it
				}
				values[i] = w.Tensors[at]
				if !isTurned(specs[i]) {
					continue
				}
				values[i] = transposed(values[i], specs[i].Shape[0], specs[i].Shape[1])
				if consume && own {
					w.Tensors[at] = nil
				}
			}
		})
	}
	working.Wait()
	if consume {
		w.Tensors = nil
	}
	return values
}

// transposed copies a matrix [columns, rows] to [rows, columns]. It goes by blocks,
// whose cache lines are used whole.
func transposed(from []float32, rows, columns int) []float32 {
	const block = 16
	to := make([]float32, len(from))
	for c0 := 0; c0 < columns; c0 += block {
		for r0 := 0; r0 < rows; r0 += block {
			for r := r0; r < min(r0+block, rows); r++ {
				for c := c0; c < min(c0+block, columns); c++ {
					to[r*columns+c] = from[c*rows+r]
				}
			}
		}
	}
	return to
}

// DecodingInputs names the first len(DecodingParams()) of nodes, which must be in
// that order.
func (c Config) DecodingInputs(nodes []*graph.Node) Nodes {
	p := make(Nodes)
	for i, s := range c.DecodingParams() {
		p[s.Name] = nodes[i]
	}
	return p
}
