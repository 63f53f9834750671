package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/recipe"
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
}

// TemperatureSearchResult is the decision and every measurement behind it.
type TemperatureSearchResult struct {
	Temperature     float64                   `json:"temperature"`
	Entropy         float64                   `json:"entropy"`
	WithinTolerance bool                      `json:"within_tolerance"`
	Truncated       bool                      `json:"truncated,omitempty"`
	Table           []temperature.Measurement `json:"table"`
}

// decision is the search's last: what was chosen, and how well.
func (r TemperatureSearchResult) decision() temperature.Decision {
	d := temperature.Decision{Done: true, WithinTolerance: r.WithinTolerance, Truncated: r.Truncated}
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
	var table []temperature.Measurement
	var all []activities.SearchMeasurement
	for {
		decision := temperature.Next(table, in.Search)
		if decision.Done {
			err := workflow.ExecuteActivity(onControl(ctx, "record the temperature"), acts.RecordTemperature, activities.RecordTemperatureInput{
				Run: in.Run, Stage: in.Stage, TargetEntropy: in.Search.TargetEntropy,
				Chosen: decision.Chosen, WithinTolerance: decision.WithinTolerance, Truncated: decision.Truncated, Measurements: all,
			}).Get(ctx, nil)
			return TemperatureSearchResult{
				Temperature: decision.Chosen.Temperature, Entropy: decision.Chosen.Entropy,
				WithinTolerance: decision.WithinTolerance, Truncated: decision.Truncated, Table: table,
			}, err
		}
		measured, err := in.measure(ctx, len(table), decision.Candidate)
		if err != nil {
			return TemperatureSearchResult{}, fmt.Errorf("temperature search of %s: %w", in.Stage, err)
		}
		table, all = append(table, measured.Measurement), append(all, measured)
		workflow.SetCurrentDetails(ctx, temperatureDetails(in.Search.TargetEntropy, table))
	}
}

// measure samples at one candidate. The number of the measurement is the step of
// its random streams: two candidates see the same problems but other randomness.
func (in TemperatureSearchInput) measure(ctx workflow.Context, number int, candidate float64) (activities.SearchMeasurement, error) {
	var rollouts activities.RolloutSummary
	summary := fmt.Sprintf("%s: entropy at temperature %.2f", in.Stage, candidate)
	err := workflow.ExecuteActivity(onGPU(ctx, summary), acts.GenerateRollouts, activities.GenerateRolloutsInput{
		Run: in.Run, Stage: in.Stage, Step: number, Seed: recipe.DeriveSeed(in.Seed, "temperature search"), Vocabulary: in.Vocabulary,
		Policy: in.Policy, Dataset: in.Dataset.Problems, Problems: firstProblems(min(in.Search.Problems, in.Dataset.NumProblems)),
		Samples: 1, Label: in.Label, Sampling: samplingOf(in.Numerics, candidate, in.Search.MaxResponseTokens), Measurement: true,
	}).Get(ctx, &rollouts)
	return activities.SearchMeasurement{
		Measurement: temperature.Measurement{
			Temperature: candidate, Entropy: rollouts.Entropy, ResponseLength: rollouts.ResponseLength,
			Truncation: rollouts.Truncation, Rollouts: rollouts.Number,
		},
		Ref: rollouts.Rollouts,
	}, err
}
