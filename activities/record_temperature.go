package activities

import (
	"context"
	"fmt"

	"temper/model/artifact"
	"temper/model/temperature"
)

// RecordTemperatureInput is the outcome of a temperature search.
type RecordTemperatureInput struct {
	Run   artifact.RunID `json:"run"`
	Stage string         `json:"stage"`
	// Search is the search's number, from 2 on where a stage searches again, after Step policy steps.
	Search          int                     `json:"search,omitempty"`
	Step            int                     `json:"step,omitempty"`
	TargetEntropy   float64                 `json:"target_entropy"`
	Chosen          temperature.Measurement `json:"chosen"`
	WithinTolerance bool                    `json:"within_tolerance"`
	// Measurements are all that the search measured, in order.
	Measurements []SearchMeasurement `json:"measurements"`
	// Truncated says that too many of the chosen measurement's responses were cut, Imprecise that its
	// standard error is above the bound.
	Truncated bool `json:"truncated,omitempty"`
	Imprecise bool `json:"imprecise,omitempty"`
}

// SearchMeasurement is one candidate of a search, and the rollouts that measured it: Ref are the first, More
// those that followed for the sake of the standard error.
type SearchMeasurement struct {
	temperature.Measurement
	Ref  artifact.Ref   `json:"ref"`
	More []artifact.Ref `json:"more,omitempty"`
}

// searchName tells the records of a stage's searches apart: the first has none.
func searchName(number int) string {
	if number < 2 {
		return ""
	}
	return fmt.Sprintf("search-%02d", number)
}

// RecordTemperature stores the decision beside the measurements that led to it: the table of all candidates, a
// column to a series, with the rollouts as inputs.
func (a *Activities) RecordTemperature(ctx context.Context, in RecordTemperatureInput) (Recorded, error) {
	t := task{artifact.Manifest{Kind: artifact.KindTemperature, Run: in.Run, Stage: in.Stage, Name: searchName(in.Search), Step: in.Step}, in}
	m, err := a.once(ctx, t, func(_ context.Context, m *artifact.Manifest) error {
		m.Metrics = map[string]float64{
			artifact.MetricTemperature:     in.Chosen.Temperature,
			artifact.MetricEntropy:         in.Chosen.Entropy,
			artifact.MetricTargetEntropy:   in.TargetEntropy,
			artifact.MetricWithinTolerance: 0,
			artifact.MetricTruncation:      in.Chosen.Truncation,
			artifact.MetricTooManyCut:      0,
			artifact.MetricMeasurements:    float64(len(in.Measurements)),
		}
		if in.Chosen.EntropySE > 0 {
			m.Metrics[artifact.MetricEntropySE] = in.Chosen.EntropySE
		}
		for metric, is := range map[string]bool{
			artifact.MetricTooManyCut: in.Truncated, artifact.MetricWithinTolerance: in.WithinTolerance,
			artifact.MetricInterpolated: in.Chosen.Interpolated, artifact.MetricImprecise: in.Imprecise,
		} {
			if is {
				m.Metrics[metric] = 1
			}
		}
		m.Inputs = map[string]artifact.Ref{}
		m.Series = map[string][]float64{}
		for i, measured := range in.Measurements {
			name := fmt.Sprintf("%s-%02d", artifact.OutputRollouts, i)
			m.Inputs[name] = measured.Ref
			for j, more := range measured.More {
				m.Inputs[fmt.Sprintf("%s-%02d", name, j+1)] = more
			}
			addRow(m.Series, measured.Measurement)
		}
		return nil
	})
	return Recorded{m.Link}, classify(ctx, "record temperature of "+in.Stage, err)
}

// addRow adds a candidate to the table of a search.
func addRow(table map[string][]float64, m temperature.Measurement) {
	for column, value := range map[string]float64{
		artifact.MetricTemperature: m.Temperature, artifact.MetricEntropy: m.Entropy, artifact.MetricEntropySE: m.EntropySE,
		artifact.MetricProblems: float64(m.Problems), artifact.MetricRollouts: float64(m.Rollouts), artifact.MetricResponseTokens: float64(m.ResponseTokens),
		artifact.MetricResponseLength: m.ResponseLength, artifact.MetricTruncation: m.Truncation,
	} {
		table[column] = append(table[column], value)
	}
}
