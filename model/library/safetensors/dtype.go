package safetensors

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"
	"unsafe"
)

// DType is an element type by its name in the header.
type DType string

// The dtypes that are read into float32; all but F64 are written too.
const (
	F32  DType = "F32"
	BF16 DType = "BF16"
	F16  DType = "F16"
	F64  DType = "F64"
)

// bitsOf is the size of one element of every dtype of the format.
var bitsOf = map[DType]int{
	F64: 64, F32: 32, F16: 16, BF16: 16,
	"I64": 64, "I32": 32, "I16": 16, "I8": 8, "U64": 64, "U32": 32, "U16": 16, "U8": 8, "BOOL": 8, "C64": 64,
	"F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
	"F6_E2M3": 6, "F6_E3M2": 6, "F4": 4,
}

// Readable reports whether values of this dtype can be read into float32.
func (d DType) Readable() bool {
	switch d {
	case F32, BF16, F16, F64:
		return true
	}
	return false
}

// writable reports whether float32 values can be written as this dtype.
func (d DType) writable() bool { return d == F32 || d == BF16 || d == F16 }

// bytesPerElement is the size of one element of a readable dtype.
func (d DType) bytesPerElement() int { return bitsOf[d] / 8 }

// memory is x as bytes. Values that are read go straight through it into their
// place, so that no second copy of a tensor is ever held.
func memory(x []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x))
}

// littleEndian tells whether float32 lies in memory as it does in a file.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// raw is where the bytes of len(x) elements are put before widen: the end of
// x's own memory where they fit, so that widening never overtakes what it has
// yet to read.
func (d DType) raw(x []float32) []byte {
	if d == F64 {
		return make([]byte, 8*len(x))
	}
	own := memory(x)
	return own[len(own)-len(x)*d.bytesPerElement():]
}

// widen makes float32 of what lies in raw(x).
func (d DType) widen(x []float32, raw []byte) {
	switch d {
	case F32:
		if !littleEndian {
			for i := range x {
				x[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
			}
		}
	case BF16: // the upper half of a float32
		for len(x) >= 4 { // all four are read before the first is written
			four := binary.LittleEndian.Uint64(raw)
			x[0] = math.Float32frombits(uint32(four) << 16)
			x[1] = math.Float32frombits(uint32(four) &^ 0xffff)
			x[2] = math.Float32frombits(uint32(four>>32) << 16)
			x[3] = math.Float32frombits(uint32(four>>32) &^ 0xffff)
			x, raw = x[4:], raw[8:]
		}
		for i := range x {
			x[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw[2*i:])) << 16)
		}
	case F16:
		table := halves()
		for i := range x {
			x[i] = table[binary.LittleEndian.Uint16(raw)]
			raw = raw[2:]
		}
	case F64:
		for i := range x {
			x[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:])))
		}
	}
}

// narrow writes x into out, which has room for exactly its bytes. A finite value
// that F16 cannot hold is an error.
func (d DType) narrow(out []byte, x []float32) error {
	switch d {
	case F32:
		if littleEndian {
			copy(out, memory(x))
			break
		}
		for i, v := range x {
			binary.LittleEndian.PutUint32(out[4*i:], math.Float32bits(v))
		}
	case BF16:
		for _, v := range x {
			binary.LittleEndian.PutUint16(out, toBrain(v))
			out = out[2:]
		}
	case F16:
		for _, v := range x {
			h := toHalf(v)
			if h&0x7fff == 0x7c00 && !math.IsInf(float64(v), 0) {
				return fmt.Errorf("value %g is beyond F16, which ends at 65504; BF16 and F32 hold it", v)
			}
			binary.LittleEndian.PutUint16(out, h)
			out = out[2:]
		}
	}
	return nil
}

// toBrain rounds to bfloat16, ties to even. A NaN stays one, with its sign.
func toBrain(v float32) uint16 {
	bits := math.Float32bits(v)
	if bits&0x7fffffff > 0x7f800000 {
		return uint16(bits>>16) | 0x40
	}
	return uint16((bits + 0x7fff + bits>>16&1) >> 16)
}

// halves are the values of all binary16 numbers.
var halves = sync.OnceValue(func() *[1 << 16]float32 {
	var values [1 << 16]float32
	for i := range values {
		values[i] = fromHalf(uint16(i))
	}
	return &values
})

// fromHalf is the value of an IEEE 754 binary16 number.
func fromHalf(h uint16) float32 {
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

// toHalf rounds to binary16, ties to even; what is too large becomes infinite.
func toHalf(v float32) uint16 {
	bits := math.Float32bits(v)
	sign, rest := uint16(bits>>31)<<15, bits&0x7fffffff
	switch {
	case rest > 0x7f800000:
		return sign | 0x7e00 | uint16(rest>>13&0x1ff)
	case rest >= 0x477ff000: // 65520 and above round past the largest number
		return sign | 0x7c00
	case rest < 0x38800000: // below 2^-14: a multiple of 2^-24, which the sum rounds to
		sum := math.Float32frombits(rest) + 0.5 // the last bit of 0.5 is worth 2^-24
		return sign | uint16(math.Float32bits(sum)-0x3f000000)
	}
	rest += 0xfff + rest>>13&1
	return sign | uint16((rest-0x38000000)>>13)
}
