package train

import (
	"fmt"
	"slices"
)

// microBatch is what one forward and backward pass holds: bins of one length,
// each with the tokens of one row or, packed, of several. Slot s predicts the
// token at s+1, so that targets and weights are shifted by one against the
// row's.
type microBatch struct {
	bins, bucket int
	places       []place
	tokens       []int32   // [bins, bucket]
	targets      []int32   // [bins, bucket]
	weights      []float32 // [bins, bucket]
	// Derivatives by entropy and value, [bins, bucket]; nil where no row of the batch has any.
	entropies, values []float32

	// Set where rows are packed.
	positions []int32 // [bins, bucket]: in the slot's row
	segments  []int32 // [bins, bucket]: rows of a bin count from 1, padding is 0
}

// place says at which slot of a micro-batch a row of the batch begins.
type place struct{ row, slot int }

// bin is a sequence of slots that rows are put into, one after the other.
type bin struct {
	bucket, used int
	rows         []int // indices into the batch
}

// cut puts the rows into bins and the bins into micro-batches of at most
// tokens slots (but at least one bin). It depends on nothing but its arguments.
func cut(batch []Row, tokens int, buckets []int, pack bool) ([]microBatch, error) {
	bins, err := fill(batch, buckets, pack)
	if err != nil {
		return nil, err
	}
	var out []microBatch
	for len(bins) > 0 {
		bucket := bins[0].bucket
		n := together(bins, max(1, tokens/bucket))
		out = append(out, newMicroBatch(batch, bins[:n], bucket, pack))
		bins = bins[n:]
	}
	return out, nil
}

// fill puts every row into a bin of its own or, packed, into the fullest bin
// that still has room (best-fit decreasing). Rows come longest first, equal
// lengths by index, and a bin has the length of the smallest bucket that holds
// its first row: so long rows do not make the attention of short ones dear.
func fill(batch []Row, buckets []int, pack bool) ([]bin, error) {
	order := make([]int, len(batch))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return len(batch[j].Tokens) - len(batch[i].Tokens) })
	sorted := slices.Sorted(slices.Values(buckets))
	var bins []bin
	for _, row := range order {
		n, best := len(batch[row].Tokens), -1
		for b := 0; pack && b < len(bins); b++ {
			if room := bins[b].bucket - bins[b].used; room >= n && (best < 0 || room < bins[best].bucket-bins[best].used) {
				best = b
			}
		}
		if best < 0 {
			at, _ := slices.BinarySearch(sorted, n)
			if at == len(sorted) {
				return nil, fmt.Errorf("row %d has %d tokens, more than the largest bucket of %v", row, n, buckets)
			}
			best = len(bins)
			bins = append(bins, bin{bucket: sorted[at]})
		}
		bins[best].used += n
		bins[best].rows = append(bins[best].rows, row)
	}
	return bins, nil
}

// together is the number of bins, of which the first is the longest, for the
// next micro-batch: at most limit, of which each fills three quarters of the
// first one's length, so that little is padded. Numbers below the limit are
// powers of two: so few shapes are compiled.
func together(bins []bin, limit int) int {
	n := 1
	for n < min(limit, len(bins)) && 4*bins[n].bucket >= 3*bins[0].bucket {
		n++
	}
	if n == limit {
		return n
	}
	power := 1
	for 2*power <= n {
		power *= 2
	}
	return power
}

// targetSlots are the slots that have a weight, with what belongs to them.
type targetSlots struct {
	slots, targets             []int32
	weights, entropies, values []float32
}

// weighted lists the slots that have a weight of any kind, in their order, with their
// target tokens and weights. The lists are filled up, without weight, to a quarter of
// all slots, two, three or all of them: so few shapes are compiled.
func (m microBatch) weighted() targetSlots {
	var slots []int32
	for slot, w := range m.weights {
		if w != 0 || m.entropies != nil && m.entropies[slot] != 0 || m.values != nil && m.values[slot] != 0 {
			slots = append(slots, int32(slot))
		}
	}
	quarter := max(16, (len(m.weights)/4+15)/16*16)
	count := max(1, (len(slots)+quarter-1)/quarter) * quarter
	if count >= len(m.weights) {
		slots = make([]int32, len(m.weights))
		for slot := range slots {
			slots[slot] = int32(slot)
		}
		return targetSlots{slots, m.targets, m.weights, m.entropies, m.values}
	}
	chosen := func(all []float32) []float32 {
		if all == nil {
			return nil
		}
		some := make([]float32, count)
		for i, slot := range slots {
			some[i] = all[slot]
		}
		return some
	}
	targets := make([]int32, count)
	for i, slot := range slots {
		targets[i] = m.targets[slot]
	}
	padded := append(slots, make([]int32, count-len(slots))...)
	return targetSlots{padded, targets, chosen(m.weights), chosen(m.entropies), chosen(m.values)}
}

// newMicroBatch writes bins into the slots of a micro-batch.
func newMicroBatch(batch []Row, bins []bin, bucket int, pack bool) microBatch {
	slots := len(bins) * bucket
	m := microBatch{
		bins: len(bins), bucket: bucket,
		tokens: make([]int32, slots), targets: make([]int32, slots), weights: make([]float32, slots),
	}
	if pack {
		m.positions, m.segments = make([]int32, slots), make([]int32, slots)
	}
	for _, row := range batch { // of the whole batch: one program serves all its micro-batches
		if row.Entropies != nil && m.entropies == nil {
			m.entropies = make([]float32, slots)
		}
		if row.Values != nil && m.values == nil {
			m.values = make([]float32, slots)
		}
	}
	for b, bin := range bins {
		slot := b * bucket
		for i, index := range bin.rows {
			row := batch[index]
			m.places = append(m.places, place{index, slot})
			copy(m.tokens[slot:], row.Tokens)
			copy(m.targets[slot:], row.Tokens[1:])
			copy(m.weights[slot:], row.Weights[1:])
			if row.Entropies != nil {
				copy(m.entropies[slot:], row.Entropies[1:])
			}
			if row.Values != nil {
				copy(m.values[slot:], row.Values[1:])
			}
			for p := range row.Tokens {
				if pack {
					m.positions[slot+p], m.segments[slot+p] = int32(p), int32(i+1)
				}
			}
			slot += len(row.Tokens)
		}
	}
	return m
}
