package safetensors

import (
	"encoding/binary"
	"math"
)

// decoder turns the raw bytes of one dtype into float32.
type decoder struct {
	size   int // bytes per element
	floats func([]byte) []float32
}

var decoders = map[string]decoder{
	"F32": {4, func(b []byte) []float32 {
		out := make([]float32, len(b)/4)
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		return out
	}},
	"BF16": {2, func(b []byte) []float32 {
		out := make([]float32, len(b)/2)
		for i := range out { // bfloat16 is the upper half of a float32
			out[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(b[2*i:])) << 16)
		}
		return out
	}},
	"F16": {2, func(b []byte) []float32 {
		out := make([]float32, len(b)/2)
		for i := range out {
			out[i] = half(binary.LittleEndian.Uint16(b[2*i:]))
		}
		return out
	}},
}

// half is the value of an IEEE 754 binary16 number.
func half(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exponent, fraction := uint32(h>>10&0x1f), uint32(h&0x3ff)
	switch exponent {
	case 0: // zero and subnormals: fraction * 2^-24
		v := float32(fraction) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(v) | sign)
	case 0x1f: // infinities and NaN
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	default:
		return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
	}
}
