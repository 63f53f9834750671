package signal

import (
	"fmt"
	"math"
	"slices"

	"temper/model/recipe"
	"temper/model/temperature"
)

// Remark is a sentence about a stage, with what to do.
type Remark struct {
	Stage string `json:"stage"`
	// About tells remarks of one stage apart: a newer one about the same thing replaces an older one.
	About string `json:"about"`
	Text  string `json:"text"`
}

// The things that remarks are about.
const (
	AboutSteps  = "steps"
	AboutSearch = "search"
	// AboutData is what a stage trains on, or collects.
	AboutData = "data"
)

// Add puts a remark in the place of an older one about the same thing, or at the end.
func Add(remarks []Remark, r Remark) []Remark {
	for i, old := range remarks {
		if old.Stage == r.Stage && old.About == r.About {
			remarks = slices.Clone(remarks)
			remarks[i] = r
			return remarks
		}
	}
	return append(slices.Clone(remarks), r)
}

// Count counts a stage's empty steps.
type Count struct {
	// Empty is the number of empty steps, Row of those since the last that was not.
	Empty int `json:"empty,omitempty"`
	Row   int `json:"row,omitempty"`
}

// After is the count with one more step.
func (c Count) After(s Step) Count {
	if s.Empty() {
		return Count{c.Empty + 1, c.Row + 1}
	}
	return Count{Empty: c.Empty}
}

// OfSteps remarks on a stage whose newest empty step is last, number step of the
// done steps, counted from 1.
func OfSteps(stage string, c Count, last Step, step, done int) Remark {
	reason, advice := last.why(stage)
	text := fmt.Sprintf("%d of %d policy steps had nothing to learn from (the last of them, step %d: %s); %s", c.Empty, done, step, reason, advice)
	if c.Empty == done {
		text = fmt.Sprintf("none of %d policy steps had anything to learn from, so the policy is what it was before the stage (step %d: %s); %s", done, step, reason, advice)
		if done == 1 {
			text = fmt.Sprintf("the first policy step had nothing to learn from: %s; %s", reason, advice)
		}
	}
	return Remark{stage, AboutSteps, text}
}

// OfSearch remarks on the end of a temperature search; ok is false where there
// is nothing to say.
func OfSearch(stage string, s recipe.TemperatureSearch, d temperature.Decision) (r Remark, ok bool) {
	r = Remark{Stage: stage, About: AboutSearch}
	switch m := d.Chosen; {
	case m.Temperature == 0:
		r.Text = "the temperature search measured no entropy at any temperature; look at the rollouts of its measurements"
	case d.Truncated:
		r.Text = fmt.Sprintf("the entropy %.2f at temperature %.2f was measured on responses of which %.0f %% were cut (temperature_search.max_truncation is %.0f %%), so it says little about whole responses; raise temperature_search.max_response_tokens, which is %d, or train the policy to end its responses first",
			m.Entropy, m.Temperature, 100*m.Truncation, 100*s.Truncation(), s.MaxResponseTokens)
	case !d.WithinTolerance:
		r.Text = fmt.Sprintf("the temperature search found no entropy of %g ± %g nats: the nearest, %.2f, is that of temperature %.2f; widen temperature_search.min and max (%g to %g), raise its max_measurements, or give stages.%s.temperature a number",
			s.TargetEntropy, s.Tolerance, m.Entropy, m.Temperature, s.Min, s.Max, stage)
	case d.Imprecise && m.Problems == 1:
		r.Text = fmt.Sprintf("the entropy %.2f at temperature %.2f is that of one prompt, which has no standard error; take a dataset with more problems", m.Entropy, m.Temperature)
	case d.Imprecise:
		r.Text = fmt.Sprintf("the entropy %.2f at temperature %.2f has a standard error of %.3f over prompts, above temperature_search.max_standard_error %g; raise temperature_search.max_problems, or take a dataset with more problems",
			m.Entropy, m.Temperature, m.EntropySE, s.MaxStandardError)
	default:
		return Remark{}, false
	}
	return r, true
}

// Accuracy is a benchmark's avg@k after a stage beside the evaluation before.
type Accuracy struct {
	Benchmark string
	// Avg is in [0, 1]; Gain is its difference from the evaluation before, GainSE the paired standard error.
	Avg, Gain, GainSE float64
}

// OfAccuracy remarks on a benchmark that a stage lowered by more than
// two paired standard errors.
func OfAccuracy(stage string, a Accuracy) (r Remark, ok bool) {
	if !(a.Gain < 0 && a.Gain < -2*a.GainSE) || math.IsNaN(a.GainSE) {
		return Remark{}, false
	}
	return Remark{stage, "benchmark " + a.Benchmark, fmt.Sprintf(
		"%s fell by %.1f ± %.1f points to %.1f %% (avg@k, paired by problem): look at its responses before and after, lower the learning rate of %s, shorten it, or go on from the checkpoint before it",
		a.Benchmark, -100*a.Gain, 100*a.GainSE, 100*a.Avg, stage)}, true
}

// OfProblems remarks on a benchmark of the table that was measured on another number of problems
// than it has: its figure is not that of others. whole is 0 where the table does not say.
func OfProblems(stage, benchmark string, measured, whole int) (r Remark, ok bool) {
	if whole == 0 || measured == whole {
		return Remark{}, false
	}
	return Remark{stage, "problems of " + benchmark, fmt.Sprintf(
		"%s was measured on %d problems and has %d: its figures are not comparable with others; give all of its files, or where they hold more, the ids of its problems (data.….ids)", benchmark, measured, whole)}, true
}

// OfBenchmark are what an evaluation remarked on, in its own words.
func OfBenchmark(stage string, texts []string) (remarks []Remark) {
	for _, text := range texts {
		remarks = append(remarks, Remark{stage, text, text})
	}
	return remarks
}
