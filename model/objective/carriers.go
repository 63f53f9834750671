package objective

import "iter"

// Sequence is one response with what is known about it and about its tokens.
// The slices have Tokens elements each; those that an objective does not need
// may be nil. Log-probs are natural logarithms of the distribution that was
// sampled from, entropies are in nats.
type Sequence struct {
	// Group is the same for all sequences of one problem in the batch.
	Group int
	// Score is the number that advantages compare. Correct is the verdict, which
	// nft and srft use. Graded is false where there is no verdict: such a rollout
	// leaves the batch, and its score says nothing.
	Score   float64
	Correct bool
	Graded  bool
	// Truncated says that the response budget cut the response.
	Truncated bool
	// Demonstration says that the response was given, not sampled. It trains in
	// sft, srft and chord. One that is Graded takes part in its group's mean and
	// std (srft); in other objectives it is not in the loss.
	Demonstration bool
	// Tokens is the number of tokens, at least 1. The first Hint of them are a
	// hint, which was given and not sampled: the likelihood term of uft trains
	// them, and no other term sees them.
	Tokens int
	Hint   int
	// Mask is true at tokens that may be in the loss; nil means all of them.
	Mask []bool
	// Out is set by Prepare: no token of the sequence is in the loss.
	Out bool

	// LogProb is of the policy that is trained, now; Old of the policy that
	// sampled. With one update per batch both are the same policy and the ratio is
	// exactly 1, whatever stands here.
	LogProb, Old []float64
	// Reference is the log-prob under the reference policy.
	Reference []float64
	// Entropy is that of the distribution that the token comes from, now.
	Entropy []float64
	// Value is the value head's estimate before the token, now; OldValue when sampled.
	Value, OldValue []float64
	// Advantage and Return (what Value should have been) are set by Prepare.
	Advantage, Return []float64
}

// counts tells whether some term may read the sequence's carriers: not those of an
// ungradable rollout, nor, but for its hint, of one that is left out.
func (q *Sequence) counts() bool {
	return q.Demonstration || q.Graded && (!q.Out || q.Hint > 0)
}

// in tells whether token t may be in the loss of the response.
func (q *Sequence) in(t int) bool {
	return !q.Out && t >= q.Hint && (q.Mask == nil || q.Mask[t])
}

// inLoss is the number of tokens in the loss of the response.
func (q *Sequence) inLoss() (n int) {
	for t := range q.Tokens {
		if q.in(t) {
			n++
		}
	}
	return n
}

// Batch is the sequences of one batch, in an order that is part of the result.
type Batch struct {
	Sequences []Sequence
	// Budget is the response budget in tokens; Penalty needs it.
	Budget int
	// Step is the number of the policy step in its stage, from 1; CHORD's schedule needs it.
	Step int
}

// tokens goes through the tokens in the loss of the sequences with a divisor.
func (b Batch) tokens(divisors []float64) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for i := range b.Sequences {
			q := &b.Sequences[i]
			for t := 0; t < q.Tokens && divisors[i] != 0; t++ {
				if q.in(t) && !yield(i, t) {
					return
				}
			}
		}
	}
}

// Select is the batch of some of the sequences, in the order given. The slices are shared.
func (b Batch) Select(indices []int) Batch {
	out := Batch{Budget: b.Budget, Step: b.Step}
	for _, i := range indices {
		out.Sequences = append(out.Sequences, b.Sequences[i])
	}
	return out
}

// Split cuts a batch into at most n mini-batches: lists of indices of sequences.
// Groups stay whole, in order of first appearance, and the numbers of groups
// differ by one at most.
func (b Batch) Split(n int) [][]int {
	groups := b.groups(func(*Sequence) bool { return true })
	n = max(1, min(n, len(groups)))
	parts := make([][]int, n)
	for k, g := range groups {
		at := k * n / len(groups)
		parts[at] = append(parts[at], g...)
	}
	return parts
}

// groups are the indices of the sequences that belong, by Group, in order of first appearance.
func (b Batch) groups(belongs func(*Sequence) bool) (groups [][]int) {
	at := map[int]int{}
	for i := range b.Sequences {
		q := &b.Sequences[i]
		if !belongs(q) {
			continue
		}
		k, known := at[q.Group]
		if !known {
			k = len(groups)
			at[q.Group], groups = k, append(groups, nil)
		}
		groups[k] = append(groups[k], i)
	}
	return groups
}

// The two kinds of sequences in a batch that can be in a loss.
func isRollout(q *Sequence) bool       { return q.Graded && !q.Demonstration }
func isDemonstration(q *Sequence) bool { return q.Demonstration }

// Result is the value of an objective and its derivatives, in the shape of the
// batch: [sequence][token]. A slice of derivatives is nil where the objective
// does not depend on the quantity. Tokens outside the loss have 0.
type Result struct {
	Loss                       float64
	DLogProb, DEntropy, DValue [][]float64
	Stats                      ResultStats
}

// ResultStats says how the loss came about.
type ResultStats struct {
	// Tokens is the number of tokens with a policy term.
	Tokens int `json:"tokens,omitempty"`
	// ClippedLow and ClippedHigh are the shares of them at which the ratio's lower
	// or upper bound stops the derivative.
	ClippedLow  float64 `json:"clipped_low,omitempty"`
	ClippedHigh float64 `json:"clipped_high,omitempty"`
	// KL, Entropy and Value are those terms of the loss, with their coefficients,
	// Likelihood that of hints or demonstrations.
	KL         float64 `json:"kl,omitempty"`
	Entropy    float64 `json:"entropy,omitempty"`
	Value      float64 `json:"value,omitempty"`
	Likelihood float64 `json:"likelihood,omitempty"`
}

func newResult(b Batch) Result { return Result{DLogProb: zeros(b)} }

// zeros has the shape of the batch.
func zeros(b Batch) [][]float64 {
	out := make([][]float64, len(b.Sequences))
	for i := range out {
		out[i] = make([]float64, b.Sequences[i].Tokens)
	}
	return out
}

// add adds a token's term of the loss and its derivative by the log-prob, each divided.
func (r *Result) add(i, t int, loss, derivative, divisor float64) {
	r.Loss += loss / divisor
	r.DLogProb[i][t] += derivative / divisor
}
