package evaluation

import (
	"fmt"
	"slices"
	"strings"

	"temper/model/artifact"
)

// Candidate is a policy that a stage may hand on: a checkpoint with what it was measured at.
type Candidate struct {
	// Name is the stage and the number of its updates: see artifact.Inside.
	Name string `json:"name"`
	Step int    `json:"step"`
	// Epoch is the number of epochs that a supervised stage had done; 0 in other stages.
	Epoch int `json:"epoch,omitempty"`
	// Checkpoint is the policy, with its optimizer's moments.
	Checkpoint artifact.Ref `json:"checkpoint"`
	Measured   []Measured   `json:"measured"`
}

// Measured is a candidate's avg@k on a benchmark, with its standard error over problems.
type Measured struct {
	Benchmark string  `json:"benchmark"`
	Avg       float64 `json:"avg_at_k"`
	SE        float64 `json:"avg_at_k_se"`
}

// String is the measurement for people.
func (m Measured) String() string {
	return fmt.Sprintf("%s %.1f ± %.1f %%", m.Benchmark, 100*m.Avg, 100*m.SE)
}

// On is what the candidate was measured at on a benchmark; false if it was not.
func (c Candidate) On(benchmark string) (Measured, bool) {
	i := slices.IndexFunc(c.Measured, func(m Measured) bool { return m.Benchmark == benchmark })
	if i < 0 {
		return Measured{}, false
	}
	return c.Measured[i], true
}

// String is the candidate for people: "sft@20 (epoch 2, math 0.612 ± 0.021, hard 0.210 ± 0.030)".
func (c Candidate) String() string {
	var on []string
	if c.Epoch > 0 {
		on = append(on, fmt.Sprintf("epoch %d", c.Epoch))
	}
	for _, m := range c.Measured {
		on = append(on, m.String())
	}
	return fmt.Sprintf("%s (%s)", c.Name, strings.Join(on, ", "))
}

// Best is the candidate with the highest avg@k on a benchmark, of equal ones the earliest; false if none
// was measured on it. Candidates are in the order of their updates.
func Best(candidates []Candidate, benchmark string) (best Candidate, ok bool) {
	var top Measured
	for _, c := range candidates {
		if m, has := c.On(benchmark); has && (!ok || m.Avg > top.Avg) {
			best, top, ok = c, m, true
		}
	}
	return best, ok
}

// Named is the candidate of a name; false if there is none.
func Named(candidates []Candidate, name string) (Candidate, bool) {
	i := slices.IndexFunc(candidates, func(c Candidate) bool { return c.Name == name })
	if i < 0 {
		return Candidate{}, false
	}
	return candidates[i], true
}

// Names are those of candidates.
func Names(candidates []Candidate) []string {
	names := make([]string, len(candidates))
	for i, c := range candidates {
		names[i] = c.Name
	}
	return names
}
