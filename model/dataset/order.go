package dataset

import (
	"fmt"
	"math/rand/v2"
)

// Orders are the orders in which a dataset's epochs, counted from 0, use its records. They hold
// that of one epoch, 4 bytes for each record; it is computed when a record of its epoch is asked
// for first. They are not safe for concurrent use.
type Orders struct {
	n     int
	seed  uint64
	epoch int
	order []uint32
}

// NewOrders are the orders of n records. The order of an epoch is a permutation of 0..n-1 that is a
// pure function of n, seed and epoch: that of Perm of a math/rand/v2 generator on the PCG source
// with the seeds (seed, epoch).
func NewOrders(n int, seed uint64) *Orders { return &Orders{n: n, seed: seed, epoch: -1} }

// At is the record at a place in the orders of epoch 0, 1, 2, and so on, one after the other.
func (o *Orders) At(place int) int { return int(o.of(place / o.n)[place%o.n]) }

// of is the order of an epoch.
func (o *Orders) of(epoch int) []uint32 {
	if o.epoch == epoch {
		return o.order
	}
	if o.order == nil {
		o.order = make([]uint32, o.n)
	}
	for i := range o.order {
		o.order[i] = uint32(i)
	}
	rand.New(rand.NewPCG(o.seed, uint64(epoch))).Shuffle(o.n, func(i, j int) { o.order[i], o.order[j] = o.order[j], o.order[i] })
	o.epoch = epoch
	return o.order
}

// StepProblems returns the indices of the perStep problems of a policy step,
// counted from 0: consecutive slices of the epochs' orders. A
// step may end one epoch and begin the next. A problem that the step already has
// is then put off to the front of the next step, so that the groups of one step
// are always of different problems, and each epoch still uses each problem once.
// It is an error if a step needs more problems than there are.
func (o *Orders) StepProblems(perStep, step int) ([]int, error) {
	if perStep < 1 || step < 0 {
		return nil, fmt.Errorf("step problems: %d problems per step, step %d: want at least 1 and 0", perStep, step)
	}
	if perStep > o.n {
		return nil, fmt.Errorf("step problems: a policy step needs %d problems and the dataset has %d", perStep, o.n)
	}
	// After a step within one epoch nothing is put off: what it began with was put off from that
	// epoch by the step before, and stands in it only once.
	first := step
	for first > 0 && (first-1)*perStep/o.n != (first*perStep-1)/o.n {
		first--
	}
	place := first * perStep
	var chosen, putOff []int
	for s := first; s <= step; s++ {
		chosen = append(chosen[:0], putOff...)
		putOff = nil
		has := make(map[int]bool, perStep)
		for _, problem := range chosen {
			has[problem] = true
		}
		for ; len(chosen) < perStep; place++ {
			problem := o.At(place)
			if has[problem] {
				putOff = append(putOff, problem)
				continue
			}
			has[problem] = true
			chosen = append(chosen, problem)
		}
	}
	return chosen, nil
}

// Updates is the number of updates of a supervised stage: epochs*n/batch,
// rounded up. Batches run on over the end of an epoch, so that all are full
// but perhaps the stage's last one.
func Updates(n, batch, epochs int) int {
	return (n*epochs + batch - 1) / batch
}

// BatchExamples returns the indices of the examples of an update, counted from
// 0, of a stage of some epochs: the update's slice of the
// concatenated orders of the epochs. Each epoch uses each example exactly once.
func (o *Orders) BatchExamples(batch, epochs, update int) ([]int, error) {
	if o.n < 1 || batch < 1 || epochs < 1 {
		return nil, fmt.Errorf("batch examples: %d examples, batch %d, %d epochs: want at least 1 of each", o.n, batch, epochs)
	}
	if updates := Updates(o.n, batch, epochs); update < 0 || update >= updates {
		return nil, fmt.Errorf("batch examples: update %d: the stage has updates 0 to %d", update, updates-1)
	}
	begin := update * batch
	indices := make([]int, min(batch, o.n*epochs-begin))
	for i := range indices {
		indices[i] = o.At(begin + i)
	}
	return indices, nil
}
