package activities

import (
	"context"
	"errors"
	"maps"

	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/model/order"
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
	// Candidates are the policies that were chosen from, if any, and Chosen is the name of one.
	Candidates []evaluation.Candidate `json:"candidates,omitempty"`
	Chosen     string                 `json:"chosen,omitempty"`
	// Order is a person's order, if the decision is one that changes the run, and Given who gave it, when and why.
	Order *order.Order    `json:"order,omitempty"`
	Given *artifact.Given `json:"given,omitempty"`
}

// Callers looks up who sent an update to a workflow.
type Callers interface {
	// Caller is the identity of the program that sent an update, and the principal that the server authenticated, ""
	// where it does not.
	Caller(ctx context.Context, workflowID, runID, update string) (caller, principal string)
}

// RecordDecision stores a decision beside its measurements.
func (a *Activities) RecordDecision(ctx context.Context, in RecordDecisionInput) (Recorded, error) {
	t := task{artifact.Manifest{Kind: artifact.KindDecision, Run: in.Run, Stage: in.Stage, Name: in.About, Step: in.Step}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		m.Metrics, m.Series, m.Remarks = in.Metrics, in.Series, []string{in.Text}
		m.Inputs = candidateInputs(in.Candidates)
		if in.Given != nil {
			by := a.caller(ctx, in.Run.Name, *in.Given)
			m.Given = &by
		}
		if chosen, ok := evaluation.Named(in.Candidates, in.Chosen); ok {
			m.Outputs = map[string]artifact.Ref{artifact.OutputCheckpoint: chosen.Checkpoint}
		}
		return nil
	})
	return Recorded{m.Link}, classify(ctx, "record what "+in.Stage+" decided about "+in.About, err)
}

// caller adds to who gave an order what Temporal knows of them.
func (a *Activities) caller(ctx context.Context, run string, g artifact.Given) artifact.Given {
	if a.Callers != nil && g.Update != "" {
		g.Caller, g.Principal = a.Callers.Caller(ctx, run, g.Execution, g.Update)
	}
	return g
}

// candidateInputs names candidates as inputs; nil if there are none.
func candidateInputs(candidates []evaluation.Candidate) map[string]artifact.Ref {
	var inputs map[string]artifact.Ref
	for _, c := range candidates {
		if inputs == nil {
			inputs = map[string]artifact.Ref{}
		}
		inputs[c.Name] = c.Checkpoint
	}
	return inputs
}

// FindChoiceInput asks what a person chose from candidates in an earlier execution of a run.
type FindChoiceInput struct {
	Run        artifact.RunID         `json:"run"`
	Stage      string                 `json:"stage"`
	Candidates []evaluation.Candidate `json:"candidates"`
}

// FindChoice is the name of the candidate that was chosen, "" if none was: the newest record counts, so that nobody
// is asked twice when a run goes on from another.
func (a *Activities) FindChoice(ctx context.Context, in FindChoiceInput) (string, error) {
	chosen, err := alive(ctx, a.Hung, func(ctx context.Context) (string, error) { return a.findChoice(ctx, in) })
	return chosen, classify(ctx, "find what "+in.Stage+" hands on", err)
}

func (a *Activities) findChoice(ctx context.Context, in FindChoiceInput) (string, error) {
	book, err := records.Open(ctx, a.Store, in.Run)
	if err != nil {
		return "", err
	}
	var newest artifact.Manifest
	for _, key := range book.Keys() {
		if p, ok := artifact.ParseKey(key); !ok || p.Stage != in.Stage || p.Kind != artifact.KindDecision {
			continue
		}
		m, err := book.Get(ctx, key)
		if errors.Is(err, artifact.ErrCorrupt) {
			continue
		}
		if err != nil {
			return "", err
		}
		if m.Name == artifact.AboutHandOn && maps.Equal(m.Inputs, candidateInputs(in.Candidates)) && m.Work.Ended.After(newest.Work.Ended) {
			newest = m
		}
	}
	for _, c := range in.Candidates {
		if newest.Kind != "" && c.Checkpoint == newest.Outputs[artifact.OutputCheckpoint] {
			return c.Name, nil
		}
	}
	return "", nil
}
