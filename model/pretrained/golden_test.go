package pretrained

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"temper/model/library/safetensors"
)

// shared are the folders of models that match a pattern in ../shared.
func shared(t *testing.T, pattern string) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join("../../../shared", pattern))
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) == 0 {
		t.Skip("../shared is absent")
	}
	return dirs
}

func inspect(t *testing.T, dir string) *Model {
	t.Helper()
	m, err := Inspect(t.Context(), Local(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// values reads all tensors.
func values(t *testing.T, m *Model) map[string][]float32 {
	t.Helper()
	into := map[string][]float32{}
	for _, info := range m.Tensors() {
		into[info.Name] = make([]float32, info.Elements())
	}
	if err := m.ReadAll(t.Context(), into); err != nil {
		t.Fatal(err)
	}
	return into
}

// TestGoldens checks that the shards hold what the one file holds, bit for bit,
// and that the BF16 file is that, rounded.
func TestGoldens(t *testing.T) {
	for _, dir := range shared(t, "goldens/qwen2/*/model_fp32") {
		dir = filepath.Dir(dir)
		single := inspect(t, filepath.Join(dir, "model_fp32"))
		whole := values(t, single)
		sharded := values(t, inspect(t, filepath.Join(dir, "model_fp32_sharded")))
		rounded := values(t, inspect(t, filepath.Join(dir, "model_bf16")))
		if len(sharded) != len(whole) || len(rounded) != len(whole) || len(whole) == 0 {
			t.Errorf("%s: %d, %d and %d tensors", dir, len(whole), len(sharded), len(rounded))
		}
		for name, want := range whole {
			if !slices.Equal(sharded[name], want) {
				t.Errorf("%s: %s differs in the shards", dir, name)
			}
			for i, v := range want {
				bits := math.Float32bits(v)
				if nearest := math.Float32frombits((bits + 0x7fff + bits>>16&1) &^ 0xffff); rounded[name][i] != nearest {
					t.Fatalf("%s: %s: value %d of the BF16 file is %v, want %v", dir, name, i, rounded[name][i], nearest)
				}
			}
		}
		if !bytes.Contains(single.ConfigJSON, []byte(`"qwen2"`)) || len(single.GenerationConfig) == 0 || len(single.TokenizerFiles) != 0 {
			t.Errorf("%s: its small files are not read right", dir)
		}
	}
}

// TestExportOfGoldens reads each golden model and writes it, as one file and as
// shards, in all dtypes: the weights are the reference's, byte by byte, and so is config.json.
func TestExportOfGoldens(t *testing.T) {
	for _, dir := range shared(t, "goldens/qwen2/*/model_fp32_sharded") {
		m := inspect(t, dir)
		for dtype, folder := range map[safetensors.DType]string{safetensors.F32: "model_fp32", safetensors.BF16: "model_bf16"} {
			out := filepath.Join(t.TempDir(), "new", "model")
			if err := Write(t.Context(), LocalSink(out), exportOf(m, dtype, 0)); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"model.safetensors", ConfigName, GenerationConfigName} {
				want := readFile(t, filepath.Join(filepath.Dir(dir), folder, name))
				if got := readFile(t, filepath.Join(out, name)); !bytes.Equal(bytes.TrimSpace(got), bytes.TrimSpace(want)) {
					t.Errorf("%s: %s in %s differs", dir, name, dtype)
				}
			}
		}
		for _, dtype := range []safetensors.DType{safetensors.F32, safetensors.BF16, safetensors.F16} {
			out := t.TempDir()
			if err := Write(t.Context(), LocalSink(out), exportOf(m, dtype, 100_000)); err != nil {
				t.Fatal(err)
			}
			again := inspect(t, out)
			got := values(t, again)
			for name, want := range values(t, m) {
				for i, v := range want {
					if limit := math.Abs(float64(v))*map[safetensors.DType]float64{safetensors.BF16: 1.0 / 256, safetensors.F16: 1.0 / 2048}[dtype] + 1e-7; math.Abs(float64(got[name][i]-v)) > limit {
						t.Fatalf("%s in %s: %s: value %d is %v, was %v", dir, dtype, name, i, got[name][i], v)
					}
				}
			}
		}
	}
}

// exportOf writes a model that is read.
func exportOf(m *Model, dtype safetensors.DType, maxShardBytes int64) Export {
	e := Export{Config: m.ConfigJSON, GenerationConfig: m.GenerationConfig, Files: m.TokenizerFiles, DType: dtype, MaxShardBytes: maxShardBytes, Values: m.ReadRange}
	for _, info := range m.Tensors() {
		e.Tensors = append(e.Tensors, safetensors.Spec{Name: info.Name, Shape: info.Shape})
	}
	return e
}

// TestStories reads a real trained model.
func TestStories(t *testing.T) {
	m := inspect(t, shared(t, "data/models/stories260K/hf")[0])
	embedding, ok := m.Lookup("model.embed_tokens.weight")
	if !ok || !slices.Equal(embedding.Shape, []int{512, 64}) {
		t.Fatalf("the embedding is %v", embedding)
	}
	sum := 0.0
	for _, v := range values(t, m)["model.embed_tokens.weight"] {
		sum += float64(v) * float64(v)
	}
	if rms := math.Sqrt(sum / (512 * 64)); !(rms > 0.01 && rms < 10) {
		t.Errorf("the embedding's values have a size of %v", rms)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
