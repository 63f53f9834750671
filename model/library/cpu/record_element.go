package cpu

import "github.com/gomlx/compute"

// binary records an operation that has kernels for float32 and most also for int32.
func (f *Function) binary(op opcode, x, y compute.Value, call func(g compute.Function, x, y compute.Value) (compute.Value, error)) (compute.Value, error) {
	v, err := call(f.Function, x, y)
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) { return call(g, in[0], in[1]) }
	return f.record(v, err, again, func(n *node) { f.element(typed(op, n.in[0].shape.DType))(n) }, x, y)
}

// logical records an operation on booleans.
func (f *Function) logical(op opcode, x, y compute.Value, call func(g compute.Function, x, y compute.Value) (compute.Value, error)) (compute.Value, error) {
	v, err := call(f.Function, x, y)
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) { return call(g, in[0], in[1]) }
	return f.record(v, err, again, f.element(op), x, y)
}

// unary records an operation that has a kernel for float32 and perhaps for int32.
func (f *Function) unary(op opcode, x compute.Value, call func(g compute.Function, x compute.Value) (compute.Value, error)) (compute.Value, error) {
	v, err := call(f.Function, x)
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) { return call(g, in[0]) }
	return f.record(v, err, again, func(n *node) { f.element(typed(op, n.in[0].shape.DType))(n) }, x)
}

// Add implements compute.StandardOps.
func (f *Function) Add(x, y compute.Value) (compute.Value, error) {
	return f.binary(opAdd, x, y, compute.Function.Add)
}

// Sub implements compute.StandardOps.
func (f *Function) Sub(x, y compute.Value) (compute.Value, error) {
	return f.binary(opSub, x, y, compute.Function.Sub)
}

// Mul implements compute.StandardOps.
func (f *Function) Mul(x, y compute.Value) (compute.Value, error) {
	return f.binary(opMul, x, y, compute.Function.Mul)
}

// Div implements compute.StandardOps.
func (f *Function) Div(x, y compute.Value) (compute.Value, error) {
	return f.binary(opDiv, x, y, compute.Function.Div)
}

// Max implements compute.StandardOps.
func (f *Function) Max(x, y compute.Value) (compute.Value, error) {
	return f.binary(opMax, x, y, compute.Function.Max)
}

// Min implements compute.StandardOps.
func (f *Function) Min(x, y compute.Value) (compute.Value, error) {
	return f.binary(opMin, x, y, compute.Function.Min)
}

// Equal implements compute.StandardOps.
func (f *Function) Equal(x, y compute.Value) (compute.Value, error) {
	return f.binary(opEqual, x, y, compute.Function.Equal)
}

// NotEqual implements compute.StandardOps.
func (f *Function) NotEqual(x, y compute.Value) (compute.Value, error) {
	return f.binary(opNotEqual, x, y, compute.Function.NotEqual)
}

// LessThan implements compute.StandardOps.
func (f *Function) LessThan(x, y compute.Value) (compute.Value, error) {
	return f.binary(opLess, x, y, compute.Function.LessThan)
}

// LessOrEqual implements compute.StandardOps.
func (f *Function) LessOrEqual(x, y compute.Value) (compute.Value, error) {
	return f.binary(opLessEqual, x, y, compute.Function.LessOrEqual)
}

// GreaterThan implements compute.StandardOps.
func (f *Function) GreaterThan(x, y compute.Value) (compute.Value, error) {
	return f.binary(opGreater, x, y, compute.Function.GreaterThan)
}

// GreaterOrEqual implements compute.StandardOps.
func (f *Function) GreaterOrEqual(x, y compute.Value) (compute.Value, error) {
	return f.binary(opGreaterEqual, x, y, compute.Function.GreaterOrEqual)
}

// LogicalAnd implements compute.StandardOps.
func (f *Function) LogicalAnd(x, y compute.Value) (compute.Value, error) {
	return f.logical(opAnd, x, y, compute.Function.LogicalAnd)
}

// LogicalOr implements compute.StandardOps.
func (f *Function) LogicalOr(x, y compute.Value) (compute.Value, error) {
	return f.logical(opOr, x, y, compute.Function.LogicalOr)
}

// LogicalXor implements compute.StandardOps.
func (f *Function) LogicalXor(x, y compute.Value) (compute.Value, error) {
	return f.logical(opXor, x, y, compute.Function.LogicalXor)
}

// Abs implements compute.StandardOps.
func (f *Function) Abs(x compute.Value) (compute.Value, error) {
	return f.unary(opAbs, x, compute.Function.Abs)
}

// Neg implements compute.StandardOps.
func (f *Function) Neg(x compute.Value) (compute.Value, error) {
	return f.unary(opNeg, x, compute.Function.Neg)
}

// Sqrt implements compute.StandardOps.
func (f *Function) Sqrt(x compute.Value) (compute.Value, error) {
	return f.unary(opSqrt, x, compute.Function.Sqrt)
}

// Rsqrt implements compute.StandardOps.
func (f *Function) Rsqrt(x compute.Value) (compute.Value, error) {
	return f.unary(opRsqrt, x, compute.Function.Rsqrt)
}

// Exp implements compute.StandardOps.
func (f *Function) Exp(x compute.Value) (compute.Value, error) {
	return f.unary(opExp, x, compute.Function.Exp)
}

// Log implements compute.StandardOps.
func (f *Function) Log(x compute.Value) (compute.Value, error) {
	return f.unary(opLog, x, compute.Function.Log)
}

// Logistic implements compute.StandardOps.
func (f *Function) Logistic(x compute.Value) (compute.Value, error) {
	return f.unary(opLogistic, x, compute.Function.Logistic)
}
