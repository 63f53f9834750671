package curation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"temper/model/artifact"
)

// Passed is what one rule has left of a dataset.
type Passed struct {
	// Rule is the rule's key in the recipe.
	Rule string `json:"rule"`
	// In and Out count rows before and after it.
	In  int `json:"in"`
	Out int `json:"out"`
	// Reasons count the rows that it left out.
	Reasons map[string]int `json:"reasons,omitempty"`
}

// Count is what a rule has left of so many rows.
func Count(rule string, rows int, drops []Drop) Passed {
	p := Passed{Rule: rule, In: rows, Out: rows - len(drops)}
	for _, d := range drops {
		if p.Reasons == nil {
			p.Reasons = map[string]int{}
		}
		p.Reasons[d.Reason]++
	}
	return p
}

// Plus is the counts of two parts of a dataset together.
func (p Passed) Plus(other Passed) Passed {
	sum := Passed{Rule: p.Rule, In: p.In + other.In, Out: p.Out + other.Out}
	for _, reasons := range []map[string]int{p.Reasons, other.Reasons} {
		for reason, n := range reasons {
			if sum.Reasons == nil {
				sum.Reasons = map[string]int{}
			}
			sum.Reasons[reason] += n
		}
	}
	return sum
}

// String is for people: "decontaminate left 7445 of 7473 (28 in_gsm8k-test)".
func (p Passed) String() string {
	text := fmt.Sprintf("%s left %d of %d", p.Rule, p.Out, p.In)
	if len(p.Reasons) == 0 {
		return text
	}
	return text + " (" + p.Why() + ")"
}

// Why lists the reasons with their counts.
func (p Passed) Why() string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(p.Reasons)) {
		parts = append(parts, fmt.Sprintf("%d %s", p.Reasons[reason], reason))
	}
	return strings.Join(parts, ", ")
}

// Metrics are the counts as a manifest keeps them.
func (p Passed) Metrics() map[string]float64 {
	m := map[string]float64{artifact.MetricRowsIn: float64(p.In), artifact.MetricRecords: float64(p.Out)}
	for reason, n := range p.Reasons {
		m[artifact.MetricLeftOut+reason] = float64(n)
	}
	return m
}

// FromMetrics reads what Metrics gave.
func FromMetrics(rule string, m map[string]float64) Passed {
	p := Passed{Rule: rule, In: int(m[artifact.MetricRowsIn]), Out: int(m[artifact.MetricRecords])}
	for name, n := range m {
		if reason, ok := strings.CutPrefix(name, artifact.MetricLeftOut); ok {
			if p.Reasons == nil {
				p.Reasons = map[string]int{}
			}
			p.Reasons[reason] = int(n)
		}
	}
	return p
}

// Funnel is what the rules of a stage have left, one after the other.
type Funnel []Passed

// String is for people: "7473 rows, 7400 left: dedupe -45, decontaminate -28".
func (f Funnel) String() string {
	if len(f) == 0 {
		return ""
	}
	parts := make([]string, len(f))
	for i, p := range f {
		parts[i] = fmt.Sprintf("%s -%d", p.Rule, p.In-p.Out)
	}
	return fmt.Sprintf("%d rows, %d left: %s", f[0].In, f[len(f)-1].Out, strings.Join(parts, ", "))
}
