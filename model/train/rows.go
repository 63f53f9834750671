package train

import (
	"fmt"
	"math"

	"temper/model/dataset"
)

// Row is one training row: a sequence, and how the loss of the batch changes with
// what the network says of each token. A step follows the gradient of
//
//	Σ over rows and targets t of -Weights[t]·log p[Tokens[t]] + Entropies[t]·H(p) + Values[t]·V
//
// where p = softmax(z/T), z are the logits and V the value after Tokens[:t], and H is
// the entropy in nats. For a likelihood that is the loss itself; for any other one
// Weights are its negated derivatives by log-probability, and the others those by
// entropy and value, at the current policy (package objective).
//
// All slices have the length of Tokens; Entropies and Values may be nil, which is all
// zeros. What stands at 0 must be 0, since nothing precedes the first token.
type Row struct {
	Tokens                     []int32
	Weights, Entropies, Values []float32
}

// SFTRows weights every response token by one over the number of response
// tokens in the batch, so that the loss is their mean negative
// log-likelihood.
func SFTRows(batch []dataset.Tokenized) ([]Row, error) {
	total := 0
	for _, e := range batch {
		total += len(e.Response)
	}
	if total == 0 {
		return nil, fmt.Errorf("make sft rows: the batch has no response token")
	}
	rows := make([]Row, len(batch))
	for i, e := range batch {
		rows[i] = weighted(e, float32(1/float64(total)))
	}
	return rows, nil
}

// DerivativeRows are the rows by which a step follows the gradient of a loss of
// responses, given its derivatives by log-probability, entropy and value:
// [response][token], nil where there are none. A response without any gets no row.
func DerivativeRows(batch []dataset.Tokenized, logProb, entropy, value [][]float64) []Row {
	var rows []Row
	for i, e := range batch {
		r := Row{Weights: derivatives(e, logProb, i, -1), Entropies: derivatives(e, entropy, i, 1), Values: derivatives(e, value, i, 1)}
		if r.Weights == nil && r.Entropies == nil && r.Values == nil {
			continue
		}
		r.Tokens = append(append(r.Tokens, e.Prompt...), e.Response...)
		if r.Weights == nil {
			r.Weights = make([]float32, len(r.Tokens))
		}
		rows = append(rows, r)
	}
	return rows
}

// derivatives are those of response i, after zeros for its prompt; nil where all are
// zero or there are none.
func derivatives(e dataset.Tokenized, of [][]float64, i int, sign float64) []float32 {
	if of == nil {
		return nil
	}
	out, some := make([]float32, e.Len()), false
	for t, v := range of[i] {
		if v != 0 {
			out[len(e.Prompt)+t], some = float32(sign*v), true
		}
	}
	if !some {
		return nil
	}
	return out
}

func weighted(e dataset.Tokenized, weight float32) Row {
	n := e.Len()
	r := Row{Tokens: make([]int32, 0, n), Weights: make([]float32, n)}
	r.Tokens = append(append(r.Tokens, e.Prompt...), e.Response...)
	for t := len(e.Prompt); t < n; t++ {
		r.Weights[t] = weight
	}
	return r
}

// validate reports what makes the row unfit for a network with vocab tokens.
func (r Row) validate(vocab int) error {
	if len(r.Tokens) == 0 || len(r.Tokens) != len(r.Weights) {
		return fmt.Errorf("%d tokens and %d weights; a row needs at least one token and as many weights", len(r.Tokens), len(r.Weights))
	}
	for _, weights := range [][]float32{r.Weights, r.Entropies, r.Values} {
		if err := r.checkWeights(weights); err != nil {
			return err
		}
	}
	for t, token := range r.Tokens {
		if token < 0 || int(token) >= vocab {
			return fmt.Errorf("token %d at position %d is outside the vocabulary of %d", token, t, vocab)
		}
	}
	return nil
}

func (r Row) checkWeights(weights []float32) error {
	if weights != nil && len(weights) != len(r.Tokens) {
		return fmt.Errorf("%d weights for %d tokens", len(weights), len(r.Tokens))
	}
	if len(weights) > 0 && weights[0] != 0 {
		return fmt.Errorf("weight of the first token is %v; it must be 0, since nothing precedes it", weights[0])
	}
	for t, w := range weights {
		if w := float64(w); math.IsNaN(w) || math.IsInf(w, 0) {
			return fmt.Errorf("weight at position %d is %v", t, w)
		}
	}
	return nil
}
