package train

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"testing"

	"temper/model/transformer"
)

// peakMemory runs f and returns the largest resident set on the way, and the one
// before, in MiB.
func peakMemory(b *testing.B, f func()) (peak, before float64) {
	b.Helper()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Skipf("the peak of the memory in use cannot be reset here: %v", err)
	}
	before = memoryStatus(b, "VmRSS")
	f()
	return memoryStatus(b, "VmHWM"), before
}

func memoryStatus(b *testing.B, field string) float64 {
	b.Helper()
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	m := regexp.MustCompile(field + `:\s*(\d+) kB`).FindSubmatch(data)
	if m == nil {
		b.Fatalf("no %s in /proc/self/status", field)
	}
	kib, err := strconv.Atoi(string(m[1]))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) / 1024
}

// BenchmarkMemory measures what one row of growing length takes, weights aside:
// first with everything kept, then with one bound after the other. Run it with
// -benchtime 1x.
func BenchmarkMemory(b *testing.B) {
	const unbounded = math.MaxInt
	models := map[string]transformer.Config{
		"vocab32k":  benchConfig(32_000, 256, 768, 8, 4, 2),
		"vocab152k": benchConfig(151_936, 128, 384, 2, 2, 1),
	}
	for model, c := range models {
		for _, length := range []int{512, 1024, 2048, 4096, 8192} {
			for _, s := range []struct {
				name    string
				longest int // what needs no more than some GiB
				eng     Engine
			}{
				{"all-kept", 2048, Engine{MaxLogits: unbounded, MaxScores: unbounded}},
				{"logits", 2048, Engine{MaxScores: unbounded}},
				{"logits-scores", 8192, Engine{}},
				{"logits-scores-layers", 8192, Engine{Checkpointing: true}},
			} {
				if length <= s.longest {
					b.Run(fmt.Sprintf("%s/%d/%s", model, length, s.name), func(b *testing.B) { benchMemory(b, c, length, &s.eng) })
				}
			}
		}
	}
}

func benchMemory(b *testing.B, c transformer.Config, length int, eng *Engine) {
	const short = 16
	eng.Instances, eng.MicroBatchTokens, eng.Buckets = 1, 1, []int{short, length}
	defer eng.Close()
	w := transformer.NewWeights(c, transformer.InitSpec{EmbeddingStd: 0.1, OutputGain: 0.2}, 1)
	tr, err := New(w, NewOptimizerState(c), eng)
	if err != nil {
		b.Fatal(err)
	}
	step := func(length int) {
		if _, err := tr.gradients(randomRows(1, length, c.VocabSize), 1); err != nil {
			b.Fatal(err)
		}
	}
	step(short) // brings the weights to the backend
	before := cpuTime(b)
	peak, base := peakMemory(b, func() {
		for b.Loop() {
			step(length)
		}
	})
	b.ReportMetric(peak-base, "peak-MiB")
	b.ReportMetric((cpuTime(b)-before).Seconds()/float64(b.N), "cpu-s/op")
}
