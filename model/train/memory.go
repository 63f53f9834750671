package train

import (
	"cmp"
	"slices"
	"strings"

	"temper/model/backend"
	"temper/model/compute"
	"temper/model/memory"
	"temper/model/transformer"
)

// Gradients is the name of their part of Memory.
const Gradients = "gradients"

// Memory is what a step over rows of so many tokens takes beside weights and
// moments. It is exact to some percent for our own backend; GoMLX's, for which
// nothing is planned, is taken to need three times as much for values. What XLA takes
// on its device is not known here.
func (e *Engine) Memory(c transformer.Config, tokens []int) memory.Estimate {
	slots, bucket, batches := e.largest(tokens)
	parameters := 4 * int64(c.NumParams())
	sets, atATime := int64(1), min(e.Instances, batches)
	own := strings.HasPrefix(cmp.Or(e.Backend, backend.CPU), backend.CPU)
	if own && e.sums(c) {
		atATime = 1
	} else {
		sets += int64(min(batches, 2*atATime)) // beside the sum: those computed, and those that wait
	}
	values := e.values(c, slots, bucket)
	switch {
	case strings.HasPrefix(e.Backend, backend.XLA):
		values = 0
	case !own:
		values, sets = 3*values, sets+2 // and copies of the weights
	}
	return memory.Estimate{{Name: Gradients, Bytes: sets * parameters}, {Name: "activations", Bytes: int64(atATime) * values}}
}

// largest is the number of slots of the largest micro-batch, the length of its
// rows, and the number of micro-batches.
func (e *Engine) largest(tokens []int) (slots, bucket, batches int) {
	longest := slices.Max(tokens)
	all := Row{Tokens: make([]int32, longest)}
	rows := make([]Row, len(tokens))
	for i, n := range tokens {
		rows[i].Tokens = all.Tokens[:n]
	}
	bins, err := fill(rows, e.Buckets, e.Pack)
	if err != nil { // a row is longer than the network can read; the step will say so
		return longest, longest, len(tokens)
	}
	for ; len(bins) > 0; batches++ {
		n := together(bins, max(1, e.MicroBatchTokens/bins[0].bucket))
		if n*bins[0].bucket > slots {
			slots, bucket = n*bins[0].bucket, bins[0].bucket
		}
		bins = bins[n:]
	}
	return slots, bucket, batches
}

// values is the size in bytes of all that one micro-batch computes and has to keep
// at the same time: TestMemory compares it with what is planned.
func (e *Engine) values(c transformer.Config, slots, bucket int) int64 {
	var pass transformer.Pass
	e.bound(c, &pass, slots/bucket, bucket)
	return int64(4 * c.Shape().Activations(compute.Batch{
		Slots: float64(slots), Row: float64(bucket), LogitSlots: float64(pass.LogitSlots), Checkpointed: e.Checkpointing, Packed: e.Pack, HeadNorms: c.QKNorm(),
	}))
}
