package train

import (
	"math"
	"testing"
)

// TestActivations: rows alone, side by side and packed have the same mean states, whatever is padded; the first state
// is the mean of the tokens' embeddings.
func TestActivations(t *testing.T) {
	rows, w := mixedRows(5, 40), smallWeights()
	of := func(e *Engine, rows []Row) [][][]float64 {
		t.Helper()
		defer e.Close()
		states, err := e.Activations(t.Context(), w, rows, nil)
		if err != nil {
			t.Fatal(err)
		}
		return states
	}
	together := of(&Engine{Instances: 1, MicroBatchTokens: 96, Buckets: []int{24, 48}}, rows)
	packed := of(&Engine{Instances: 1, MicroBatchTokens: 96, Buckets: []int{48}, Pack: true}, rows)
	embedding := w.Tensors[0]
	for i, row := range rows {
		alone := of(&Engine{Instances: 1, MicroBatchTokens: 1, Buckets: []int{len(row.Tokens)}}, rows[i:i+1])[0]
		if len(alone) != w.Config.NumHiddenLayers+1 {
			t.Fatalf("%d states of %d layers", len(alone), w.Config.NumHiddenLayers)
		}
		for s := range alone {
			for k := range alone[s] {
				for name, got := range map[string]float64{"side by side": together[i][s][k], "packed": packed[i][s][k]} {
					if math.Abs(got-alone[s][k]) > 1e-4 {
						t.Fatalf("row %d, state %d, %d: %s %g, alone %g", i, s, k, name, got, alone[s][k])
					}
				}
			}
		}
		for k := range alone[0] {
			want := 0.0
			for _, token := range row.Tokens {
				want += float64(embedding[int(token)*w.Config.HiddenSize+k]) / float64(len(row.Tokens))
			}
			if math.Abs(alone[0][k]-want) > 1e-6 {
				t.Fatalf("row %d: the embedding's mean at %d is %g, want %g", i, k, alone[0][k], want)
			}
		}
	}
}
