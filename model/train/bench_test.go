package train

import (
	"fmt"
	"math"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"temper/model/transformer"
)

// benchShapes are two models of a PyTorch comparison (854k and 4.9M
// parameters, 16 rows of 128) and the newcomer's model with an SFT batch and
// an RL batch.
var benchShapes = []struct {
	name                 string
	config               transformer.Config
	rows, length, bucket int
	perMicroBatch        int
}{
	{"854k/16x128", benchConfig(512, 128, 384, 4, 4, 2), 16, 128, 128, 4},
	{"4.9M/16x128", benchConfig(512, 256, 768, 6, 4, 2), 16, 128, 128, 4},
	{"demo/16x64", benchConfig(53, 96, 384, 2, 4, 2), 16, 64, 64, 4},
	{"demo/128x56", benchConfig(53, 96, 384, 2, 4, 2), 128, 56, 56, 16},
}

func benchConfig(vocab, hidden, ff, layers, heads, kvHeads int) transformer.Config {
	return transformer.Config{
		ModelType: "qwen2", HiddenAct: "silu", VocabSize: vocab, HiddenSize: hidden, IntermediateSize: ff,
		NumHiddenLayers: layers, NumAttentionHeads: heads, NumKeyValueHeads: kvHeads,
		MaxPositionEmbeddings: 512, RopeTheta: 100, RMSNormEps: 1e-6, TieWordEmbeddings: true,
	}
}

// randomRows are rows of one length whose second half is trained.
func randomRows(n, length, vocab int) []Row {
	rng := rand.New(rand.NewPCG(7, 7))
	rows := make([]Row, n)
	for i := range rows {
		r := Row{Tokens: make([]int32, length), Weights: make([]float32, length)}
		for t := range r.Tokens {
			r.Tokens[t] = int32(rng.IntN(vocab))
			if t >= length/2 {
				r.Weights[t] = 2 / float32(n*length)
			}
		}
		rows[i] = r
	}
	return rows
}

// cpuTime is the processor time that the process has used: unlike wall time it
// means something on a machine that does other work too.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkTrainStep(b *testing.B) {
	hyper := StepHyper{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, WeightDecay: 0.01, MaxGradNorm: 1}
	for _, s := range benchShapes {
		b.Run(s.name, func(b *testing.B) {
			eng := &Engine{Instances: 4, MicroBatchTokens: s.perMicroBatch * s.bucket, Buckets: []int{s.bucket}}
			defer eng.Close()
			w := transformer.NewWeights(s.config, transformer.InitSpec{EmbeddingStd: 0.1, OutputGain: 0.2}, 1)
			tr, err := New(w, OptimizerState{}, eng)
			if err != nil {
				b.Fatal(err)
			}
			rows := randomRows(s.rows, s.length, s.config.VocabSize)
			if _, err := tr.Step(b.Context(), rows, 1, hyper, nil); err != nil { // compiles
				b.Fatal(err)
			}
			before := cpuTime(b)
			for b.Loop() {
				if _, err := tr.Step(b.Context(), rows, 1, hyper, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*s.rows*s.length)/b.Elapsed().Seconds(), "tok/s")
			b.ReportMetric(float64((cpuTime(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

// BenchmarkPacking trains on rows of many lengths, one to a line and packed.
func BenchmarkPacking(b *testing.B) {
	c := benchConfig(512, 128, 384, 4, 4, 2)
	rng := rand.New(rand.NewPCG(5, 5))
	var rows []Row
	for range 64 {
		length := min(512, int(24*math.Exp(rng.NormFloat64())))
		rows = append(rows, randomRows(1, max(4, length), c.VocabSize)...)
	}
	for _, pack := range []bool{false, true} {
		b.Run(fmt.Sprintf("pack=%v", pack), func(b *testing.B) {
			eng := &Engine{Instances: 4, MicroBatchTokens: 512, Buckets: []int{128, 256, 512}, Pack: pack}
			defer eng.Close()
			w := transformer.NewWeights(c, transformer.InitSpec{EmbeddingStd: 0.1, OutputGain: 0.2}, 1)
			tr, err := New(w, OptimizerState{}, eng)
			if err != nil {
				b.Fatal(err)
			}
			stats, err := tr.gradients(b.Context(), rows, 1, nil) // compiles
			if err != nil {
				b.Fatal(err)
			}
			before := cpuTime(b)
			for b.Loop() {
				if _, err := tr.gradients(b.Context(), rows, 1, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*stats.Tokens)/b.Elapsed().Seconds(), "tok/s")
			b.ReportMetric(float64((cpuTime(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
			b.ReportMetric(stats.Efficiency, "tokens/slot")
		})
	}
}
