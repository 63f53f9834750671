package dataset

import (
	"fmt"
	"math/rand/v2"
)

// Order is the order in which an epoch, counted from 0, uses n records: a
// permutation of 0..n-1 that is a pure function of its arguments. It is Perm of
// a math/rand/v2 generator on the PCG source with the seeds (seed, epoch).
func Order(n int, seed uint64, epoch int) []int {
	return rand.New(rand.NewPCG(seed, uint64(epoch))).Perm(n)
}

// stream walks through the orders of epoch 0, 1, 2, and so on.
type stream struct {
	n     int
	seed  uint64
	epoch int
	order []int // what is left of the epoch
}

func newStream(n int, seed uint64, position int) *stream {
	s := &stream{n: n, seed: seed, epoch: position / n}
	s.order = Order(n, seed, s.epoch)[position%n:]
	return s
}

func (s *stream) next() int {
	if len(s.order) == 0 {
		s.epoch++
		s.order = Order(s.n, s.seed, s.epoch)
	}
	index := s.order[0]
	s.order = s.order[1:]
	return index
}

// StepProblems returns the indices of the perStep problems of a policy step,
// counted from 0, out of n problems: consecutive slices of the epochs' orders. A
// step may end one epoch and begin the next. A problem that the step already has
// is then put off to the front of the next step, so that the groups of one step
// are always of different problems, and each epoch still uses each problem once.
// It is an error if a step needs more problems than there are.
func StepProblems(n, perStep, step int, seed uint64) ([]int, error) {
	if perStep < 1 || step < 0 {
		return nil, fmt.Errorf("step problems: %d problems per step, step %d: want at least 1 and 0", perStep, step)
	}
	if perStep > n {
		return nil, fmt.Errorf("step problems: a policy step needs %d problems and the dataset has %d", perStep, n)
	}
	problems := newStream(n, seed, 0)
	lastUse := make([]int, n) // the step that used a problem last, counted from 1; 0 is none
	var chosen, putOff []int
	for s := 1; s <= step+1; s++ {
		chosen = append(chosen[:0], putOff...)
		putOff = nil
		for _, problem := range chosen {
			lastUse[problem] = s
		}
		for len(chosen) < perStep {
			problem := problems.next()
			if lastUse[problem] == s {
				putOff = append(putOff, problem)
				continue
			}
			lastUse[problem] = s
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
// 0, of a stage of some epochs over n examples: the update's slice of the
// concatenated orders of the epochs. Each epoch uses each example exactly once.
func BatchExamples(n, batch, epochs, update int, seed uint64) ([]int, error) {
	if n < 1 || batch < 1 || epochs < 1 {
		return nil, fmt.Errorf("batch examples: %d examples, batch %d, %d epochs: want at least 1 of each", n, batch, epochs)
	}
	if updates := Updates(n, batch, epochs); update < 0 || update >= updates {
		return nil, fmt.Errorf("batch examples: update %d: the stage has updates 0 to %d", update, updates-1)
	}
	begin := update * batch
	examples := newStream(n, seed, begin)
	indices := make([]int, min(batch, n*epochs-begin))
	for i := range indices {
		indices[i] = examples.next()
	}
	return indices, nil
}
