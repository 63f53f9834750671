package rollout

import (
	"errors"
	"fmt"
	"math"
)

// Request asks for one rollout.
type Request struct {
	// Problem and Sample name the rollout; see Rollout.
	Problem, Sample int
	// Seed is the key of the rollout's own random stream; see Seed.
	Seed uint64
	// Prompt holds the token IDs of the prompt, without padding.
	Prompt []int32
}

// Sampling says how responses are drawn from the policy.
type Sampling struct {
	// Temperature divides the logits. 0 means greedy decoding: always the most
	// probable token, the lowest ID among equals. Log-probabilities and entropies
	// are then those of the untempered distribution.
	Temperature float64 `json:"temperature"`
	// TopP keeps the smallest set of most probable tokens whose probability
	// reaches TopP (the nucleus), in (0, 1]; 1 keeps all.
	TopP float64 `json:"top_p"`
	// TopK keeps the TopK most probable tokens and all that tie with the last
	// of them; 0 keeps all.
	TopK int `json:"top_k,omitempty"`
	// MaxResponseTokens is the response budget.
	MaxResponseTokens int `json:"max_response_tokens"`
	// EOS holds the end-of-sequence tokens; each ends a response and belongs to
	// it. Empty means that only the response budget ends responses.
	EOS []int32 `json:"eos,omitempty"`
}

// Validate lists every fault of the parameters, or returns nil.
func (p Sampling) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if math.IsNaN(p.Temperature) || math.IsInf(p.Temperature, 0) || p.Temperature < 0 {
		fault("temperature %v: want 0 (greedy) or a positive number", p.Temperature)
	}
	if !(p.TopP > 0 && p.TopP <= 1) {
		fault("top_p %v: want a number above 0 and at most 1 (1 keeps all tokens)", p.TopP)
	}
	if p.TopK < 0 {
		fault("top_k %d: want 0 (keeps all tokens) or a positive number", p.TopK)
	}
	if p.MaxResponseTokens < 1 {
		fault("max response tokens %d: want at least 1", p.MaxResponseTokens)
	}
	for _, id := range p.EOS {
		if id < 0 {
			fault("eos token %d: want a token ID, 0 or more", id)
		}
	}
	return errors.Join(faults...)
}

// Ends reports whether a token ends the response.
func (p Sampling) Ends(token int32) bool {
	for _, id := range p.EOS {
		if token == id {
			return true
		}
	}
	return false
}
