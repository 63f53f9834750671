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

// peakMemory runs f and returns the largest resident set of the process on the
// way, and the one before, in MiB. The garbage collector works hard, so that it
// is what the computation needs; by default (GOGC=100) garbage may add as much
// again where there is room.
func peakMemory(b *testing.B, f func()) (peak, before float64) {
	b.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(10))
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

// memorySettings are the bounds on memory, one after the other. longest is the
// longest row that needs no more than some GiB.
var memorySettings = []struct {
	name    string
	longest int
	eng     Engine
}{
	{"all-kept", 2048, Engine{MaxLogits: math.MaxInt, MaxScores: math.MaxInt}},
	{"logits", 4096, Engine{MaxScores: math.MaxInt}},
	{"logits+scores", 8192, Engine{}},
	{"logits+scores+layers", 8192, Engine{Checkpointing: true}},
}

// BenchmarkMemory measures what one row of growing length takes, weights aside,
// in models with large vocabularies; logits-MiB is what its logits take, held
// whole and once. Run it with -benchtime 1x.
func BenchmarkMemory(b *testing.B) {
	for _, model := range []struct {
		name   string
		config transformer.Config
	}{
		{"4x128-vocab32k", benchConfig(32_000, 128, 384, 4, 2, 1)},
		{"8x256-vocab32k", benchConfig(32_000, 256, 768, 8, 4, 2)},
		{"2x128-vocab152k", benchConfig(151_936, 128, 384, 2, 2, 1)},
	} {
		for _, length := range []int{256, 512, 1024, 2048, 4096, 8192} {
			for _, s := range memorySettings {
				if length <= s.longest {
					b.Run(fmt.Sprintf("%s/%d/%s", model.name, length, s.name), func(b *testing.B) {
						eng := s.eng
						benchMemory(b, model.config, length, &eng)
					})
				}
			}
		}
	}
}

// benchMemory fails where the logits of a large vocabulary may have been held whole.
func benchMemory(b *testing.B, c transformer.Config, length int, eng *Engine) {
	const short = 16
	eng.Instances, eng.MicroBatchTokens, eng.Buckets = 1, 1, []int{short, length}
	defer eng.Close()
	w := transformer.NewWeights(c, transformer.InitSpec{EmbeddingStd: 0.1, OutputGain: 0.2}, 1)
	tr, err := New(w, OptimizerState{}, eng)
	if err != nil {
		b.Fatal(err)
	}
	step := func(length int) {
		rows := randomRows(1, length, c.VocabSize)
		for t := 1; t < length; t++ { // every token is trained: logits of fewer slots take less
			rows[0].Weights[t] = 1 / float32(length)
		}
		if _, err := tr.gradients(b.Context(), rows, 1, nil); err != nil {
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
	logits := float64(length*c.VocabSize) * 4 / (1 << 20)
	if bounded := eng.MaxLogits == 0 && eng.MaxScores == 0; bounded && length >= 2048 && c.VocabSize > 200*c.HiddenSize && peak-base > logits {
		b.Errorf("the peak is %.0f MiB, more than the row's logits (%.0f MiB), which are never to be held whole", peak-base, logits)
	}
	b.ReportMetric(peak-base, "peak-MiB")
	b.ReportMetric(logits, "logits-MiB")
	b.ReportMetric((cpuTime(b)-before).Seconds()/float64(b.N), "cpu-s/op")
}
