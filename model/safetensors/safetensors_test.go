package safetensors

import (
	"bytes"
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"testing"
)

// container puts a header and data together.
func container(header string, data []byte) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), data...)
}

// TestRoundTrip checks that tensors and metadata survive, sorted by name, and
// that the bytes do not depend on the order given.
func TestRoundTrip(t *testing.T) {
	a := Tensor{"a", []int{2, 3}, []float32{1, -2, 3.5, float32(math.Inf(1)), 0, 1e-40}}
	b := Tensor{"b", []int{}, []float32{7}}
	empty := Tensor{"empty", []int{0, 4}, []float32{}}
	metadata := map[string]string{"format": "pt", "step": "3"}
	data := Encode([]Tensor{empty, b, a}, metadata)
	if !bytes.Equal(data, Encode([]Tensor{a, b, empty}, metadata)) {
		t.Error("the order of the tensors changes the bytes")
	}
	if n := binary.LittleEndian.Uint64(data); n%8 != 0 {
		t.Errorf("the header has %d bytes, not a multiple of 8", n)
	}
	got, gotMetadata, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Tensor{a, b, empty}; !reflect.DeepEqual(got, want) || !reflect.DeepEqual(gotMetadata, metadata) {
		t.Errorf("got %v and %v, want %v and %v", got, gotMetadata, want, metadata)
	}
}

// TestDecodeHalf checks bfloat16 and float16, special values included.
func TestDecodeHalf(t *testing.T) {
	for _, c := range []struct {
		dtype string
		bits  []uint16
		want  []float32
	}{
		{"BF16", []uint16{0x3f80, 0xc000, 0x7f80, 0x0001}, []float32{1, -2, float32(math.Inf(1)), math.Float32frombits(1 << 16)}},
		{"F16", []uint16{0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x0400, 0xfc00}, []float32{1, -2, 65504, 1.0 / (1 << 24), float32(math.Copysign(0, -1)), 1.0 / (1 << 14), float32(math.Inf(-1))}},
	} {
		var data []byte
		for _, b := range c.bits {
			data = binary.LittleEndian.AppendUint16(data, b)
		}
		n := string(rune('0' + len(c.bits)))
		end := map[string]string{"4": "8", "7": "14"}[n]
		got, _, err := Decode(container(`{"x":{"dtype":"`+c.dtype+`","shape":[`+n+`],"data_offsets":[0,`+end+`]}}`, data))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if math.Float32bits(got[0].Data[i]) != math.Float32bits(want) {
				t.Errorf("%s %#04x is %v, want %v", c.dtype, c.bits[i], got[0].Data[i], want)
			}
		}
	}
}

// TestDecodeRefusals checks that malformed containers give clear errors.
func TestDecodeRefusals(t *testing.T) {
	one := `"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":           {nil, "header length alone takes 8"},
		"header cut":      {container(`{`+one+`}`, nil)[:20], "cut short"},
		"header not json": {container(`{x`, nil), "header:"},
		"data cut":        {container(`{`+one+`}`, make([]byte, 3)), `tensor "x": data_offsets [0 4] lie outside the 3 bytes`},
		"data left over":  {container(`{`+one+`}`, make([]byte, 5)), "1 bytes of data follow"},
		"dtype":           {container(`{"x":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`, make([]byte, 8)), `dtype "I64"; F32, BF16 and F16`},
		"size":            {container(`{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, make([]byte, 4)), "4 bytes of data for shape [2] of F32, which takes 8"},
		"negative shape":  {container(`{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, make([]byte, 4)), "shape [-1] is negative"},
		"huge shape":      {container(`{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, nil), "too large"},
		"overlap":         {container(`{`+one+`,"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, make([]byte, 4)), "inside the tensor before"},
		"gap":             {container(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, make([]byte, 8)), "leaving a gap after 0"},
		"no dtype":        {container(`{"x":{"shape":[1],"data_offsets":[0,4]}}`, make([]byte, 4)), "needs dtype, shape and two data_offsets"},
		"metadata":        {container(`{"__metadata__":{"a":1},`+one+`}`, make([]byte, 4)), "__metadata__"},
	} {
		if _, _, err := Decode(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

// TestDecodeSharded checks whole sets and sets with something missing.
func TestDecodeSharded(t *testing.T) {
	files := map[string][]byte{
		"1": Encode([]Tensor{{"a", []int{1}, []float32{1}}}, nil),
		"2": Encode([]Tensor{{"b", []int{1}, []float32{2}}}, nil),
	}
	got, err := DecodeSharded([]byte(`{"weight_map":{"b":"2","a":"1"}}`), files)
	if err != nil || len(got) != 2 || got[0].Name != "a" || got[1].Data[0] != 2 {
		t.Errorf("got %v, %v", got, err)
	}
	for index, want := range map[string]string{
		`{"weight_map":{"a":"1","b":"3"}}`:         `file "3" is missing`,
		`{"weight_map":{"a":"1","b":"2","c":"2"}}`: `tensor "c" is missing from file "2"`,
		`{"weight_map":{"a":"2"}}`:                 `file "2" holds tensor "b"`,
		`{}`:                                       "weight_map is missing",
		`x`:                                        "index",
	} {
		if _, err := DecodeSharded([]byte(index), files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", index, err, want)
		}
	}
}

// FuzzDecode checks that no input makes Decode panic, and that what it accepts
// survives encoding.
func FuzzDecode(f *testing.F) {
	f.Add(Encode([]Tensor{{"a", []int{2}, []float32{1, 2}}}, map[string]string{"k": "v"}))
	f.Add(container(`{"x":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}`, []byte{1, 2}))
	f.Add(container(`{"x":{"dtype":"F32","shape":[4294967296,0],"data_offsets":[0,0]}}`, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, metadata, err := Decode(data)
		if err != nil {
			return
		}
		again, _, err := Decode(Encode(tensors, metadata))
		if err != nil || len(again) != len(tensors) {
			t.Errorf("%d tensors became %d: %v", len(tensors), len(again), err)
		}
	})
}
