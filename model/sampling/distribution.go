package sampling

import (
	"errors"
	"math"
	"slices"
	"sort"

	"temper/model/backend"
	"temper/model/rollout"
)

// distribution turns one row of logits into the distribution that a token is
// drawn from, in the order temperature, top-k, top-p (Hugging Face's order).
// The model's logits are float32; everything from there on is float64, so that
// the nucleus of a large vocabulary does not depend on how a sum was rounded.
//
// A distribution is reused from row to row and belongs to one goroutine.
type distribution struct {
	params rollout.Sampling
	logits []float32
	// weights are exp((logit - max) / temperature), over the full vocabulary.
	weights []float64
	// keptWeight is the sum of the weights of the tokens that the cut keeps.
	keptWeight float64
	cut        cut
	// entropy is H(softmax(z/T)) in nats over the full vocabulary: the
	// temperature-adjusted entropy, before top-k and top-p.
	entropy float64

	largest    []float32 // top-k scratch
	candidates []int32   // top-p scratch
}

// cut is the last token kept, in the order of falling logits and then of rising
// IDs. Top-k and top-p both keep a prefix of that order, so it says everything.
type cut struct {
	logit float32
	id    int32
}

// keepAll lets every token pass.
var keepAll = cut{logit: float32(math.Inf(-1)), id: math.MaxInt32}

func (c cut) keeps(id int, logit float32) bool {
	return logit > c.logit || logit == c.logit && int32(id) <= c.id
}

// clearEvery is the number of tokens after which a loop over the vocabulary
// clears the vector registers' upper halves once more: whenever the runtime
// preempts a goroutine, it leaves them so that scalar arithmetic is slow.
const clearEvery = 512

var errNotFinite = errors.New("the model's logits are not finite")

// set computes the distribution of the given row. It keeps no reference to the
// row beyond the next call. Temperature 0 puts all probability on one token.
func (d *distribution) set(logits []float32) error {
	d.logits, d.cut = logits, keepAll
	best := 0
	for i, z := range logits {
		if z > logits[best] {
			best = i
		}
	}
	top := float64(logits[best])
	if math.IsNaN(top) || math.IsInf(top, 0) {
		return errNotFinite
	}
	if d.params.Temperature == 0 {
		return d.setGreedy(best)
	}
	if err := d.temper(top, d.params.Temperature); err != nil {
		return err
	}
	if k := d.params.TopK; k > 0 && k < len(logits) {
		d.keepTopK(k)
	}
	if d.params.TopP < 1 {
		d.keepNucleus(d.params.TopP)
	}
	return nil
}

// temper sets weights, their sum and the entropy for a temperature; top is the largest logit.
func (d *distribution) temper(top, temperature float64) error {
	d.weights = slices.Grow(d.weights[:0], len(d.logits))[:len(d.logits)]
	var total, weighted float64
	var exponents [clearEvery]float64
	for from := 0; from < len(d.logits); from += clearEvery {
		backend.ClearVectors()
		logits := d.logits[from:min(from+clearEvery, len(d.logits))]
		weights := d.weights[from : from+len(logits)]
		for i, z := range logits {
			exponents[i] = (float64(z) - top) / temperature
		}
		copy(weights, exponents[:])
		expEach(weights)
		for i, w := range weights {
			total += w
			if w > 0 {
				weighted += w * exponents[i]
			}
		}
	}
	if math.IsNaN(total) {
		return errNotFinite
	}
	d.entropy = math.Log(total) - weighted/total
	d.keptWeight = total
	return nil
}

// setGreedy keeps one token only, but its weight and the entropy are those of
// softmax(z): a log-probability of 0 would tell nobody anything.
func (d *distribution) setGreedy(best int) error {
	if err := d.temper(float64(d.logits[best]), 1); err != nil {
		return err
	}
	d.cut = cut{d.logits[best], int32(best)}
	return nil
}

// keepTopK keeps the k largest logits and all that tie with the smallest of them.
func (d *distribution) keepTopK(k int) {
	d.largest = d.largest[:0] // falling
	for _, z := range d.logits {
		if len(d.largest) == k && z <= d.largest[k-1] {
			continue
		}
		at := sort.Search(len(d.largest), func(i int) bool { return d.largest[i] < z })
		if len(d.largest) == k {
			d.largest = d.largest[:k-1]
		}
		d.largest = slices.Insert(d.largest, at, z)
	}
	d.cut = cut{logit: d.largest[k-1], id: math.MaxInt32}
	d.keptWeight = 0
	for i, w := range d.weights {
		if d.cut.keeps(i, d.logits[i]) {
			d.keptWeight += w
		}
	}
}

// keepNucleus keeps the most probable of the tokens kept so far until their
// probability reaches p: a token stays if those before it have less than p. Among
// equal logits the lower ID comes first.
func (d *distribution) keepNucleus(p float64) {
	// All tokens below this weight together hold less than 1-p: none can stay,
	// so that only a few of a large vocabulary have to be sorted.
	floor := d.keptWeight * (1 - p) / float64(len(d.weights)) * (1 - 1e-9)
	d.candidates = d.candidates[:0]
	for i, w := range d.weights {
		if w >= floor && d.cut.keeps(i, d.logits[i]) {
			d.candidates = append(d.candidates, int32(i))
		}
	}
	d.keepUntil(p * d.keptWeight)
}

// keepUntil keeps the first candidates, in the order of falling logits and then
// of rising IDs, whose weights together reach limit. It is a quickselect: the
// side of a pivot where the limit lies not is never sorted.
func (d *distribution) keepUntil(limit float64) {
	left, head := d.candidates, 0.0
	for len(left) > 0 && head < limit {
		backend.ClearVectors()
		before := d.partition(left)
		pivot, sum := left[before], 0.0
		for _, id := range left[:before] {
			sum += d.weights[id]
		}
		if head+sum >= limit {
			left = left[:before]
			continue
		}
		head += sum + d.weights[pivot]
		d.cut = cut{d.logits[pivot], pivot}
		left = left[before+1:]
	}
	d.keptWeight = head
}

// partition moves the tokens that come before the median of the first, the
// middle and the last one to the front, that one after them, and returns where
// it is.
func (d *distribution) partition(ids []int32) int {
	last := len(ids) - 1
	if mid := last / 2; d.before(ids[mid], ids[0]) != d.before(ids[mid], ids[last]) {
		ids[mid], ids[last] = ids[last], ids[mid]
	} else if d.before(ids[0], ids[mid]) != d.before(ids[0], ids[last]) {
		ids[0], ids[last] = ids[last], ids[0]
	}
	pivot, n := ids[last], 0
	for i, id := range ids[:last] {
		if d.before(id, pivot) {
			ids[i], ids[n] = ids[n], id
			n++
		}
	}
	ids[n], ids[last] = pivot, ids[n]
	return n
}

// before says whether token a is kept before token b.
func (d *distribution) before(a, b int32) bool {
	return d.logits[a] > d.logits[b] || d.logits[a] == d.logits[b] && a < b
}

// draw returns the token that the number u of [0, 1) selects: the first, by
// rising ID, at which the cumulative probability of the kept tokens exceeds u.
func (d *distribution) draw(u float64) int32 {
	target, sum, last := u*d.keptWeight, 0.0, int32(0)
	for i, w := range d.weights {
		if i%clearEvery == 0 {
			backend.ClearVectors()
		}
		if w == 0 || !d.cut.keeps(i, d.logits[i]) {
			continue
		}
		sum, last = sum+w, int32(i)
		if sum > target {
			break
		}
	}
	return last // the last kept token where rounding left the sum below the target
}

// logProb returns the log-probability of a kept token in nats.
func (d *distribution) logProb(token int32) float64 {
	return math.Log(d.weights[token] / d.keptWeight)
}
