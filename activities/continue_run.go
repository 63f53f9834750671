package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/order"
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
	// Orders are what people ordered of the run, but for what was taken back.
	Orders []order.Order `json:"orders,omitempty"`
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
		orders, err := a.orders(ctx, run.Keys)
		if err != nil {
			return ContinueRunResult{}, err
		}
		return ContinueRunResult{Records: len(run.Keys), Stage: stage, Step: step, Orders: orders}, nil
	}
	if len(valid) == 0 {
		return ContinueRunResult{}, UserErrorf("continue_from is %q, but no run %q has recorded anything in the store; leave continue_from out to begin anew", in.Run.ID, in.Run.Name)
	}
	return ContinueRunResult{}, UserErrorf("continue_from is %q, which no run %q has; valid: %s, or leave it out to begin anew", in.Run.ID, in.Run.Name, records.Few(valid))
}

// orders reads back what people ordered of a run, from the inputs of its decisions.
func (a *Activities) orders(ctx context.Context, keys []string) ([]order.Order, error) {
	byNumber := map[int]order.Order{}
	for _, key := range keys {
		if p, ok := artifact.ParseKey(key); !ok || p.Kind != artifact.KindDecision {
			continue
		}
		m, err := records.Read(ctx, a.Store, key)
		if errors.Is(err, artifact.ErrCorrupt) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if m.Given == nil {
			continue
		}
		data, err := a.Store.Get(ctx, m.Input)
		if err != nil {
			return nil, err
		}
		var in RecordDecisionInput
		if err := json.Unmarshal(data, &in); err != nil {
			return nil, fmt.Errorf("read the order in %s: %w", key, err)
		}
		if in.Order != nil {
			byNumber[in.Order.Number] = *in.Order
		}
	}
	return order.Effective(slices.Collect(maps.Values(byNumber))), nil
}
