package activities

import (
	"context"
	"fmt"

	"temper/model/artifact"
	"temper/model/temperature"
)

// RecordTemperatureInput is the outcome of a temperature search.
type RecordTemperatureInput struct {
	Run             artifact.RunID          `json:"run"`
	Stage           string                  `json:"stage"`
	TargetEntropy   float64                 `json:"target_entropy"`
	Chosen          temperature.Measurement `json:"chosen"`
	WithinTolerance bool                    `json:"within_tolerance"`
	// Measurements are all that the search measured, in order.
	Measurements []SearchMeasurement `json:"measurements"`
	// Truncated says that too many of the chosen measurement's responses were cut.
	Truncated bool `json:"truncated,omitempty"`
}

// SearchMeasurement is one candidate of a search, and the rollouts that measured it.
type SearchMeasurement struct {
	temperature.Measurement
	Ref artifact.Ref `json:"ref"`
}

// RecordTemperature stores the decision beside the measurements that led to it.
func (a *Activities) RecordTemperature(ctx context.Context, in RecordTemperatureInput) error {
	t := task{artifact.Manifest{Kind: artifact.KindTemperature, Run: in.Run, Stage: in.Stage}, in}
	_, err := a.once(ctx, t, func(_ context.Context, m *artifact.Manifest) error {
		m.Metrics = map[string]float64{
			artifact.MetricTemperature:     in.Chosen.Temperature,
			artifact.MetricEntropy:         in.Chosen.Entropy,
			artifact.MetricTargetEntropy:   in.TargetEntropy,
			artifact.MetricWithinTolerance: 0,
			artifact.MetricTruncation:      in.Chosen.Truncation,
			artifact.MetricTooManyCut:      0,
		}
		m.Inputs = map[string]artifact.Ref{}
		for i, measured := range in.Measurements {
			m.Inputs[fmt.Sprintf("%s-%02d", artifact.OutputRollouts, i)] = measured.Ref
		}
		if in.Truncated {
			m.Metrics[artifact.MetricTooManyCut] = 1
		}
		if in.WithinTolerance {
			m.Metrics[artifact.MetricWithinTolerance] = 1
		}
		return nil
	})
	return classify(ctx, "record temperature of "+in.Stage, err)
}
