package collection

import (
	"fmt"
	"slices"

	"temper/model/artifact"
	"temper/model/reward"
)

// Stats counts what was sampled and what was kept of it.
type Stats struct {
	// Responses were sampled to Problems; Solved problems have a correct one.
	Responses int `json:"responses"`
	Problems  int `json:"problems"`
	Solved    int `json:"solved"`
	Correct   int `json:"correct"`
	Incorrect int `json:"incorrect"`
	// Ungradable responses have no verdict and are never kept.
	Ungradable int `json:"ungradable,omitempty"`
	// Truncation is the share of responses that the budget cut.
	Truncation float64 `json:"truncation,omitempty"`
	// Kept examples came into the dataset. The others' text was there already (Repeated), they
	// do not fit supervised training (Dropped), or they are beyond per_problem (Surplus).
	Kept     int `json:"kept"`
	Repeated int `json:"repeated,omitempty"`
	Dropped  int `json:"dropped,omitempty"`
	Surplus  int `json:"surplus,omitempty"`
	// Unmatched problems are unsolved and have no demonstration.
	Unmatched int `json:"unmatched,omitempty"`
}

// count is what responses are before any of them is kept.
func count(responses []Response) Stats {
	s := Stats{Responses: len(responses)}
	solved, cut := map[int]bool{}, 0
	for _, r := range responses {
		if _, known := solved[r.Problem]; !known {
			s.Problems++
			solved[r.Problem] = false
		}
		if r.Truncated {
			cut++
		}
		switch r.Verdict {
		case reward.Correct:
			s.Correct++
			if !solved[r.Problem] {
				solved[r.Problem] = true
				s.Solved++
			}
		case reward.Incorrect:
			s.Incorrect++
		default:
			s.Ungradable++
		}
	}
	if len(responses) > 0 {
		s.Truncation = float64(cut) / float64(len(responses))
	}
	return s
}

// unsolved are the problems with a verdict and no correct response, in the order of their first responses.
func unsolved(responses []Response) []int {
	solved := map[int]bool{}
	var order []int
	for _, r := range responses {
		if r.Verdict == reward.Ungradable {
			continue
		}
		if _, known := solved[r.Problem]; !known {
			order = append(order, r.Problem)
		}
		solved[r.Problem] = solved[r.Problem] || r.Verdict == reward.Correct
	}
	return slices.DeleteFunc(order, func(i int) bool { return solved[i] })
}

// String is for people: "kept 31 examples; 40 of 128 responses correct; 12 of 16 problems solved".
func (s Stats) String() string {
	return fmt.Sprintf("kept %d examples; %d of %d responses correct; %d of %d problems solved", s.Kept, s.Correct, s.Responses, s.Solved, s.Problems)
}

// Metrics are the figures as a manifest keeps them.
func (s Stats) Metrics() map[string]float64 {
	return map[string]float64{
		artifact.MetricRollouts: float64(s.Responses), artifact.MetricProblems: float64(s.Problems), artifact.MetricSolved: float64(s.Solved),
		artifact.MetricCorrect: float64(s.Correct), artifact.MetricIncorrect: float64(s.Incorrect), artifact.MetricUngradable: float64(s.Ungradable),
		artifact.MetricTruncation: s.Truncation, artifact.MetricKept: float64(s.Kept), artifact.MetricRepeated: float64(s.Repeated),
		artifact.MetricDropped: float64(s.Dropped), artifact.MetricSurplus: float64(s.Surplus),
		artifact.MetricUnmatched: float64(s.Unmatched),
	}
}

// FromMetrics reads what Metrics gave.
func FromMetrics(m map[string]float64) Stats {
	n := func(metric string) int { return int(m[metric]) }
	return Stats{
		Responses: n(artifact.MetricRollouts), Problems: n(artifact.MetricProblems), Solved: n(artifact.MetricSolved),
		Correct: n(artifact.MetricCorrect), Incorrect: n(artifact.MetricIncorrect), Ungradable: n(artifact.MetricUngradable),
		Truncation: m[artifact.MetricTruncation], Kept: n(artifact.MetricKept), Repeated: n(artifact.MetricRepeated),
		Dropped: n(artifact.MetricDropped), Surplus: n(artifact.MetricSurplus), Unmatched: n(artifact.MetricUnmatched),
	}
}
