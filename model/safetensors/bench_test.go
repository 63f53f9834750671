package safetensors

import (
	"bufio"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// benchBytes is the size of a file in the benchmarks.
const benchBytes = 256 << 20

// benchTensors are a quarter GiB of F32 values in tensors like those of a small model.
func benchTensors(dtype DType) []Tensor {
	n := benchBytes / dtype.bytesPerElement() / 8
	data := randomTensors(n)[0].Data
	tensors := make([]Tensor, 8)
	for i := range tensors {
		tensors[i] = Tensor{string(rune('a' + i)), []int{n / 1024, 1024}, data}
	}
	return tensors
}

// writeTo writes tensors as one file, as an exporter does.
func writeTo(b *testing.B, path string, tensors []Tensor, dtype DType) {
	layout, err := NewLayout(specsOf(tensors), dtype, 0, nil)
	if err != nil {
		b.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriterSize(file, 1<<20) // blocks pass it by
	if err := layout.Files[0].Write(b.Context(), out, Values(tensors)); err != nil {
		b.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkLoad reads a file of 256 MiB from the page cache into float32 memory. of-disk is the
// time that os.ReadFile takes for the same file, alternating with ours, divided by ours.
func BenchmarkLoad(b *testing.B) {
	for _, dtype := range []DType{F32, BF16, F16} {
		b.Run(string(dtype), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "model.safetensors")
			writeTo(b, path, benchTensors(dtype), dtype)
			var plain, ours time.Duration
			b.SetBytes(benchBytes)
			for b.Loop() {
				began := time.Now()
				if _, err := os.ReadFile(path); err != nil {
					b.Fatal(err)
				}
				read := time.Now()
				load(b, path)
				plain, ours = plain+read.Sub(began), ours+time.Since(read)
			}
			report(b, plain, ours)
		})
	}
}

func load(b *testing.B, path string) {
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		b.Fatal(err)
	}
	f, err := Open(file, info.Size())
	if err != nil {
		b.Fatal(err)
	}
	into := map[string][]float32{}
	for _, info := range f.Tensors() {
		into[info.Name] = make([]float32, info.Elements())
	}
	if err := f.ReadAll(b.Context(), into); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSave writes a file of 256 MiB from float32 memory, beside os.WriteFile of as many bytes.
func BenchmarkSave(b *testing.B) {
	for _, dtype := range []DType{F32, BF16, F16} {
		b.Run(string(dtype), func(b *testing.B) {
			dir := b.TempDir()
			tensors, same := benchTensors(dtype), make([]byte, benchBytes)
			var plain, ours time.Duration
			b.SetBytes(benchBytes)
			for b.Loop() {
				began := time.Now()
				if err := os.WriteFile(filepath.Join(dir, "plain"), same, 0o600); err != nil {
					b.Fatal(err)
				}
				written := time.Now()
				writeTo(b, filepath.Join(dir, "ours"), tensors, dtype)
				plain, ours = plain+written.Sub(began), ours+time.Since(written)
			}
			report(b, plain, ours)
		})
	}
}

// report shows both speeds in bytes of the file and their ratio.
func report(b *testing.B, plain, ours time.Duration) {
	rate := func(d time.Duration) float64 { return float64(b.N) * benchBytes / d.Seconds() / 1e6 }
	b.ReportMetric(rate(plain), "plain-MB/s")
	b.ReportMetric(rate(ours), "ours-MB/s")
	b.ReportMetric(plain.Seconds()/ours.Seconds(), "of-disk")
	b.ReportMetric(0, "ns/op") // of both together: says nothing
}
