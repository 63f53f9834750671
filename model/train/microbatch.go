package train

import (
	"fmt"
	"sort"
)

// microBatch is what one forward and backward pass holds: up to rowsPer rows
// padded to one bucket. Slot s predicts token s+1, so targets and weights are
// shifted by one against the row's.
type microBatch struct {
	bucket  int
	rows    []int     // indices into the batch, longest first
	tokens  []int32   // [rowsPer, bucket]
	targets []int32   // [rowsPer, bucket]
	weights []float32 // [rowsPer, bucket]
}

// cut sorts the rows longest first (equal lengths by index) and packs them
// into micro-batches of rowsPer rows, each padded to the smallest bucket that
// holds its longest row.
func cut(batch []Row, rowsPer int, buckets []int) ([]microBatch, error) {
	order := make([]int, len(batch))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return len(batch[order[i]].Tokens) > len(batch[order[j]].Tokens) })
	var out []microBatch
	for len(order) > 0 {
		n := min(rowsPer, len(order))
		longest := len(batch[order[0]].Tokens)
		bucket := 0
		for _, b := range buckets {
			if b >= longest && (bucket == 0 || b < bucket) {
				bucket = b
			}
		}
		if bucket == 0 {
			return nil, fmt.Errorf("row %d has %d tokens, more than the largest bucket of %v", order[0], longest, buckets)
		}
		out = append(out, pad(batch, order[:n], rowsPer, bucket))
		order = order[n:]
	}
	return out, nil
}

func pad(batch []Row, rows []int, rowsPer, bucket int) microBatch {
	m := microBatch{
		bucket: bucket, rows: rows,
		tokens:  make([]int32, rowsPer*bucket),
		targets: make([]int32, rowsPer*bucket),
		weights: make([]float32, rowsPer*bucket),
	}
	for r, i := range rows {
		row := batch[i]
		copy(m.tokens[r*bucket:], row.Tokens)
		copy(m.targets[r*bucket:], row.Tokens[1:])
		copy(m.weights[r*bucket:], row.Weights[1:])
	}
	return m
}
