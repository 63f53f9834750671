package cpu

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// Operations that gobackend computes as parts of a graph that is computed here
// otherwise.

// Ceil implements compute.StandardOps.
func (f *Function) Ceil(x compute.Value) (compute.Value, error) {
	return f.unary(opNone, x, compute.Function.Ceil)
}

// Cos implements compute.StandardOps.
func (f *Function) Cos(x compute.Value) (compute.Value, error) {
	return f.unary(opNone, x, compute.Function.Cos)
}

// Erf implements compute.StandardOps.
func (f *Function) Erf(x compute.Value) (compute.Value, error) {
	return f.unary(opNone, x, compute.Function.Erf)
}

// Expm1 implements compute.StandardOps.
func (f *Function) Expm1(x compute.Value) (compute.Value, error) {
	return f.unary(opNone, x, compute.Function.Expm1)
}

// Floor implements compute.StandardOps.
func (f *Function) Floor(x compute.Value) (compute.Value, error) {
	return f.unary(opNone, x, compute.Function.Floor)
}

// IsFinite implements compute.StandardOps.
func (f *Function) IsFinite(x compute.Value) (compute.Value, error) {
	return f.unary(opNone, x, compute.Function.IsFinite)
}

// IsNaN implements compute.StandardOps.
func (f *Function) IsNaN(x compute.Value) (compute.Value, error) {
	return f.unary(opNone, x, compute.Function.IsNaN)
}

// Log1p implements compute.StandardOps.
func (f *Function) Log1p(x compute.Value) (compute.Value, error) {
	return f.unary(opNone, x, compute.Function.Log1p)
}

// Round implements compute.StandardOps.
func (f *Function) Round(x compute.Value) (compute.Value, error) {
	return f.unary(opNone, x, compute.Function.Round)
}

// Sign implements compute.StandardOps.
func (f *Function) Sign(x compute.Value) (compute.Value, error) {
	return f.unary(opNone, x, compute.Function.Sign)
}

// Sin implements compute.StandardOps.
func (f *Function) Sin(x compute.Value) (compute.Value, error) {
	return f.unary(opNone, x, compute.Function.Sin)
}

// Tanh implements compute.StandardOps.
func (f *Function) Tanh(x compute.Value) (compute.Value, error) {
	return f.unary(opNone, x, compute.Function.Tanh)
}

// Atan2 implements compute.StandardOps.
func (f *Function) Atan2(x, y compute.Value) (compute.Value, error) {
	return f.binary(opNone, x, y, compute.Function.Atan2)
}

// Pow implements compute.StandardOps.
func (f *Function) Pow(x, y compute.Value) (compute.Value, error) {
	return f.binary(opNone, x, y, compute.Function.Pow)
}

// Rem implements compute.StandardOps.
func (f *Function) Rem(x, y compute.Value) (compute.Value, error) {
	return f.binary(opNone, x, y, compute.Function.Rem)
}

// BitwiseAnd implements compute.StandardOps.
func (f *Function) BitwiseAnd(x, y compute.Value) (compute.Value, error) {
	return f.binary(opNone, x, y, compute.Function.BitwiseAnd)
}

// BitwiseOr implements compute.StandardOps.
func (f *Function) BitwiseOr(x, y compute.Value) (compute.Value, error) {
	return f.binary(opNone, x, y, compute.Function.BitwiseOr)
}

// BitwiseXor implements compute.StandardOps.
func (f *Function) BitwiseXor(x, y compute.Value) (compute.Value, error) {
	return f.binary(opNone, x, y, compute.Function.BitwiseXor)
}

// ArgMinMax implements compute.StandardOps.
func (f *Function) ArgMinMax(x compute.Value, axis int, outputDType dtypes.DType, isMin bool) (compute.Value, error) {
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) {
		return g.ArgMinMax(in[0], axis, outputDType, isMin)
	}
	v, err := f.Function.ArgMinMax(x, axis, outputDType, isMin)
	return f.record(v, err, again, nil, x)
}

// Clamp implements compute.StandardOps.
func (f *Function) Clamp(low, x, high compute.Value) (compute.Value, error) {
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) {
		return g.Clamp(in[0], in[1], in[2])
	}
	v, err := f.Function.Clamp(low, x, high)
	return f.record(v, err, again, nil, low, x, high)
}

// Iota implements compute.StandardOps.
func (f *Function) Iota(shape shapes.Shape, axis int) (compute.Value, error) {
	again := func(g compute.Function, _ []compute.Value) (compute.Value, error) { return g.Iota(shape, axis) }
	v, err := f.Function.Iota(shape, axis)
	return f.record(v, err, again, nil)
}
