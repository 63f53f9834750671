package safetensors

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestHalves checks every 16-bit pattern of BF16 and F16: reading and writing
// give the pattern back, and F16 has the value of its definition.
func TestHalves(t *testing.T) {
	for _, dtype := range []DType{BF16, F16} {
		raw := make([]byte, 2<<16)
		for i := range 1 << 16 {
			binary.LittleEndian.PutUint16(raw[2*i:], uint16(i))
		}
		f, err := open(container(fmt.Sprintf(`{"x":{"dtype":%q,"shape":[65536],"data_offsets":[0,131072]}}`, dtype), raw))
		if err != nil {
			t.Fatal(err)
		}
		values := make([]float32, 1<<16)
		if err := f.Read(context.Background(), "x", values); err != nil {
			t.Fatal(err)
		}
		back := make([]byte, 2)
		for i, v := range values {
			if dtype == F16 && math.Abs(float64(v)) != halfByDefinition(uint16(i)) && !(v != v && i&0x3ff != 0) {
				t.Fatalf("F16 %#04x is %v", i, v)
			}
			if err := dtype.narrow(back, []float32{v}); err != nil {
				t.Fatal(err)
			}
			got := binary.LittleEndian.Uint16(back)
			if v != v { // a signalling NaN becomes a quiet one
				got |= uint16(i) & (map[DType]uint16{BF16: 0x40, F16: 0x200}[dtype])
				if got&^0x240 != uint16(i)&^0x240 || !dtypeNaN(dtype, got) {
					t.Fatalf("%s: NaN %#04x comes back as %#04x", dtype, i, got)
				}
			} else if got != uint16(i) {
				t.Fatalf("%s: %#04x (%v) comes back as %#04x", dtype, i, v, got)
			}
		}
	}
}

func dtypeNaN(d DType, bits uint16) bool {
	limit := map[DType]uint16{BF16: 0x7f80, F16: 0x7c00}[d]
	return bits&0x7fff > limit
}

// halfByDefinition is the absolute value of a binary16 number, NaN for none.
func halfByDefinition(h uint16) float64 {
	exponent, fraction := int(h>>10&0x1f), float64(h&0x3ff)
	switch exponent {
	case 0:
		return math.Ldexp(fraction, -24)
	case 31:
		if fraction == 0 {
			return math.Inf(1)
		}
		return math.NaN()
	}
	return math.Ldexp(1024+fraction, exponent-25)
}

// TestRounding checks ties, both neighbours of a tie, and the ends of the ranges.
func TestRounding(t *testing.T) {
	bits := math.Float32frombits
	for _, c := range []struct {
		dtype DType
		v     float32
		want  uint16
	}{
		{BF16, bits(0x3f808000), 0x3f80}, {BF16, bits(0x3f808001), 0x3f81}, {BF16, bits(0x3f818000), 0x3f82}, {BF16, bits(0x3f817fff), 0x3f81},
		{BF16, bits(0xbf818000), 0xbf82}, {BF16, math.MaxFloat32, 0x7f80}, {BF16, float32(math.Inf(-1)), 0xff80}, {BF16, bits(1), 0},
		{BF16, bits(0x7f800001), 0x7fc0}, {BF16, bits(0xffffffff), 0xffff}, {BF16, bits(0x80000000), 0x8000},
		{F16, 1 + 1.0/2048, 0x3c00}, {F16, 1 + 3.0/2048, 0x3c02}, {F16, 1 + 1.0/2048 + 1.0/65536, 0x3c01}, {F16, 65519, 0x7bff},
		{F16, 1.0 / (1 << 25), 0}, {F16, 1.5 / (1 << 24), 2}, {F16, 2.5 / (1 << 24), 2}, {F16, bits(0x33000001), 1},
		{F16, 1023.5 / (1 << 24), 0x0400}, {F16, float32(math.Inf(-1)), 0xfc00}, {F16, bits(0x80000000), 0x8000}, {F16, bits(1), 0},
		{F16, bits(0x7f800001), 0x7e00},
	} {
		out := make([]byte, 2)
		if err := c.dtype.narrow(out, []float32{c.v}); err != nil || binary.LittleEndian.Uint16(out) != c.want {
			t.Errorf("%s of %v (%#x): %#04x, want %#04x (%v)", c.dtype, c.v, math.Float32bits(c.v), binary.LittleEndian.Uint16(out), c.want, err)
		}
	}
	for _, v := range []float32{65520, -70000, math.MaxFloat32} {
		if err := F16.narrow(make([]byte, 2), []float32{v}); err == nil || !strings.Contains(err.Error(), "beyond F16, which ends at 65504") {
			t.Errorf("F16 of %v: %v", v, err)
		}
	}
}

// TestReadF64 checks the one dtype that is narrowed in reading.
func TestReadF64(t *testing.T) {
	want := []float64{1.0 / 3, math.Copysign(0, -1), math.Inf(1), 1e-60, math.MaxFloat32}
	var raw []byte
	for _, v := range want {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
	}
	got, _, err := Decode(container(`{"x":{"dtype":"F64","shape":[5],"data_offsets":[0,40]}}`, raw))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range want {
		if math.Float32bits(got[0].Data[i]) != math.Float32bits(float32(v)) {
			t.Errorf("%v is read as %v", v, got[0].Data[i])
		}
	}
}
