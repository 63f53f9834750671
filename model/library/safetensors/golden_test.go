package safetensors

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"temper/model/goldentest"
)

// TestGoldenBytes checks that our F32 and BF16 files of the golden weights are
// the reference's, byte by byte, and so are index and shards.
func TestGoldenBytes(t *testing.T) {
	for _, m := range goldentest.Models(t) {
		whole := goldentest.Read(t, m.Dir+"/model_fp32/model.safetensors")
		tensors, metadata, err := Decode(whole)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(Encode(tensors, metadata), whole) {
			t.Errorf("%s: the F32 file differs", m.Name)
		}
		_, files := write(t, tensors, BF16, 0)
		if !bytes.Equal(files["model.safetensors"], goldentest.Read(t, m.Dir+"/model_bf16/model.safetensors")) {
			t.Errorf("%s: the BF16 file differs", m.Name)
		}
		checkGoldenShards(t, m.Dir+"/model_fp32_sharded/", tensors)
	}
}

// checkGoldenShards reads the reference's shards, and writes them again in its order of tensors.
func checkGoldenShards(t *testing.T, dir string, want []Tensor) {
	index := goldentest.Read(t, dir+IndexName)
	set, err := OpenSharded(index, func(name string) (io.ReaderAt, int64, error) {
		data := goldentest.Read(t, dir+name)
		return bytes.NewReader(data), int64(len(data)), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Tensors()) != len(want) {
		t.Errorf("%s: %d tensors in shards, %d in one file", dir, len(set.Tensors()), len(want))
	}
	into := map[string][]float32{}
	for _, w := range want {
		into[w.Name] = make([]float32, len(w.Data))
	}
	if err := set.ReadAll(t.Context(), into); err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		if !slices.Equal(into[w.Name], w.Data) {
			t.Errorf("%s: tensor %s differs between shards and one file", dir, w.Name)
		}
	}
	sizes, largest := map[*File]int64{}, int64(0)
	var ordered []Tensor
	for _, info := range set.Tensors() { // file by file, as the reference cut them
		ordered = append(ordered, Tensor{info.Name, info.Shape, into[info.Name]})
		file := set.holder[info.Name]
		sizes[file] += info.Bytes
		largest = max(largest, sizes[file])
	}
	layout, files := write(t, ordered, F32, largest)
	if !bytes.Equal(layout.Index, index) {
		t.Errorf("%s: the index differs:\n%s", dir, layout.Index)
	}
	for name, data := range files {
		if !bytes.Equal(data, goldentest.Read(t, dir+name)) {
			t.Errorf("%s: shard %s differs", dir, name)
		}
	}
}
