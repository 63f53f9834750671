package analysis

import (
	"fmt"
	"math"
	"strings"

	"temper/model/experiment"
)

// Outcome is what an experiment says of a finding.
type Outcome string

// The outcomes.
const (
	Shows     Outcome = "shows at this scale"
	Reverse   Outcome = "does not show at this scale, the reverse does"
	NotShown  Outcome = "does not show at this scale, the difference cannot be told from zero"
	TooWide   Outcome = "cannot be told at this scale, the interval is wider than the bound"
	NotWithin Outcome = "does not show at this scale, the difference is larger than the bound"
	FewSeeds  Outcome = "cannot be told, since fewer than three seeds give no interval"
	Missing   Outcome = "is not measured, since runs have not completed"
)

// judge says whether a difference bears out a claim.
func judge(c experiment.Claim, d Difference) Outcome {
	switch {
	case d.N == 0:
		return Missing
	case math.IsNaN(d.Half):
		return FewSeeds
	}
	low, high := d.Low(), d.High()
	switch {
	case c.Within > 0 && low >= -c.Within && high <= c.Within:
		return Shows
	case c.Within > 0 && (low > c.Within || high < -c.Within):
		return NotWithin
	case c.Within > 0:
		return TooWide
	case low > 0:
		return Shows
	case high < 0:
		return Reverse
	}
	return NotShown
}

// claimText says what was found, where, and what these runs show.
func (r Results) claimText(c experiment.Claim) string {
	d := r.difference(c.More, c.Less, c.Metric, c.Benchmark)
	text := fmt.Sprintf("%s (%s). This %s", c.Text, c.Source, judge(c, d))
	if d.N == 0 {
		return text + "."
	}
	text += fmt.Sprintf(": %s of %s minus %s is %s", c.Metric, c.More, c.Less, format(c.Metric, d.Value, true))
	if !math.IsNaN(d.Half) {
		text += fmt.Sprintf(" [%s, %s]", format(c.Metric, d.Low(), true), format(c.Metric, d.High(), true))
	}
	over := "over"
	if d.ByProblem {
		over = "over the benchmark's problems,"
	}
	text += fmt.Sprintf(" %s %d seed%s", over, d.N, plural(d.N))
	if d.N > 1 {
		var each []string
		for _, v := range d.Each {
			each = append(each, format(c.Metric, v, true))
		}
		text += " (" + strings.Join(each, ", ") + ")"
	}
	if c.Within > 0 {
		text += fmt.Sprintf(", the bound ±%s", format(c.Metric, c.Within, false))
	}
	return text + "."
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}
