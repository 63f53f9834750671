//go:build linux

package safetensors

import (
	"bufio"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// benchBytes is the size of a file in the benchmarks.
const benchBytes = 256 << 20

// benchTensors are values for a file of benchBytes, in tensors like those of a small model.
func benchTensors(dtype DType) []Tensor {
	n := benchBytes / dtype.bytesPerElement() / 8
	data := randomTensors(n)[0].Data
	tensors := make([]Tensor, 8)
	for i := range tensors {
		tensors[i] = Tensor{string(rune('a' + i)), []int{n / 1024, 1024}, data}
	}
	return tensors
}

// writeTo writes tensors as one file, as an exporter does, and waits until the disk has it.
func writeTo(b *testing.B, path string, tensors []Tensor, dtype DType) {
	layout, err := NewLayout(specsOf(tensors), dtype, 0, nil)
	if err != nil {
		b.Fatal(err)
	}
	synced(b, path, func(file *os.File) error {
		out := bufio.NewWriterSize(file, 1<<20) // blocks pass it by
		if err := layout.Files[0].Write(b.Context(), out, Values(tensors)); err != nil {
			return err
		}
		return out.Flush()
	})
}

// synced makes a file that is on the disk when synced returns.
func synced(b *testing.B, path string, write func(*os.File) error) {
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if err := write(file); err != nil {
		b.Fatal(err)
	}
	if err := file.Sync(); err != nil {
		b.Fatal(err)
	}
}

// forget takes a file that is on the disk out of the page cache.
func forget(b *testing.B, path string) {
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if err := unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkLoad reads a file of 256 MiB into float32 memory, from the page cache and from the
// disk. plain-MB/s is os.ReadFile of the same file, alternating with ours.
func BenchmarkLoad(b *testing.B) {
	for _, from := range []string{"cache", "disk"} {
		for _, dtype := range []DType{F32, BF16, F16} {
			b.Run(string(dtype)+"/"+from, func(b *testing.B) {
				path := filepath.Join(b.TempDir(), "model.safetensors")
				writeTo(b, path, benchTensors(dtype), dtype)
				prepare := func() {
					if from == "disk" {
						forget(b, path)
					}
				}
				alternate(b, func() time.Duration {
					prepare()
					began := time.Now()
					if _, err := os.ReadFile(path); err != nil {
						b.Fatal(err)
					}
					return time.Since(began)
				}, func() time.Duration {
					prepare()
					began := time.Now()
					load(b, path)
					return time.Since(began)
				})
			})
		}
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

// BenchmarkSave writes a file of 256 MiB from float32 memory until the disk has it. plain-MB/s is
// one write of as many bytes and fsync, alternating with ours.
func BenchmarkSave(b *testing.B) {
	for _, dtype := range []DType{F32, BF16, F16} {
		b.Run(string(dtype), func(b *testing.B) {
			dir := b.TempDir()
			tensors, same := benchTensors(dtype), make([]byte, benchBytes)
			alternate(b, func() time.Duration {
				began := time.Now()
				synced(b, filepath.Join(dir, "plain"), func(file *os.File) error {
					_, err := file.Write(same)
					return err
				})
				return time.Since(began)
			}, func() time.Duration {
				began := time.Now()
				writeTo(b, filepath.Join(dir, "ours"), tensors, dtype)
				return time.Since(began)
			})
		})
	}
}

// alternate times plain and ours in turn, once more than is counted, and reports the speeds of
// both in bytes of the file, and their ratio.
func alternate(b *testing.B, plain, ours func() time.Duration) {
	plain()
	ours()
	var plainTime, oursTime time.Duration
	for b.Loop() {
		plainTime += plain()
		oursTime += ours()
	}
	rate := func(d time.Duration) float64 { return float64(b.N) * benchBytes / d.Seconds() / 1e6 }
	b.ReportMetric(rate(plainTime), "plain-MB/s")
	b.ReportMetric(rate(oursTime), "ours-MB/s")
	b.ReportMetric(plainTime.Seconds()/oursTime.Seconds(), "of-plain")
	b.ReportMetric(0, "ns/op") // of both together: says nothing
}
