package train

import (
	"fmt"
	"math"
)

// Row is one training row. The loss of a batch is
//
//	-Σ over rows and targets t of Weights[t] · log softmax(z/T)[Tokens[t]]
//
// where z are the logits after Tokens[:t]. Tokens and Weights have equal
// lengths; Weights[0] must be 0, since nothing precedes the first token.
type Row struct {
	Tokens  []int32
	Weights []float32
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
	if r.Weights[0] != 0 {
		return fmt.Errorf("weight of the first token is %v; it must be 0, since nothing precedes it", r.Weights[0])
	}
	for t, token := range r.Tokens {
		if token < 0 || int(token) >= vocab {
			return fmt.Errorf("token %d at position %d is outside the vocabulary of %d", token, t, vocab)
		}
		if w := float64(r.Weights[t]); math.IsNaN(w) || math.IsInf(w, 0) {
			return fmt.Errorf("weight at position %d is %v", t, w)
		}
	}
	return nil
}
