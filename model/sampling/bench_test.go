package sampling

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"temper/model/rollout"
	"temper/model/transformer"
)

// demoConfig is the shape of the newcomer's model: 282,432 parameters.
func demoConfig() transformer.Config {
	return config(53, 96, 2, 4, 2, 384)
}

func config(vocab, hidden, layers, heads, kvHeads, ff int) transformer.Config {
	return transformer.Config{
		ModelType: "qwen2", HiddenAct: "silu", VocabSize: vocab, HiddenSize: hidden, NumHiddenLayers: layers,
		NumAttentionHeads: heads, NumKeyValueHeads: kvHeads, IntermediateSize: ff, MaxPositionEmbeddings: 512,
		RopeTheta: 100, RMSNormEps: 1e-6, TieWordEmbeddings: true,
	}
}

func randomWeights(c transformer.Config, seed uint64) *transformer.Weights {
	return transformer.NewWeights(c, transformer.InitSpec{EmbeddingStd: 0.3, OutputGain: 0.5}, seed)
}

// cpuSeconds is the processor time of this process, which other load disturbs
// less than it disturbs the clock.
func cpuSeconds(b *testing.B) float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

// groupRequests are problems x samples requests whose prompts have minLen to maxLen tokens.
func groupRequests(c transformer.Config, problems, samples, minLen, maxLen int) []rollout.Request {
	var requests []rollout.Request
	for p := range problems {
		prompt := make([]int32, minLen+p%(maxLen-minLen+1))
		for i := range prompt {
			prompt[i] = int32((p*31 + i*17 + p*i) % c.VocabSize)
		}
		for s := range samples {
			requests = append(requests, rollout.Request{Problem: p, Sample: s, Seed: rollout.Seed(1, "bench", 0, p, s), Prompt: prompt})
		}
	}
	return requests
}

func BenchmarkGenerate(b *testing.B) {
	for _, c := range []struct {
		name                 string
		config               transformer.Config
		problems, samples    int
		minPrompt, maxPrompt int
		maxResponse          int
		eos                  []int32
	}{
		// Random weights end a response after 1/0.034 = 29 tokens of the demo's 53 or so.
		{"demo", demoConfig(), 16, 8, 11, 20, 36, []int32{1, 2}},
		{"demo-eval", demoConfig(), 100, 4, 11, 20, 80, []int32{1, 2}},
		{"854k", config(512, 128, 4, 4, 2, 384), 64, 1, 16, 16, 64, nil},
		{"4.9M", config(512, 256, 6, 4, 2, 768), 64, 1, 16, 16, 64, nil},
	} {
		for _, instances := range []int{1, 4} {
			for _, rows := range []int{16, 32} {
				b.Run(fmt.Sprintf("%s/instances=%d/rows=%d", c.name, instances, rows), func(b *testing.B) {
					g, err := NewGenerator(randomWeights(c.config, 1), Options{Instances: instances, Rows: rows})
					if err != nil {
						b.Fatal(err)
					}
					defer g.Close()
					requests := groupRequests(c.config, c.problems, c.samples, c.minPrompt, c.maxPrompt)
					p := rollout.Sampling{Temperature: 1, TopP: 1, MaxResponseTokens: c.maxResponse, EOS: c.eos}
					tokens := 0
					generate := func() {
						rollouts, err := g.Generate(context.Background(), requests, p, nil)
						if err != nil {
							b.Fatal(err)
						}
						for _, r := range rollouts {
							tokens += len(r.Response)
						}
					}
					generate() // compiles
					tokens = 0
					before := cpuSeconds(b)
					for b.Loop() {
						generate()
					}
					b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tok/s")
					b.ReportMetric((cpuSeconds(b)-before)/float64(tokens)*1e6, "cpu-µs/token")
					b.ReportMetric(float64(tokens)/float64(b.N*len(requests)), "tokens/rollout")
					b.ReportMetric(0, "ns/op")
				})
			}
		}
	}
}

// BenchmarkPrefill reads long prompts, no two alike, and samples one token after each: tok/s are
// tokens of the prompts.
func BenchmarkPrefill(b *testing.B) {
	const prompts, length = 24, 512
	for _, c := range []struct {
		name   string
		config transformer.Config
	}{
		{"854k", config(512, 128, 4, 4, 2, 384)},
		{"4.9M", config(512, 256, 6, 4, 2, 768)},
	} {
		b.Run(fmt.Sprintf("%s/%dx%d", c.name, prompts, length), func(b *testing.B) {
			c.config.MaxPositionEmbeddings = length + 1
			g, err := NewGenerator(randomWeights(c.config, 1), Options{Instances: 4, Rows: 16})
			if err != nil {
				b.Fatal(err)
			}
			defer g.Close()
			requests := groupRequests(c.config, prompts, 1, length, length)
			generate := func() {
				if _, err := g.Generate(context.Background(), requests, rollout.Sampling{Temperature: 1, TopP: 1, MaxResponseTokens: 1}, nil); err != nil {
					b.Fatal(err)
				}
			}
			generate() // compiles
			before := cpuSeconds(b)
			for b.Loop() {
				generate()
			}
			tokens := float64(b.N * prompts * length)
			b.ReportMetric(tokens/b.Elapsed().Seconds(), "tok/s")
			b.ReportMetric((cpuSeconds(b)-before)/tokens*1e6, "cpu-µs/token")
			b.ReportMetric(0, "ns/op")
		})
	}
}
