package activities

import (
	"context"

	"temper/model/artifact"
)

// RecordDecisionInput is what a stage decided, with the measurements behind it.
type RecordDecisionInput struct {
	Run   artifact.RunID `json:"run"`
	Stage string         `json:"stage"`
	// Step is the number of the stage's updates that the decision is of.
	Step int `json:"step"`
	// About is what was decided about: one of artifact's names.
	About string `json:"about"`
	// Text says for people what was decided, and why.
	Text string `json:"text"`
	// Metrics and Series are what was measured, as the manifest has them.
	Metrics map[string]float64   `json:"metrics,omitempty"`
	Series  map[string][]float64 `json:"series,omitempty"`
}

// RecordDecision stores a decision beside its measurements.
func (a *Activities) RecordDecision(ctx context.Context, in RecordDecisionInput) error {
	t := task{artifact.Manifest{Kind: artifact.KindDecision, Run: in.Run, Stage: in.Stage, Name: in.About, Step: in.Step}, in}
	_, err := a.once(ctx, t, func(_ context.Context, m *artifact.Manifest) error {
		m.Metrics, m.Series, m.Remarks = in.Metrics, in.Series, []string{in.Text}
		return nil
	})
	return classify(ctx, "record what "+in.Stage+" decided about "+in.About, err)
}
