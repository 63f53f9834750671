package activities

import (
	"context"
	"fmt"

	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/recipe"
)

// ContinueRunInput names the run whose results are to be gone on with, and the
// recipe that is to be continued.
type ContinueRunInput struct {
	Run    artifact.RunID `json:"run"`
	Recipe recipe.Recipe  `json:"recipe"`
}

// ContinueRunResult says what there is to go on from.
type ContinueRunResult struct {
	// Records is the number of pieces of work that are done.
	Records int `json:"records"`
	// Stage is the last stage in which anything was trained, Step the last update or step there.
	Stage string `json:"stage,omitempty"`
	Step  int    `json:"step,omitempty"`
}

// String says it in a few words.
func (r ContinueRunResult) String() string {
	if r.Stage == "" {
		return fmt.Sprintf("%d records, nothing trained yet", r.Records)
	}
	return fmt.Sprintf("%d records, the furthest of stage %s, step %d", r.Records, r.Stage, r.Step)
}

// ContinueRun looks whether the store has what a recipe's continue_from names, of
// this very recipe. Whatever else it were, the work would be done as if anew.
func (a *Activities) ContinueRun(ctx context.Context, in ContinueRunInput) (ContinueRunResult, error) {
	result, err := alive(ctx, a.Hung, func(ctx context.Context) (ContinueRunResult, error) { return a.continueRun(ctx, in) })
	if err != nil {
		return result, classify(ctx, "continue run", err)
	}
	return result, nil
}

func (a *Activities) continueRun(ctx context.Context, in ContinueRunInput) (ContinueRunResult, error) {
	runs, err := records.Runs(ctx, a.Store, in.Run.Name)
	if err != nil {
		return ContinueRunResult{}, err
	}
	var valid []string
	for _, run := range runs {
		if run.ID != in.Run.ID {
			valid = append(valid, run.String())
			continue
		}
		differences, err := run.Differences(ctx, a.Store, in.Recipe)
		if err != nil {
			return ContinueRunResult{}, err
		}
		if len(differences) > 0 {
			return ContinueRunResult{}, UserErrorf("continue_from is %q, and that run has another recipe: %s; choose another run name, or leave continue_from out to begin anew",
				in.Run.ID, records.Few(differences))
		}
		stage, step := run.Furthest(in.Recipe.StageNames())
		return ContinueRunResult{Records: len(run.Keys), Stage: stage, Step: step}, nil
	}
	if len(valid) == 0 {
		return ContinueRunResult{}, UserErrorf("continue_from is %q, but no run %q has recorded anything in the store; leave continue_from out to begin anew", in.Run.ID, in.Run.Name)
	}
	return ContinueRunResult{}, UserErrorf("continue_from is %q, which no run %q has; valid: %s, or leave it out to begin anew", in.Run.ID, in.Run.Name, records.Few(valid))
}
