package safetensors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
)

// from opens the files of a set.
func from(files map[string][]byte) func(string) (io.ReaderAt, int64, error) {
	return func(name string) (io.ReaderAt, int64, error) {
		data, ok := files[name]
		if !ok {
			return nil, 0, fs.ErrNotExist
		}
		return bytes.NewReader(data), int64(len(data)), nil
	}
}

// TestOpenSharded checks a whole set and everything that index and files can disagree on.
func TestOpenSharded(t *testing.T) {
	files := map[string][]byte{
		"1": Encode([]Tensor{{"a", []int{1}, []float32{1}}}, nil),
		"2": Encode([]Tensor{{"b", []int{2}, []float32{2, 3}}, {"c", nil, []float32{4}}}, nil),
		"3": Encode([]Tensor{{"d", []int{1}, []float32{1}}}, nil)[:50],
	}
	set, err := OpenSharded([]byte(`{"weight_map":{"c":"2","b":"2","a":"1"}, "metadata":{"total_size":1}}`), from(files))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, info := range set.Tensors() {
		names = append(names, info.Name)
		if found, ok := set.Lookup(info.Name); !ok || found.Name != info.Name {
			t.Errorf("lookup of %s finds %v", info.Name, found)
		}
	}
	if strings.Join(names, "") != "abc" {
		t.Errorf("tensors %v", names)
	}
	a, b, last := make([]float32, 1), make([]float32, 2), make([]float32, 1)
	err = set.ReadAll(t.Context(), map[string][]float32{"a": a, "b": b})
	if err != nil || a[0] != 1 || b[0] != 2 || b[1] != 3 {
		t.Errorf("read all: %v %v %v", a, b, err)
	}
	if err := set.ReadRange(t.Context(), "b", 1, last); err != nil || last[0] != 3 {
		t.Errorf("read range: %v %v", last, err)
	}
	if err := set.Read(t.Context(), "z", a); err == nil || err.Error() != `tensor "z" is missing` {
		t.Errorf("read of what is not there: %v", err)
	}
	for index, want := range map[string]string{
		`{"weight_map":{"a":"1","b":"4"}}`:                 `shard 4: file does not exist`,
		`{"weight_map":{"a":"1","b":"2","c":"2","d":"1"}}`: `tensor "d" is missing from shard 1`,
		`{"weight_map":{"a":"1","b":"2"}}`:                 `shard 2 holds tensor "c", which the index does not list`,
		`{"weight_map":{"a":"1","b":"2","c":"1"}}`:         `shard 2 holds tensor "c", which the index places in 1`,
		`{"weight_map":{"a":"1","d":"3"}}`:                 `shard 3: truncated: has 50 bytes`,
		`{"weight_map":{"a":"1","a":"2"}}`:                 `index: "a" occurs twice`,
		`{"weight_map":{"a":"../1"}}`:                      `index: tensor "a": file name "../1" is not a plain name`,
		`{"weight_map":{"a":"/etc/passwd"}}`:               `is not a plain name`,
		`{"weight_map":{"a":"x\\y"}}`:                      `is not a plain name`,
		`{"weight_map":{"a":".."}}`:                        `is not a plain name`,
		`{"weight_map":{"a":""}}`:                          `is not a plain name`,
		`{"weight_map":{"a":"x\u0000"}}`:                   `is not a plain name`,
		`{"weight_map":{"a":1}}`:                           `index: tensor "a": its place is not a file name`,
		`{"weight_map":[]}`:                                `index: not an object`,
		`{"weight_map":{}}`:                                "index: weight_map is missing or empty",
		`{}`:                                               "index: weight_map is missing or empty",
		`x`:                                                "index: ",
		`{"weight_map":{"a":"1"}`:                          "index: the JSON ends in the middle",
		`{"weight_map":{"a":"1"}} x`:                       "index: something follows",
		``:                                                 "index: ",
	} {
		if _, err := OpenSharded([]byte(index), from(files)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", index, err, want)
		}
	}
	_, err = OpenSharded([]byte(`{"weight_map":{"a":"9"}}`), from(files))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the cause of a missing shard is lost: %v", err)
	}
}

// TestReadRefusals checks what is refused before any value is read.
func TestReadRefusals(t *testing.T) {
	header := `{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"q":{"dtype":"I64","shape":[1],"data_offsets":[16,24]}}`
	f, err := open(container(header, make([]byte, 24)))
	if err != nil {
		t.Fatal(err)
	}
	untouched := []float32{9, 9, 9, 9}
	for want, err := range map[string]error{
		`tensor "z" is missing`: f.Read(t.Context(), "z", untouched),
		`tensor "a" has shape [2 2], 4 values; there is room for 3`:       f.Read(t.Context(), "a", untouched[:3]),
		`tensor "q": dtype I64 cannot be read`:                            f.Read(t.Context(), "q", untouched[:1]),
		`tensor "q": dtype I64 cannot be read as floating-point weights;`: f.ReadAll(t.Context(), map[string][]float32{"a": untouched, "q": untouched[:1]}),
		`tensor "a" has 4 values; asked for 3 from 2 on`:                  f.ReadRange(t.Context(), "a", 2, untouched[:3]),
		`asked for 1 from -1 on`:                                          f.ReadRange(t.Context(), "a", -1, untouched[:1]),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if fmt.Sprint(untouched) != "[9 9 9 9]" {
		t.Errorf("refused reads wrote %v", untouched)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Read(ended, "a", untouched); !errors.Is(err, context.Canceled) {
		t.Errorf("read after the end of its context: %v", err)
	}
}

// failing is a reader that fails after a position, but for a size of 8 bytes.
type failing struct {
	io.ReaderAt
	from int64
}

var errDisk = errors.New("the disk is broken")

func (f failing) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > f.from {
		return 0, errDisk
	}
	return f.ReaderAt.ReadAt(p, at)
}

// TestReadErrors checks that the first of several failing tensors is named.
func TestReadErrors(t *testing.T) {
	var tensors []Tensor
	for i := range 40 {
		tensors = append(tensors, Tensor{fmt.Sprintf("t%02d", i), []int{1000}, make([]float32, 1000)})
	}
	data := Encode(tensors, nil)
	f, err := Open(failing{bytes.NewReader(data), int64(len(data)) - 4000*20}, int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		into := map[string][]float32{}
		for _, info := range f.Tensors() {
			into[info.Name] = make([]float32, info.Elements())
		}
		if err := f.ReadAll(t.Context(), into); !errors.Is(err, errDisk) || !strings.HasPrefix(err.Error(), `tensor "t20": 0 of 4000 bytes`) {
			t.Fatalf("error %v", err)
		}
	}
}
