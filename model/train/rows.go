package train

import (
	"fmt"
	"math"
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

// Example is one prompt with its response, of which the response is trained.
type Example struct {
	Prompt, Response []int32
}

// SFTRows weights every response token by one over the number of response
// tokens in the batch, so that the loss is their mean negative
// log-likelihood.
func SFTRows(batch []Example) ([]Row, error) {
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

// PolicyRows weights every response token of rollout i by advantages[i] /
// denominator: the gradient of the clipped GRPO objective where the ratio to
// the policy that sampled is 1, as it is for one update per batch. With
// token-level loss the denominator is the number of response tokens that are
// not masked. Rollouts with advantage 0 contribute nothing and get no row.
func PolicyRows(rollouts []Example, advantages []float64, denominator float64) ([]Row, error) {
	if len(advantages) != len(rollouts) {
		return nil, fmt.Errorf("make policy rows: %d advantages for %d rollouts", len(advantages), len(rollouts))
	}
	if !(denominator > 0) {
		return nil, fmt.Errorf("make policy rows: denominator is %v; it must be positive", denominator)
	}
	var rows []Row
	for i, e := range rollouts {
		if advantages[i] != 0 {
			rows = append(rows, weighted(e, float32(advantages[i]/denominator)))
		}
	}
	return rows, nil
}

func weighted(e Example, weight float32) Row {
	n := len(e.Prompt) + len(e.Response)
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
