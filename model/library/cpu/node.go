package cpu

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// kind says how a node is computed.
type kind uint8

const (
	kindForeign   kind = iota // by gobackend
	kindParameter             // an input
	kindConstant
	kindElement      // element by element; see node.op
	kindRow          // row by row over the last axis; see node.op
	kindDot          // products of matrices; attr is dotAxes
	kindGather       // rows of a table
	kindScatter      // rows added to a table
	kindConcat       // attr is the axis
	kindAttention    // attr is attentionSpec; of queries, keys and values
	kindAttentionVJP // the same, and of the value and its gradient; dq, dk and dv lie after one another
	kindReshape      // the rest are views of their first input
	kindTranspose    // attr is the permutation
	kindBroadcast    // attr lists the output's axes of the input's
	kindSlice        // attr is sliceSpec
	kindAlias        // the same
)

// node is one recorded operation.
type node struct {
	id    int
	seq   int // where in the order of computed nodes
	kind  kind
	op    opcode // of kindElement and kindRow
	in    []*node
	shape shapes.Shape
	attr  any
	// replay adds the operation to a gobackend graph.
	replay replay
	// barrier keeps what is derived from a node from being computed at compile
	// time.
	barrier bool

	view   *view   // where its value lies, once planned
	waits  []*node // what it must not be computed before, beside its inputs
	barred bool    // its value came through a barrier, which no group extends over
}

type replay func(f compute.Function, in []compute.Value) (compute.Value, error)

type dotAxes struct{ leftContract, leftBatch, rightContract, rightBatch []int }

type sliceSpec struct{ starts, strides []int }

// native tells whether the kernels here hold values of a type: 32 bits, or bool.
func native(d dtypes.DType) bool {
	return d == dtypes.Float32 || d == dtypes.Int32 || d == dtypes.Bool
}

// rows is the number of elements of a shape before its last axis, and columns
// that of the last axis.
func rows(s shapes.Shape) (rows, columns int) {
	if s.Rank() == 0 {
		return 1, 1
	}
	columns = s.Dimensions[s.Rank()-1]
	if columns == 0 {
		return 0, 0
	}
	return s.Size() / columns, columns
}

func (n *node) dims() []int { return n.shape.Dimensions }

func (n *node) isView() bool { return n.kind >= kindReshape }
