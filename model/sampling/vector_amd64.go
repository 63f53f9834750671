//go:build amd64 && goexperiment.simd

package sampling

import (
	"simd/archsimd"

	"temper/model/backend"
)

var hasVectors = archsimd.X86.AVX2() && archsimd.X86.FMA()

// expVectors is exp for as many elements as full vectors hold, and returns their
// number.
func expVectors(x []float64) int {
	if !hasVectors {
		return 0
	}
	var series [len(taylor)]archsimd.Float64x4
	for i, c := range taylor {
		series[i] = archsimd.BroadcastFloat64x4(c)
	}
	toLog2, shift := archsimd.BroadcastFloat64x4(log2e), archsimd.BroadcastFloat64x4(shifter)
	high, low := archsimd.BroadcastFloat64x4(-ln2High), archsimd.BroadcastFloat64x4(-ln2Low)
	smallest, bias := archsimd.BroadcastFloat64x4(smallestExponent), archsimd.BroadcastInt64x4(1023<<52)
	zero := archsimd.BroadcastFloat64x4(0)
	n := 0
	for ; n+4 <= len(x); n += 4 {
		v := archsimd.LoadFloat64x4Slice(x[n:])
		shifted := v.MulAdd(toLog2, shift)
		k := shifted.Sub(shift)
		r := k.MulAdd(low, k.MulAdd(high, v))
		p := series[0]
		for _, c := range series[1:] {
			p = p.MulAdd(r, c)
		}
		power := shifted.AsInt64x4().ShiftAllLeft(52).Add(bias).AsFloat64x4()
		zero.Merge(p.Mul(power), v.Less(smallest)).StoreSlice(x[n:])
	}
	backend.ClearVectors()
	return n
}
