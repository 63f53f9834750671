package activities

import (
	"context"
	"encoding/json"
	"fmt"

	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/recipe"
)

// RecordExperimentInput is an experiment's whole input.
type RecordExperimentInput struct {
	Run        artifact.RunID  `json:"run"`
	Experiment json.RawMessage `json:"experiment"`
}

// RecordExperiment stores the experiment, so that its page needs nothing but the store.
func (a *Activities) RecordExperiment(ctx context.Context, in RecordExperimentInput) (RecordedRef, error) {
	t := task{artifact.Manifest{Kind: artifact.KindExperiment, Run: in.Run}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		m.Outputs = map[string]artifact.Ref{}
		return a.putOutput(ctx, m, artifact.OutputExperiment, in.Experiment)
	})
	if err != nil {
		return RecordedRef{}, classify(ctx, "record experiment", err)
	}
	return recordedRef(m, artifact.OutputExperiment), nil
}

// FindRunInput names a run that an experiment is about to begin.
type FindRunInput struct {
	Name   string        `json:"name"`
	Recipe recipe.Recipe `json:"recipe"`
}

// FindRunResult is the Run ID to go on from; "" where there is none.
type FindRunResult struct {
	ID string `json:"id,omitempty"`
}

// FindRun looks for the newest run of a name and this very recipe, so that an experiment that is
// done again, or with more seeds, does nothing twice.
func (a *Activities) FindRun(ctx context.Context, in FindRunInput) (FindRunResult, error) {
	found, err := alive(ctx, a.Hung, func(ctx context.Context) (FindRunResult, error) { return a.findRun(ctx, in) })
	if err != nil {
		return found, classify(ctx, "find run "+in.Name, err)
	}
	return found, nil
}

func (a *Activities) findRun(ctx context.Context, in FindRunInput) (FindRunResult, error) {
	runs, err := records.Runs(ctx, a.Store, in.Name)
	if err != nil {
		return FindRunResult{}, err
	}
	for _, run := range runs {
		if run.Recipe.IsZero() {
			continue
		}
		differences, err := run.Differences(ctx, a.Store, in.Recipe)
		if err != nil {
			return FindRunResult{}, err
		}
		if len(differences) == 0 {
			return FindRunResult{run.ID}, nil
		}
	}
	return FindRunResult{}, nil
}

// RunOfExperiment is a run of an experiment, as far as it has come.
type RunOfExperiment struct {
	Variant string         `json:"variant"`
	Seed    uint64         `json:"seed"`
	Run     artifact.RunID `json:"run"`
	State   string         `json:"state"`
	// Why says what a run that has not completed lacks.
	Why string `json:"why,omitempty"`
}

// WriteExperimentPageInput asks for the page that compares an experiment's runs.
type WriteExperimentPageInput struct {
	Run        artifact.RunID    `json:"run"`
	Experiment artifact.Ref      `json:"experiment"`
	Runs       []RunOfExperiment `json:"runs"`
	// Stopped says why the experiment was stopped; "" if it was not.
	Stopped string `json:"stopped,omitempty"`
}

// WriteExperimentPage renders one page from the manifests of an experiment's runs, and stores it.
func (a *Activities) WriteExperimentPage(ctx context.Context, in WriteExperimentPageInput) (RecordedRef, error) {
	t := task{artifact.Manifest{Kind: artifact.KindPage, Run: in.Run}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		page, err := ExperimentPage(ctx, a.Store, in)
		if err != nil {
			return err
		}
		m.Inputs = map[string]artifact.Ref{artifact.OutputExperiment: in.Experiment}
		m.Outputs = map[string]artifact.Ref{}
		return a.putOutput(ctx, m, artifact.OutputReport, page)
	})
	if err != nil {
		return RecordedRef{}, classify(ctx, fmt.Sprintf("page of experiment %s", in.Run.Name), err)
	}
	return recordedRef(m, artifact.OutputReport), nil
}
