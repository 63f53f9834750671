package recipe

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Temperature is a sampling temperature, or that one is to be searched for. In YAML
// and JSON it is a number or the word "search".
type Temperature struct {
	Search bool
	Value  float64
}

// MarshalJSON writes the number, or "search".
func (t Temperature) MarshalJSON() ([]byte, error) {
	if t.Search {
		return []byte(`"search"`), nil
	}
	return json.Marshal(t.Value)
}

// UnmarshalJSON reads a number or the word "search".
func (t *Temperature) UnmarshalJSON(data []byte) error {
	if string(data) == `"search"` {
		*t = Temperature{Search: true}
		return nil
	}
	value, err := strconv.ParseFloat(string(data), 64)
	if err != nil {
		return fmt.Errorf("temperature is %s; valid: a number above 0, or \"search\"", data)
	}
	*t = Temperature{Value: value}
	return nil
}

// String is the number, or "search".
func (t Temperature) String() string {
	if t.Search {
		return "search"
	}
	return strconv.FormatFloat(t.Value, 'g', -1, 64)
}

// TemperatureSearch finds the sampling temperature at which the
// temperature-adjusted entropy of the policy's own rollouts meets a target
// (AceReason-Nemotron 1.1: about 0.3 nats).
type TemperatureSearch struct {
	// TargetEntropy is in nats per response token; Tolerance is how near is near enough.
	TargetEntropy float64 `json:"target_entropy"`
	Tolerance     float64 `json:"tolerance"`
	// Min and Max bound the candidates; Start is the first one.
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Start float64 `json:"start,omitempty"`
	// Candidates are measured first, all of them, in the place of Start: a table such as the paper's
	// 0.6, 0.85 and 1.0. Where none of them meets the target the search goes on between them.
	Candidates []float64 `json:"candidates,omitempty"`
	// Problems of the stage's dataset are sampled once each per measurement: several responses
	// to one prompt would say less about others. They are the dataset's first or, where
	// MaxStandardError is given, drawn by the run's seed.
	Problems int `json:"problems"`
	// MaxStandardError is of a candidate's entropy, in nats, over prompts: the tokens of a response
	// depend on each other. Where it is larger more prompts are sampled, as many as the
	// variance asks for, up to MaxProblems (0: the whole dataset); what misses it then is
	// remarked on. 0: it is recorded and not bounded.
	MaxStandardError float64 `json:"max_standard_error,omitempty"`
	MaxProblems      int     `json:"max_problems,omitempty"`
	// MaxResponseTokens is the response budget of a measurement.
	MaxResponseTokens int `json:"max_response_tokens"`
	// MaxMeasurements ends the search; Choose says what is taken then.
	MaxMeasurements int `json:"max_measurements"`
	// Choose is what is taken where no candidate was within the tolerance: "measured" (or "": the
	// candidate nearest to the target) or "interpolated": the temperature between two
	// candidates at which the target lies on a line between theirs, whose entropy nobody
	// measured. (A candidate within the tolerance is taken as it was measured.)
	Choose SearchChoice `json:"choose,omitempty"`
	// MaxTruncation is the share of cut responses above which a measurement meets no
	// target, and is taken only where there is no other; 0 means 0.5. (The entropy of
	// responses that were cut is not that of responses.)
	MaxTruncation float64 `json:"max_truncation,omitempty"`
}

// SearchChoice is what a temperature search takes at its end.
type SearchChoice string

// What a search takes: see TemperatureSearch.
const (
	ChooseMeasured     SearchChoice = "measured"
	ChooseInterpolated SearchChoice = "interpolated"
)

func (SearchChoice) words() []string { return texts(ChooseMeasured, ChooseInterpolated) }

// search checks the temperature search when a stage asks for one.
func (v *validator) search(s TemperatureSearch) {
	if s.Choose != "" {
		v.word("temperature_search.choose", s.Choose)
	}
	if !slices.ContainsFunc(v.recipe.Stages, func(s Stage) bool { return s.RL != nil && s.RL.Searches() }) {
		return
	}
	const at = "temperature_search."
	v.positive(at+"target_entropy", s.TargetEntropy)
	v.positive(at+"tolerance", s.Tolerance)
	v.positive(at+"min", s.Min)
	v.check(at+"max", s.Max > s.Min, "is %g; valid: above min, which is %g", s.Max, s.Min)
	if len(s.Candidates) == 0 {
		v.check(at+"start", s.Start >= s.Min && s.Start <= s.Max, "is %g; valid: min to max, %g to %g", s.Start, s.Min, s.Max)
	} else {
		v.candidates(at, s)
	}
	v.atLeast(at+"problems", s.Problems, 1)
	v.check(at+"max_standard_error", s.MaxStandardError >= 0, "is %g; valid: above 0, or absent", s.MaxStandardError)
	if s.MaxStandardError > 0 {
		v.check(at+"problems", s.Problems >= 2, "is %d; valid: at least 2 with max_standard_error, which is over prompts", s.Problems)
		v.check(at+"max_problems", s.MaxProblems == 0 || s.MaxProblems >= s.Problems, "is %d; valid: at least problems %d, or absent", s.MaxProblems, s.Problems)
	} else {
		v.check(at+"max_problems", s.MaxProblems == 0, "is %d; valid: absent without max_standard_error", s.MaxProblems)
	}
	v.budget(at+"max_response_tokens", s.MaxResponseTokens, 0)
	v.atLeast(at+"max_measurements", s.MaxMeasurements, 1)
	v.between(at+"max_truncation", s.MaxTruncation, 0, 1)
}

// candidates checks the temperatures that a search measures first.
func (v *validator) candidates(at string, s TemperatureSearch) {
	v.check(at+"start", s.Start == 0, "is %g; valid: absent with candidates", s.Start)
	v.check(at+"candidates", len(s.Candidates) <= s.MaxMeasurements, "are %d; valid: at most max_measurements %d", len(s.Candidates), s.MaxMeasurements)
	seen := map[float64]bool{}
	for i, c := range s.Candidates {
		field := fmt.Sprintf("%scandidates[%d]", at, i)
		v.check(field, c >= s.Min && c <= s.Max, "is %g; valid: min to max, %g to %g", c, s.Min, s.Max)
		v.check(field, math.Abs(c*100-math.Round(c*100)) < 1e-6, "is %g; valid: a multiple of 0.01", c)
		v.check(field, !seen[c], "is %g, which stands there already; valid: different temperatures", c)
		seen[c] = true
	}
}
