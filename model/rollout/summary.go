package rollout

// Summary is what a person or a history wants to know of many rollouts.
type Summary struct {
	Rollouts int `json:"rollouts"`
	// Truncated counts the rollouts that the response budget cut.
	Truncated int `json:"truncated"`
	// ResponseTokens counts the tokens of all responses, end-of-sequence
	// tokens included.
	ResponseTokens int `json:"response_tokens"`
	// MeanEntropy is the temperature-adjusted entropy in nats: the sum over all
	// response tokens of H(softmax(z/T)), divided by ResponseTokens. Long
	// responses weigh more, as they do in the token-level loss.
	MeanEntropy float64 `json:"mean_entropy"`
	// MeanResponseTokens is ResponseTokens divided by Rollouts.
	MeanResponseTokens float64 `json:"mean_response_tokens"`
}

// Summarize counts and averages rollouts. The means of no rollouts are 0.
func Summarize(rollouts []Rollout) Summary {
	s := Summary{Rollouts: len(rollouts)}
	var entropySum float64
	for _, r := range rollouts {
		if r.Truncated() {
			s.Truncated++
		}
		s.ResponseTokens += len(r.Response)
		entropySum += r.EntropySum
	}
	if s.ResponseTokens > 0 {
		s.MeanEntropy = entropySum / float64(s.ResponseTokens)
	}
	if s.Rollouts > 0 {
		s.MeanResponseTokens = float64(s.ResponseTokens) / float64(s.Rollouts)
	}
	return s
}
