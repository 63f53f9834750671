package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/experiment"
	"temper/model/experiment/analysis"
	"temper/model/recipe"
	"temper/model/report"
	"temper/model/reward"
)

// ExperimentPage is the page of an experiment by what its runs have recorded so far.
func ExperimentPage(ctx context.Context, store objectstore.Reader, in WriteExperimentPageInput) ([]byte, error) {
	data, err := store.Get(ctx, in.Experiment)
	if err != nil {
		return nil, err
	}
	e, err := experiment.Decode(data)
	if err != nil {
		return nil, err
	}
	plan, err := e.Plan()
	if err != nil {
		return nil, err
	}
	if len(plan) != len(in.Runs) {
		return nil, fmt.Errorf("experiment %s plans %d runs, and %d are given", e.Name, len(plan), len(in.Runs))
	}
	results := analysis.Results{Experiment: e, Stopped: in.Stopped}
	for i, p := range plan {
		m, err := measuredRun(ctx, store, in.Runs[i], e.TeacherParameters)
		if err != nil {
			return nil, fmt.Errorf("run %s: %w", in.Runs[i].Run.Name, err)
		}
		m.Variant, m.Shared, m.Seed, m.X, m.Needs = p.Name, p.Shared, p.Seed, p.X, p.Needs
		m.Run, m.State, m.Why = in.Runs[i].Run, in.Runs[i].State, in.Runs[i].Why
		results.Runs = append(results.Runs, m)
	}
	if results.Similarities, err = similarities(ctx, store, in.Run); err != nil {
		return nil, err
	}
	return report.RenderDocument(results.Document())
}

// similarities are those that an experiment has recorded.
func similarities(ctx context.Context, store objectstore.Reader, run artifact.RunID) ([]analysis.Similarity, error) {
	keys, err := store.List(ctx, artifact.ExperimentRoot+run.Name+"/"+run.ID+"/run/"+string(artifact.KindSimilarity)+"-")
	if err != nil {
		return nil, err
	}
	var found []analysis.Similarity
	for _, key := range keys {
		m, err := records.Read(ctx, store, key)
		if err != nil {
			return nil, err
		}
		data, err := store.Get(ctx, m.Outputs[artifact.OutputSimilarity])
		if err != nil {
			return nil, err
		}
		var s analysis.Similarity
		if err := json.Unmarshal(data, &s); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		found = append(found, s)
	}
	return found, nil
}

// measuredRun reads what one run has recorded; nothing of one that has not begun.
func measuredRun(ctx context.Context, store objectstore.Reader, run RunOfExperiment, teacher float64) (analysis.Measured, error) {
	if run.Run.ID == "" {
		return analysis.Measured{}, nil
	}
	manifests, _, err := records.All(ctx, store, run.Run)
	if err != nil {
		return analysis.Measured{}, err
	}
	for _, m := range manifests {
		if m.Kind != artifact.KindRecipe {
			continue
		}
		data, err := store.Get(ctx, m.Outputs[artifact.OutputRecipe])
		if err != nil {
			return analysis.Measured{}, err
		}
		var r recipe.Recipe // of whatever version
		if err := json.Unmarshal(data, &r); err != nil {
			return analysis.Measured{}, fmt.Errorf("read its recipe: %w", err)
		}
		return analysis.Measure(r, manifests, teacher, func(m artifact.Manifest) (map[int][]reward.Verdict, error) { return verdictsOf(ctx, store, m) })
	}
	return analysis.Measured{}, nil
}

// verdictsOf reads the verdicts of an evaluation, by problem.
func verdictsOf(ctx context.Context, store objectstore.Reader, m artifact.Manifest) (map[int][]reward.Verdict, error) {
	byProblem := map[int][]reward.Verdict{}
	for name, ref := range m.Inputs {
		if !strings.HasPrefix(name, artifact.OutputVerdicts+"-") {
			continue
		}
		data, err := store.Get(ctx, ref)
		if err != nil {
			return nil, err
		}
		all, err := reward.Decode(data)
		if err != nil {
			return nil, err
		}
		for _, record := range all {
			byProblem[record.Problem] = append(byProblem[record.Problem], record.Verdict)
		}
	}
	return byProblem, nil
}
