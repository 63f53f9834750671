package train

import (
	"math"
	"strings"
	"testing"

	"temper/model/transformer"
)

// TestBound: chunks of logits and blocks of queries are multiples of 64, or all there is.
func TestBound(t *testing.T) {
	c := transformer.Config{VocabSize: 29, NumAttentionHeads: 4}
	for name, test := range map[string]struct {
		engine           Engine
		bins, bucket     int
		logits, queries  int
		checkpointingToo bool
	}{
		"short":                 {Engine{}, 2, 256, 0, 0, false},
		"from 257 on":           {Engine{}, 2, 257, 0, 128, false},
		"many bins":             {Engine{}, 64, 256, 0, 64, false},
		"XLA takes more":        {Engine{Backend: "xla:cuda", Checkpointing: true}, 2, 2048, 0, 0, true},
		"scores given":          {Engine{MaxScores: 8 * 512 * 200}, 2, 512, 0, 192, false},
		"scores given, few":     {Engine{MaxScores: 1}, 2, 512, 0, 64, false},
		"scores for all of 512": {Engine{MaxScores: 8 * 512 * 512}, 2, 512, 0, 0, false},
		"logits given":          {Engine{MaxLogits: 29 * 200}, 2, 128, 192, 0, false},
		"logits given, few":     {Engine{MaxLogits: 29}, 2, 128, 64, 0, false},
		"logits for all of 256": {Engine{MaxLogits: 29 * 256}, 2, 128, 0, 0, false},
	} {
		var p transformer.Pass
		test.engine.bound(c, &p, test.bins, test.bucket)
		if p.LogitSlots != test.logits || p.QueryBlock != test.queries || p.Checkpointing != test.checkpointingToo {
			t.Errorf("%s: %d slots of logits and blocks of %d queries, want %d and %d", name, p.LogitSlots, p.QueryBlock, test.logits, test.queries)
		}
	}
	wide := transformer.Config{VocabSize: 150_000, NumAttentionHeads: 4}
	for backend, want := range map[string]int{"": 4<<20/150_000/64*64 + 64, "xla": 512 << 20 / 150_000 / 64 * 64} {
		var p transformer.Pass
		(&Engine{Backend: backend}).bound(wide, &p, 1, 4096)
		if p.LogitSlots != want {
			t.Errorf("backend %q: %d slots of logits, want %d", backend, p.LogitSlots, want)
		}
	}
}

// TestSums: one instance adds gradients in place, and so do several from 256 MiB of them on.
func TestSums(t *testing.T) {
	small, large := benchConfig(29, 16, 24, 2, 4, 2), benchConfig(65536, 1024, 24, 1, 4, 2)
	for _, test := range []struct {
		instances int
		config    transformer.Config
		want      bool
	}{{1, small, true}, {2, small, false}, {1, large, true}, {2, large, true}} {
		if got := (&Engine{Instances: test.instances}).sums(test.config); got != test.want {
			t.Errorf("%d instances of %d parameters: %v", test.instances, test.config.NumParams(), got)
		}
	}
}

// TestEngineRefusals: what makes no engine is named.
func TestEngineRefusals(t *testing.T) {
	for want, e := range map[string]Engine{
		"Instances is 0":        {MicroBatchTokens: 8, Buckets: []int{8}},
		"MicroBatchTokens is 0": {Instances: 1, Buckets: []int{8}},
		"Buckets is empty":      {Instances: 1, MicroBatchTokens: 1},
		"Buckets has 1":         {Instances: 1, MicroBatchTokens: 1, Buckets: []int{8, 1}},
		"MaxLogits is -1":       {Instances: 1, MicroBatchTokens: 1, Buckets: []int{8}, MaxLogits: -1},
		"MaxScores -1":          {Instances: 1, MicroBatchTokens: 1, Buckets: []int{8}, MaxScores: -1},
	} {
		if err := e.validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if err := (&Engine{Instances: 1, MicroBatchTokens: 1, Buckets: []int{2}}).validate(); err != nil {
		t.Error(err)
	}
}

// TestStepStats: a step says of its targets what scoring says of them, and nothing of none.
func TestStepStats(t *testing.T) {
	w := smallWeights()
	e := &Engine{Instances: 1, MicroBatchTokens: 24, Buckets: []int{8}}
	tr := newTestTrainer(t, w, e)
	row := Row{Tokens: []int32{1, 2, 3}, Weights: []float32{0, 0, 0.5}}
	scores, err := e.LogProbs(t.Context(), w, []Row{row}, 0.8, nil)
	if err != nil {
		t.Fatal(err)
	}
	stats, err := tr.gradients(t.Context(), []Row{row}, 0.8, nil)
	if err != nil {
		t.Fatal(err)
	}
	if stats.Targets != 1 || !near(stats.Entropy, float64(scores[0].Entropies[1]), 1e-6) || !near(stats.Loss, -0.5*float64(scores[0].LogProbs[2]), 1e-6) {
		t.Errorf("%+v, scored %+v", stats, scores[0])
	}
	if stats.Tokens != 3 || stats.PaddedTokens != 8 || stats.Efficiency != 0.375 {
		t.Errorf("%+v", stats)
	}
	row.Weights = make([]float32, 3)
	if stats, err = tr.gradients(t.Context(), []Row{row}, 0.8, nil); err != nil || stats.Entropy != 0 || stats.Targets != 0 {
		t.Errorf("without a target: %+v, %v", stats, err)
	}
	for _, bad := range []float64{0, -1, math.Inf(1), math.Inf(-1), math.NaN()} {
		if _, err := tr.gradients(t.Context(), []Row{row}, bad, nil); err == nil {
			t.Errorf("the temperature %v is accepted", bad)
		}
	}
}

// TestRowRefusals: what is no weight is named, of every kind.
func TestRowRefusals(t *testing.T) {
	for _, bad := range []float32{float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())} {
		for _, r := range []Row{
			{Tokens: []int32{1, 2}, Weights: []float32{0, bad}},
			{Tokens: []int32{1, 2}, Weights: []float32{0, 1}, Entropies: []float32{0, bad}},
			{Tokens: []int32{1, 2}, Weights: []float32{0, 1}, Values: []float32{0, bad}},
		} {
			if err := r.validate(29); err == nil || !strings.Contains(err.Error(), "weight at position 1") {
				t.Errorf("%+v: %v", r, err)
			}
		}
	}
	for want, r := range map[string]Row{
		"0 tokens": {}, "token 29": {Tokens: []int32{29}, Weights: []float32{0}}, "token -1": {Tokens: []int32{-1}, Weights: []float32{0}},
		"1 weights for 2 tokens": {Tokens: []int32{1, 2}, Weights: []float32{0, 1}, Values: []float32{0}},
		"must be 0":              {Tokens: []int32{1, 2}, Weights: []float32{0, 1}, Entropies: []float32{1, 0}},
	} {
		if err := r.validate(29); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", r, err, want)
		}
	}
	if err := (Row{Tokens: []int32{28, 0}, Weights: []float32{0, 1}}).validate(29); err != nil {
		t.Error(err)
	}
}

// TestMicroBatchKinds: derivatives by entropy and value have slots where a row of the batch has some, and only there.
func TestMicroBatchKinds(t *testing.T) {
	rows := rowsOf(3, 4)
	rows[1].Entropies = []float32{0, 1, 2, 3}
	batches, err := cut(rows, 8, []int{4}, false)
	if err != nil || len(batches) != 1 || batches[0].values != nil {
		t.Fatalf("%+v, %v", batches, err)
	}
	want := []float32{1, 2, 3, 0, 0, 0, 0, 0} // the longer row first, each at the slot before its token
	for i, e := range batches[0].entropies {
		if e != want[i] {
			t.Fatalf("entropies %v, want %v", batches[0].entropies, want)
		}
	}
	rows[0].Values, rows[1].Entropies = []float32{0, 7, 8}, nil
	if batches, err = cut(rows, 8, []int{4}, false); err != nil || batches[0].entropies != nil || batches[0].values[4] != 7 || batches[0].values[5] != 8 {
		t.Errorf("%+v, %v", batches, err)
	}
}
