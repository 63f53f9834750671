package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/rollout"
	"temper/model/temperature"
)

// TemperatureSearchInput is a stage that wants a temperature for its policy.
type TemperatureSearchInput struct {
	Run        artifact.RunID           `json:"run"`
	Seed       uint64                   `json:"seed"`
	Vocabulary artifact.Ref             `json:"vocabulary"`
	Numerics   recipe.Numerics          `json:"numerics"`
	Stage      string                   `json:"stage"`
	Search     recipe.TemperatureSearch `json:"search"`
	Dataset    activities.Dataset       `json:"dataset"`
	Policy     artifact.Policy          `json:"policy"`
	// Label is put at the end of every prompt.
	Label string `json:"label,omitempty"`
	// Number is that of the search, from 2 on where the stage searches again, after Step policy steps; 0 is its first.
	Number int `json:"number,omitempty"`
	Step   int `json:"step,omitempty"`
	// Chain is that of the workflow's records.
	Chain Chain `json:"chain,omitzero"`
}

// TemperatureSearchResult is the decision and every measurement behind it.
type TemperatureSearchResult struct {
	Temperature     float64                   `json:"temperature"`
	Entropy         float64                   `json:"entropy"`
	WithinTolerance bool                      `json:"within_tolerance"`
	Truncated       bool                      `json:"truncated,omitempty"`
	Imprecise       bool                      `json:"imprecise,omitempty"`
	Interpolated    bool                      `json:"interpolated,omitempty"`
	Table           []temperature.Measurement `json:"table"`
	Sealed
}

// decision is the search's last: what was chosen, and how well.
func (r TemperatureSearchResult) decision() temperature.Decision {
	d := temperature.Decision{Done: true, WithinTolerance: r.WithinTolerance, Truncated: r.Truncated, Imprecise: r.Imprecise}
	if r.Interpolated {
		d.Chosen = temperature.Measurement{Temperature: r.Temperature, Entropy: r.Entropy, Interpolated: true}
	}
	for _, m := range r.Table {
		if m.Temperature == r.Temperature {
			d.Chosen = m
		}
	}
	return d
}

// TemperatureSearch samples the policy at one candidate temperature after the
// other until the temperature-adjusted entropy of its rollouts meets the target.
func TemperatureSearch(ctx workflow.Context, in TemperatureSearchInput) (TemperatureSearchResult, error) {
	return keep(withNumerics(ctx, in.Numerics), in.Run, in.Chain, in.search)
}

func (in TemperatureSearchInput) search(ctx workflow.Context) (TemperatureSearchResult, error) {
	var table []temperature.Measurement
	var all []activities.SearchMeasurement
	for {
		decision := temperature.Next(table, in.Search)
		if decision.Done {
			_, err := get[activities.Recorded](ctx, workflow.ExecuteActivity(onControl(ctx, "record the temperature"), acts.RecordTemperature, activities.RecordTemperatureInput{
				Run: in.Run, Stage: in.Stage, Search: in.Number, Step: in.Step, TargetEntropy: in.Search.TargetEntropy,
				Chosen: decision.Chosen, WithinTolerance: decision.WithinTolerance, Truncated: decision.Truncated, Imprecise: decision.Imprecise, Measurements: all,
			}))
			return TemperatureSearchResult{
				Temperature: decision.Chosen.Temperature, Entropy: decision.Chosen.Entropy,
				WithinTolerance: decision.WithinTolerance, Truncated: decision.Truncated, Imprecise: decision.Imprecise,
				Interpolated: decision.Chosen.Interpolated, Table: table,
			}, err
		}
		measured, err := in.measure(ctx, len(table), decision.Candidate)
		if err != nil {
			return TemperatureSearchResult{}, fmt.Errorf("temperature search of %s: %w", in.Stage, err)
		}
		table, all = append(table, measured.Measurement), append(all, measured)
		workflow.SetCurrentDetails(ctx, temperatureDetails(in.Search, table))
	}
}

// mostDrawn bounds the problems of a batch whose numbers are in no order: an input has them all.
const mostDrawn = 4000

// measure samples at one candidate: the settings' prompts first, and further ones, batch after batch, until the
// standard error of the entropy is below their bound. The number of the measurement is the step of
// its random streams: two candidates see the same problems but other randomness.
func (in TemperatureSearchInput) measure(ctx workflow.Context, number int, candidate float64) (activities.SearchMeasurement, error) {
	out := activities.SearchMeasurement{Measurement: temperature.Measurement{Temperature: candidate}}
	var sums rollout.EntropySums
	truncated, asked := 0.0, 0
	for batch := 0; ; batch++ {
		m := out.Measurement
		more := temperature.More(asked, sums.SE(), in.Search, in.Dataset.NumProblems)
		if in.Search.MaxStandardError > 0 && more > mostDrawn && inParts(ctx) {
			more = mostDrawn
		}
		if batch > 0 && more == 0 {
			return out, nil
		}
		summary := fmt.Sprintf("%s: entropy at temperature %.2f", in.Stage, candidate)
		if batch > 0 {
			summary += fmt.Sprintf(", %d more prompts for its standard error of %.3f", more, m.EntropySE)
		}
		rollouts, err := get[activities.RolloutSummary](ctx, workflow.ExecuteActivity(toSample(ctx, summary), acts.GenerateRollouts, activities.GenerateRolloutsInput{
			Run: in.Run, Stage: in.Stage, Step: number, Shard: batch, Seed: recipe.DeriveSeed(in.Seed, in.randomness()), Vocabulary: in.Vocabulary,
			Policy: in.Policy, Dataset: in.Dataset.Problems, Problems: in.problems(asked, more),
			Samples: 1, Label: in.Label, Sampling: samplingOf(in.Numerics, candidate, in.Search.MaxResponseTokens), Measurement: true, Search: in.Number,
		}))
		if err != nil {
			return out, err
		}
		if batch == 0 {
			out.Ref = rollouts.Rollouts
		} else {
			out.More = append(out.More, rollouts.Rollouts)
		}
		asked, sums = asked+more, sums.Add(rollouts.Entropies)
		truncated += rollouts.Truncation * float64(rollouts.Number)
		out.Measurement = in.measured(m, rollouts, sums, truncated)
	}
}

// measured is a measurement with one more batch of rollouts.
func (in TemperatureSearchInput) measured(m temperature.Measurement, batch activities.RolloutSummary, sums rollout.EntropySums, truncated float64) temperature.Measurement {
	m.Rollouts += batch.Number
	m.ResponseTokens += batch.ResponseTokens
	m.Problems = sums.Problems
	if se := sums.SE(); sums.Problems > 1 {
		m.EntropySE = se
	}
	m.Entropy, m.ResponseLength, m.Truncation = batch.Entropy, batch.ResponseLength, batch.Truncation
	if m.Rollouts > batch.Number { // not the first
		m.Entropy = sums.Mean()
		m.ResponseLength, m.Truncation = float64(m.ResponseTokens)/float64(m.Rollouts), truncated/float64(m.Rollouts)
	}
	return m
}

// problems are n of the dataset's problems, after those of earlier batches: its first or, where a standard error is
// asked for, which speaks of problems drawn at random, the first of an order that the seed gives.
func (in TemperatureSearchInput) problems(from, n int) []int {
	if in.Search.MaxStandardError <= 0 {
		return firstProblems(n)
	}
	orders := dataset.NewOrders(in.Dataset.NumProblems, recipe.DeriveSeed(in.Seed, "problems of the temperature search of "+in.Stage))
	problems := make([]int, n)
	for i := range problems {
		problems[i] = orders.At(from + i)
	}
	return problems
}

// randomness names the search's random streams.
func (in TemperatureSearchInput) randomness() string {
	if in.Number < 2 {
		return "temperature search"
	}
	return fmt.Sprintf("temperature search %d", in.Number)
}
