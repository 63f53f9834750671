package safetensors

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// goldenDirs are the folders of the golden models.
func goldenDirs(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob("../../../shared/goldens/qwen2/*/model_fp32")
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) == 0 {
		t.Skip("../shared is absent")
	}
	for i := range dirs {
		dirs[i] = filepath.Dir(dirs[i])
	}
	return dirs
}

func readFile(t *testing.T, elem ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestGoldenBytes checks that our F32 and BF16 files of the golden weights are
// the reference's, byte by byte, and so are index and shards.
func TestGoldenBytes(t *testing.T) {
	for _, dir := range goldenDirs(t) {
		whole := readFile(t, dir, "model_fp32/model.safetensors")
		tensors, metadata, err := Decode(whole)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(Encode(tensors, metadata), whole) {
			t.Errorf("%s: the F32 file differs", dir)
		}
		_, files := write(t, tensors, BF16, 0)
		if !bytes.Equal(files["model.safetensors"], readFile(t, dir, "model_bf16/model.safetensors")) {
			t.Errorf("%s: the BF16 file differs", dir)
		}
		checkGoldenShards(t, dir, tensors)
	}
}

// checkGoldenShards reads the reference's shards, and writes them again in its order of tensors.
func checkGoldenShards(t *testing.T, dir string, want []Tensor) {
	index := readFile(t, dir, "model_fp32_sharded", IndexName)
	set, err := OpenSharded(index, func(name string) (io.ReaderAt, int64, error) {
		data := readFile(t, dir, "model_fp32_sharded", name)
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
	largest := int64(0)
	var ordered []Tensor
	for _, file := range set.files {
		size := int64(0)
		for _, info := range file.infos {
			size += info.Bytes
		}
		largest = max(largest, size)
	}
	for _, info := range set.Tensors() { // file by file, as the reference cut them
		ordered = append(ordered, Tensor{info.Name, info.Shape, into[info.Name]})
	}
	layout, files := write(t, ordered, F32, largest)
	if !bytes.Equal(layout.Index, index) {
		t.Errorf("%s: the index differs:\n%s", dir, layout.Index)
	}
	for name, data := range files {
		if !bytes.Equal(data, readFile(t, dir, "model_fp32_sharded", name)) {
			t.Errorf("%s: shard %s differs", dir, name)
		}
	}
}
