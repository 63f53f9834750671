package teacher

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"temper/model/artifact"
	"temper/model/reward"
)

// Stats counts what a teacher answered and what was kept of it.
type Stats struct {
	// Responses were had, with Retries: requests beyond the first of each. Tokens are the
	// server's count: what was bought.
	Responses        int   `json:"responses"`
	Retries          int   `json:"retries,omitempty"`
	PromptTokens     int64 `json:"prompt_tokens"`
	CompletionTokens int64 `json:"completion_tokens"`
	// Finish counts the reasons why responses ended.
	Finish map[string]int `json:"finish,omitempty"`
	// The verdicts, where responses are judged.
	Correct    int `json:"correct,omitempty"`
	Incorrect  int `json:"incorrect,omitempty"`
	Ungradable int `json:"ungradable,omitempty"`
	// Kept became examples. The others are not correct where the recipe wants that (Wrong), cut
	// where it leaves these out (Cut), repeat another or do not fit supervised training.
	Kept     int `json:"kept,omitempty"`
	Wrong    int `json:"wrong,omitempty"`
	Cut      int `json:"cut,omitempty"`
	Repeated int `json:"repeated,omitempty"`
	Dropped  int `json:"dropped,omitempty"`
}

// Count is what rows are before any of them is kept.
func Count(rows []Row) Stats {
	s := Stats{Finish: map[string]int{}}
	for _, r := range rows {
		s.add(r)
	}
	return s
}

func (s *Stats) add(r Row) {
	s.Responses++
	s.Retries += r.Tries - 1
	s.PromptTokens += int64(r.PromptTokens)
	s.CompletionTokens += int64(r.CompletionTokens)
	s.Finish[r.Finish]++
}

func (s *Stats) judge(v reward.Verdict) {
	switch v {
	case reward.Correct:
		s.Correct++
	case reward.Incorrect:
		s.Incorrect++
	case reward.Ungradable:
		s.Ungradable++
	}
}

// Plus is s with the responses of more: those of a further shard. Workflows call it: a sum is the
// same in any order.
//
//workflowcheck:ignore
func (s Stats) Plus(more Stats) Stats {
	s.Responses += more.Responses
	s.Retries += more.Retries
	s.PromptTokens += more.PromptTokens
	s.CompletionTokens += more.CompletionTokens
	finish := maps.Clone(s.Finish)
	if finish == nil {
		finish = map[string]int{}
	}
	for reason, n := range more.Finish {
		finish[reason] += n
	}
	s.Finish = finish
	return s
}

// Reasons says why responses ended: "190 stop, 2 length".
func (s Stats) Reasons() string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(s.Finish)) {
		parts = append(parts, fmt.Sprintf("%d %s", s.Finish[reason], reason))
	}
	return strings.Join(parts, ", ")
}

// Bought says what was bought: "192 responses (190 stop, 2 length), 8100 prompt and 190211 response tokens, 3 retries".
func (s Stats) Bought() string {
	return fmt.Sprintf("%d responses (%s), %d prompt and %d response tokens, %d retries", s.Responses, s.Reasons(), s.PromptTokens, s.CompletionTokens, s.Retries)
}

// String is for people: Bought, and before it what was kept.
func (s Stats) String() string { return fmt.Sprintf("kept %d examples of %s", s.Kept, s.Bought()) }

// Metrics are the figures as a manifest keeps them.
func (s Stats) Metrics() map[string]float64 {
	m := map[string]float64{
		artifact.MetricRollouts: float64(s.Responses), artifact.MetricRetries: float64(s.Retries),
		artifact.MetricPromptTokens: float64(s.PromptTokens), artifact.MetricBoughtTokens: float64(s.CompletionTokens),
		artifact.MetricCorrect: float64(s.Correct), artifact.MetricIncorrect: float64(s.Incorrect), artifact.MetricUngradable: float64(s.Ungradable),
		artifact.MetricKept: float64(s.Kept), artifact.MetricRepeated: float64(s.Repeated), artifact.MetricDropped: float64(s.Dropped),
		artifact.MetricLeftOut + "wrong": float64(s.Wrong), artifact.MetricLeftOut + "cut": float64(s.Cut),
	}
	for reason, n := range s.Finish {
		m[artifact.MetricFinish+reason] = float64(n)
	}
	return m
}

// FromMetrics reads what Metrics gave.
func FromMetrics(m map[string]float64) Stats {
	n := func(metric string) int { return int(m[metric]) }
	s := Stats{
		Responses: n(artifact.MetricRollouts), Retries: n(artifact.MetricRetries), Finish: map[string]int{},
		PromptTokens: int64(m[artifact.MetricPromptTokens]), CompletionTokens: int64(m[artifact.MetricBoughtTokens]),
		Correct: n(artifact.MetricCorrect), Incorrect: n(artifact.MetricIncorrect), Ungradable: n(artifact.MetricUngradable),
		Kept: n(artifact.MetricKept), Repeated: n(artifact.MetricRepeated), Dropped: n(artifact.MetricDropped),
		Wrong: n(artifact.MetricLeftOut + "wrong"), Cut: n(artifact.MetricLeftOut + "cut"),
	}
	for metric, count := range m {
		if reason, ok := strings.CutPrefix(metric, artifact.MetricFinish); ok {
			s.Finish[reason] = int(count)
		}
	}
	return s
}
