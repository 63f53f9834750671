package cpu

import "github.com/gomlx/compute/dtypes"

// opcode is an instruction of an elementwise program. Values have 32 bits;
// booleans are all ones or all zeros.
type opcode uint8

const (
	opNone opcode = iota
	opAdd
	opSub
	opMul
	opDiv
	opMax
	opMin
	opNeg
	opAbs
	opSqrt
	opRsqrt
	opExp
	opLog
	opLogistic
	opEqual
	opNotEqual
	opLess
	opLessEqual
	opGreater
	opGreaterEqual
	opWhere
	opCopy
	opFloat // from int32
	opFloatBool
	opIntBool
	opAnd
	opOr
	opXor
	opNot
	opAddInt
	opSubInt
	opMulInt
	opMaxInt
	opMinInt
	opNegInt
	opEqualInt
	opNotEqualInt
	opLessInt
	opLessEqualInt
	opGreaterInt
	opGreaterEqualInt
	opRowSum // from here on: over rows, or between rows and elements
	opRowMax
	opRowSoftmax
	opSpread // an element of a row value to the whole row
)

// ofInt maps the operations on float32 to those on int32.
var ofInt = map[opcode]opcode{
	opAdd: opAddInt, opSub: opSubInt, opMul: opMulInt, opMax: opMaxInt, opMin: opMinInt, opNeg: opNegInt,
	opEqual: opEqualInt, opNotEqual: opNotEqualInt, opLess: opLessInt, opLessEqual: opLessEqualInt,
	opGreater: opGreaterInt, opGreaterEqual: opGreaterEqualInt,
}

// typed is the operation for operands of a type, or opNone.
func typed(op opcode, d dtypes.DType) opcode {
	switch d {
	case dtypes.Float32:
		return op
	case dtypes.Int32:
		return ofInt[op]
	}
	return opNone
}

// conversion is the operation that converts between types, or opNone.
func conversion(from, to dtypes.DType) opcode {
	switch {
	case from == to && native(from):
		return opCopy
	case from == dtypes.Int32 && to == dtypes.Float32:
		return opFloat
	case from == dtypes.Bool && to == dtypes.Float32:
		return opFloatBool
	case from == dtypes.Bool && to == dtypes.Int32:
		return opIntBool
	}
	return opNone
}
