// Package rollout holds what the policy said: one sampled response per rollout,
// with everything that the reward, the advantage and the update need.
package rollout

import "slices"

// FinishReason says why a response ended.
type FinishReason string

// A response stops at its end-of-sequence token or is cut by the response budget.
const (
	FinishStop   FinishReason = "stop"
	FinishLength FinishReason = "length"
)

// Rollout is one sampled response to one problem.
type Rollout struct {
	// Problem is the index of the problem in its dataset; Sample counts the
	// rollouts of the same problem (the group) from 0.
	Problem int `json:"problem"`
	Sample  int `json:"sample"`
	// Seed is the key of the rollout's own random stream.
	Seed uint64 `json:"seed"`
	// Prompt and Response are token IDs. The response includes its
	// end-of-sequence token when Finish is FinishStop.
	Prompt []int32 `json:"prompt"`
	// Hint is how many of the prompt's last tokens are a hint: the beginning of an answer
	// that was given, which the response goes on from.
	Hint     int     `json:"hint,omitempty"`
	Response []int32 `json:"response"`
	// LogProbs[i] is the log-probability in nats of Response[i] under the
	// distribution it was sampled from (after temperature, top-k and top-p).
	LogProbs []float32 `json:"logprobs"`
	// EntropySum is the sum over the response's tokens of the
	// temperature-adjusted entropy H(softmax(z/T)) in nats.
	EntropySum float64      `json:"entropy_sum"`
	Finish     FinishReason `json:"finish"`
}

// Truncated reports whether the response budget cut the response.
func (r Rollout) Truncated() bool { return r.Finish == FinishLength }

// Answer is what was said after the question: the hint, if there is one, and the response.
func (r Rollout) Answer() []int32 {
	return append(slices.Clone(r.Prompt[len(r.Prompt)-r.Hint:]), r.Response...)
}
