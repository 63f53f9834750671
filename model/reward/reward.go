// Package reward says what a judge finds of a response: a verdict, which
// benchmarks count, and a score, which policies learn from.
//
// There are three verdicts. Ungradable means that no verdict could be had (the
// sandbox broke, the judge crashed): it is an error path, retried and then
// counted, and never becomes a reward.
package reward

// Verdict is a verifier's judgement of one response.
type Verdict string

// The three verdicts.
const (
	Correct    Verdict = "correct"
	Incorrect  Verdict = "incorrect"
	Ungradable Verdict = "ungradable"
)

// Result is a verdict with its score and explanation.
type Result struct {
	Verdict Verdict `json:"verdict"`
	// Score is the reward, any finite number. It says nothing where the verdict is Ungradable.
	Score float64 `json:"score"`
	// Extracted is the answer or program that was judged.
	Extracted string `json:"extracted,omitempty"`
	// Reason says in a few words why.
	Reason string `json:"reason,omitempty"`
}

// Scored is the result with the score of a rule-based verdict: 1 for correct, else 0
// (AceReason-Nemotron 1.0 §3.1).
func (r Result) Scored() Result {
	r.Score = 0
	if r.Verdict == Correct {
		r.Score = 1
	}
	return r
}
