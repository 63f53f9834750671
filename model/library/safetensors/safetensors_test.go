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

// open is Open on bytes.
func open(data []byte) (*File, error) { return Open(bytes.NewReader(data), int64(len(data))) }

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

// TestEncodeBytes pins the bytes: digests of checkpoints are made of them.
func TestEncodeBytes(t *testing.T) {
	got := Encode([]Tensor{{"b", nil, []float32{-2}}, {"a", []int{1, 2}, []float32{1, 0}}}, map[string]string{"format": "pt"})
	header := `{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}`
	header += strings.Repeat(" ", -len(header)&7)
	if want := container(header, []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0}); !bytes.Equal(got, want) {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
}

// TestEncodePanics checks the caller's mistakes.
func TestEncodePanics(t *testing.T) {
	for name, tensors := range map[string][]Tensor{
		"size":     {{"a", []int{2}, []float32{1}}},
		"twice":    {{"a", []int{1}, []float32{1}}, {"a", []int{1}, []float32{1}}},
		"reserved": {{metadataKey, []int{1}, []float32{1}}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			Encode(tensors, nil)
		}()
	}
}

const one = `"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`

// refusals are containers that Open refuses, and a part of the reason.
var refusals = map[string]struct {
	data []byte
	want string
}{
	"empty":            {nil, "truncated: has 0 bytes; the header length alone takes 8"},
	"length cut":       {make([]byte, 7), "truncated: has 7 bytes"},
	"header cut":       {container(`{`+one+`}`, nil)[:20], "truncated: has 20 bytes, and the header alone ends at 62"},
	"header length":    {append(bytes.Repeat([]byte{0xff}, 8), '{', '}'), "not a safetensors file: its first 8 bytes give a header of 18446744073709551615 bytes"},
	"git lfs":          {[]byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"), "Git LFS pointer"},
	"no header":        {container(``, nil), "not a JSON object"},
	"header not json":  {container(`{x`, nil), "header: "},
	"header a list":    {container(`[]`, nil), "not a JSON object"},
	"header ends":      {container(`{"x":{"dtype":"F32"`, nil), "the JSON ends in the middle"},
	"header not utf-8": {container("{\"\xff\":1}", nil), "UTF-8"},
	"after the header": {container(`{}{}`, nil), "something follows the JSON object"},
	"tensor no object": {container(`{"x":[]}`, nil), `tensor "x": not an object`},
	"data cut":         {container(`{`+one+`}`, make([]byte, 3)), "truncated: has 65 bytes, header promises 66"},
	"data left over":   {container(`{`+one+`}`, make([]byte, 5)), "1 bytes follow the last tensor"},
	"unknown dtype":    {container(`{"x":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}`, make([]byte, 4)), `tensor "x": dtype "F31" is not one of the format`},
	"size":             {container(`{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, make([]byte, 4)), "4 bytes of data for shape [2] of F32, which takes 8"},
	"size of I64":      {container(`{"x":{"dtype":"I64","shape":[2],"data_offsets":[0,4]}}`, make([]byte, 4)), "4 bytes of data for shape [2] of I64, which takes 16"},
	"half a byte":      {container(`{"x":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}`, make([]byte, 1)), "shape [3] of F4, which takes 2"},
	"negative shape":   {container(`{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, make([]byte, 4)), "shape [-1] is negative"},
	"huge shape":       {container(`{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, nil), "too large"},
	"wraps to zero":    {container(`{"x":{"dtype":"F64","shape":[288230376151711744,16],"data_offsets":[0,0]}}`, nil), "too large"},
	"fraction":         {container(`{"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}`, make([]byte, 4)), `tensor "x": shape has a number 1.5`},
	"too large number": {container(`{"x":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}`, make([]byte, 4)), `tensor "x": shape has a number 99999999999999999999`},
	"overlap":          {container(`{`+one+`,"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, make([]byte, 4)), `tensor "y": its data starts at 0, inside the tensor before it`},
	"partial overlap":  {container(`{`+one+`,"y":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, make([]byte, 6)), "inside the tensor before it, which ends at 4"},
	"gap at start":     {container(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, make([]byte, 8)), "leaving a gap after 0"},
	"gap":              {container(`{`+one+`,"y":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, make([]byte, 12)), `tensor "y": its data starts at 8, leaving a gap after 4`},
	"backwards":        {container(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, make([]byte, 4)), "data_offsets [4 0] are not a range"},
	"negative offset":  {container(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, make([]byte, 4)), "data_offsets [-4 0] are not a range"},
	"overflow":         {container(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775803,9223372036854775807]}}`, make([]byte, 4)), "are not a range"},
	"no dtype":         {container(`{"x":{"shape":[1],"data_offsets":[0,4]}}`, make([]byte, 4)), "needs dtype, shape and two data_offsets"},
	"upper case keys":  {container(`{"x":{"DType":"F32","shape":[1],"data_offsets":[0,4]}}`, make([]byte, 4)), "needs dtype, shape and two data_offsets"},
	"three offsets":    {container(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}`, make([]byte, 4)), "needs dtype, shape and two data_offsets"},
	"name twice":       {container(`{`+one+`,`+one+`}`, make([]byte, 4)), `"x" occurs twice`},
	"field twice":      {container(`{"x":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, make([]byte, 4)), `tensor "x": "dtype" occurs twice`},
	"metadata":         {container(`{"__metadata__":{"a":1},`+one+`}`, make([]byte, 4)), "__metadata__: its values must be strings"},
	"null metadata":    {container(`{"__metadata__":{"a":null},`+one+`}`, make([]byte, 4)), `"a" is null`},
}

// TestRefusals checks that malformed containers give clear errors.
func TestRefusals(t *testing.T) {
	for name, c := range refusals {
		if _, err := open(c.data); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
		if _, _, err := Decode(c.data); err == nil || !strings.HasPrefix(err.Error(), "decode safetensors: ") {
			t.Errorf("%s: decode: %v", name, err)
		}
	}
}

// TestTruncated checks a file that is cut at every byte, and one that is too long.
func TestTruncated(t *testing.T) {
	whole := Encode([]Tensor{{"a", []int{2}, []float32{1, 2}}, {"b", []int{1, 1}, []float32{3}}}, map[string]string{"format": "pt"})
	for n := range whole {
		if _, err := open(whole[:n]); err == nil || !strings.HasPrefix(err.Error(), "truncated: has ") {
			t.Errorf("cut to %d of %d bytes: %v", n, len(whole), err)
		}
		// The size may also be known wrongly, from a listing: then reading tells.
		if _, err := Open(bytes.NewReader(whole[:n]), int64(len(whole))); n < len(whole)-12 && err == nil {
			t.Errorf("cut to %d bytes behind the reader's back: no error", n)
		}
	}
	if _, err := open(append(whole, 0)); err == nil || !strings.HasPrefix(err.Error(), "1 bytes follow") {
		t.Errorf("one byte too many: %v", err)
	}
}

// TestAccepts checks what is unusual and allowed.
func TestAccepts(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want int // tensors
	}{
		"no tensors":       {container(`{}`, nil), 0},
		"spaces after":     {container(`{`+one+`}     `, make([]byte, 4)), 1},
		"odd data start":   {container(`{`+one+`}`, make([]byte, 4)), 1},
		"null metadata":    {container(`{"__metadata__":null}`, nil), 0},
		"another field":    {container(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":{"a":[1]}}}`, make([]byte, 4)), 1},
		"empty tensors":    {container(`{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"y":{"dtype":"F32","shape":[5,0],"data_offsets":[0,0]},"z":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, make([]byte, 4)), 3},
		"any order":        {container(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"b":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, make([]byte, 8)), 2},
		"other dtypes":     {container(`{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"b":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[8,11]},"c":{"dtype":"F4","shape":[2],"data_offsets":[11,12]}}`, make([]byte, 12)), 3},
		"escaped name":     {container(`{"\u0078":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, make([]byte, 4)), 1},
		"offsets in order": {container(`{`+one+`,"y":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]}}`, make([]byte, 8)), 2},
	} {
		f, err := open(c.data)
		if err != nil || len(f.Tensors()) != c.want {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, info := range f.Tensors() {
			if found, ok := f.Lookup(info.Name); !ok || !reflect.DeepEqual(found, info) || i > 0 && info.Offset < f.infos[i-1].Offset {
				t.Errorf("%s: tensor %v out of place", name, info)
			}
		}
	}
}
