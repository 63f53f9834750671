package train

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"temper/model/goldentest"
)

// rowsOf are rows without weights, of the given lengths.
func rowsOf(lengths ...int) []Row {
	rows := make([]Row, len(lengths))
	for i, n := range lengths {
		rows[i] = Row{Tokens: make([]int32, n), Weights: make([]float32, n)}
	}
	return rows
}

// TestCut checks which rows come together, by their indices.
func TestCut(t *testing.T) {
	for _, c := range []struct {
		name    string
		lengths []int
		tokens  int
		buckets []int
		pack    bool
		want    string // bins x bucket: rows at slots
	}{
		{"each row its bucket", []int{3, 9, 4}, 1, []int{16, 4}, false, "1x16 [{1 0}] 1x4 [{2 0}] 1x4 [{0 0}]"},
		{"as many as the tokens allow", []int{4, 4, 4, 4, 4}, 8, []int{4}, false, "2x4 [{0 0} {1 4}] 2x4 [{2 0} {3 4}] 1x4 [{4 0}]"},
		{"powers of two where rows run out", []int{4, 4, 4}, 20, []int{4}, false, "2x4 [{0 0} {1 4}] 1x4 [{2 0}]"},
		{"little padding", []int{16, 12, 11}, 48, []int{8, 11, 12, 16}, false, "2x16 [{0 0} {1 16}] 1x11 [{2 0}]"},
		{"packed into the fullest bin", []int{5, 10, 3, 7, 6}, 16, []int{16}, true, "1x16 [{1 0} {4 10}] 1x16 [{3 0} {0 7} {2 12}]"},
		{"equal lengths by index", []int{8, 8, 8}, 32, []int{16}, true, "2x16 [{0 0} {1 8} {2 16}]"},
		{"bins no longer than needed", []int{3, 14, 3}, 16, []int{4, 8, 16}, true, "1x16 [{1 0}] 2x4 [{0 0} {2 4}]"},
	} {
		batches, err := cut(rowsOf(c.lengths...), c.tokens, c.buckets, c.pack)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, m := range batches {
			got += fmt.Sprintf(" %dx%d %v", m.bins, m.bucket, m.places)
		}
		if got = got[1:]; got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// TestPacking checks that packed rows give the loss, gradients and scores that
// they give alone, but for rounding, and how many slots are left empty.
func TestPacking(t *testing.T) {
	rows := mixedRows(8, 40)
	alone := newTestTrainer(t, smallWeights(), &Engine{Instances: 2, MicroBatchTokens: 96, Buckets: []int{24}})
	want, err := alone.gradients(t.Context(), rows, 0.8, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantScores, err := alone.engine.LogProbs(t.Context(), alone.weights, rows, 0.8, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, eng := range []*Engine{
		{Instances: 2, MicroBatchTokens: 96, Buckets: []int{24}, Pack: true},
		{Instances: 2, MicroBatchTokens: 300, Buckets: []int{16, 100}, Pack: true, MaxScores: 1, MaxLogits: 1},
		{Instances: 2, MicroBatchTokens: 1, Buckets: []int{160}, Pack: true, Checkpointing: true},
	} {
		tr := newTestTrainer(t, smallWeights(), eng)
		got, err := tr.gradients(t.Context(), rows, 0.8, nil)
		if err != nil {
			t.Fatal(err)
		}
		checkGradients(t, tr, alone.grads, 2e-6)
		if math.Abs(got.Loss-want.Loss) > 1e-6 || !near(got.Entropy, want.Entropy, 1e-6) || got.Targets != want.Targets || got.Tokens != want.Tokens {
			t.Errorf("buckets %v: %+v, want %+v", eng.Buckets, got, want)
		}
		if got.Efficiency < 0.85 || got.Efficiency > 1 || got.Efficiency < want.Efficiency+0.2 {
			t.Errorf("buckets %v: %.3f of the slots are used, %.3f without packing", eng.Buckets, got.Efficiency, want.Efficiency)
		}
		t.Logf("buckets %v: %.3f of the slots are used, %.3f without packing", eng.Buckets, got.Efficiency, want.Efficiency)
		scores, err := tr.engine.LogProbs(t.Context(), tr.weights, rows, 0.8, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range scores {
			if !closeTo(scores[i].LogProbs, wantScores[i].LogProbs, 1e-5) || !closeTo(scores[i].Entropies, wantScores[i].Entropies, 1e-5) {
				t.Errorf("buckets %v: the scores of row %d differ", eng.Buckets, i)
			}
		}
	}
}

func closeTo(got, want []float32, tolerance float64) bool {
	return slices.EqualFunc(got, want, func(a, b float32) bool { return math.Abs(float64(a)-float64(b)) <= tolerance })
}

// TestGoldenPacked compares two sequences in one row, packed and not, with the
// reference's loss and gradient norms.
func TestGoldenPacked(t *testing.T) {
	for _, m := range goldentest.Models(t) {
		var g struct {
			Packed struct {
				InputIDs   []int32            `json:"input_ids"`
				SegmentIDs []int32            `json:"segment_ids"`
				LossMask   []float32          `json:"loss_mask"`
				Targets    int                `json:"loss_tokens"`
				Loss       float64            `json:"loss_packed"`
				GradNorms  map[string]float64 `json:"grad_norms_packed"`
				GlobalNorm float64            `json:"global_grad_norm_packed"`
			} `json:"packed"`
		}
		goldentest.JSON(t, m.Dir+"/golden/golden.json", &g)
		var rows []Row
		for i, id := range g.Packed.InputIDs {
			if i == 0 || g.Packed.SegmentIDs[i] != g.Packed.SegmentIDs[i-1] {
				rows = append(rows, Row{})
			}
			r := &rows[len(rows)-1]
			r.Tokens, r.Weights = append(r.Tokens, id), append(r.Weights, g.Packed.LossMask[i]/float32(g.Packed.Targets))
		}
		for _, pack := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/pack=%v", m.Name, pack), func(t *testing.T) {
				tr := newTestTrainer(t, goldenWeights(t, m), &Engine{Instances: 1, MicroBatchTokens: 1, Buckets: []int{len(g.Packed.InputIDs)}, Pack: pack})
				stats, err := tr.gradients(t.Context(), rows, 1, nil)
				if err != nil {
					t.Fatal(err)
				}
				if pack && stats.Efficiency != 1 {
					t.Errorf("%.3f of the slots are used, want all", stats.Efficiency)
				}
				tolerance := max(1e-6, m.Tolerance)
				if stats.Targets != g.Packed.Targets || !near(stats.Loss, g.Packed.Loss, tolerance) || !near(stats.GradNorm, g.Packed.GlobalNorm, tolerance) {
					t.Errorf("got %+v, want loss %v, gradient norm %v, %d targets", stats, g.Packed.Loss, g.Packed.GlobalNorm, g.Packed.Targets)
				}
				for i, p := range tr.weights.Config.Params() {
					if got := gradNorm(tr.grads[i : i+1]); !near(got, g.Packed.GradNorms[p.Name], 10*tolerance) {
						t.Errorf("gradient norm of %s is %v, want %v", p.Name, got, g.Packed.GradNorms[p.Name])
					}
				}
			})
		}
	}
}

// TestWeighted checks which slots the head is computed for.
func TestWeighted(t *testing.T) {
	for count, want := range map[int]int{0: 16, 1: 16, 16: 16, 17: 32, 33: 48, 48: 48, 49: 64, 64: 64} {
		m := microBatch{targets: make([]int32, 64), weights: make([]float32, 64)}
		for i := range count {
			m.targets[63-i], m.weights[63-i] = int32(i+1), float32(i+1)
		}
		all := m.weighted()
		slots, targets, weights := all.slots, all.targets, all.weights
		if len(slots) != want || len(targets) != want || len(weights) != want {
			t.Errorf("%d weights give %d, %d and %d elements, want %d", count, len(slots), len(targets), len(weights), want)
		}
		sum := 0
		for i, w := range weights {
			sum += int(w)
			if w != 0 && (slots[i] != 64-int32(w) || targets[i] != int32(w)) {
				t.Errorf("%d weights: weight %v has slot %d and target %d", count, w, slots[i], targets[i])
			}
		}
		if sum != count*(count+1)/2 {
			t.Errorf("%d weights: some are lost or repeated", count)
		}
	}
}
