package workflows

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// progress answers the query.
func (x *experimenting) progress() ExperimentProgress {
	return ExperimentProgress{Name: x.id.Name, Benchmark: x.experiment.Benchmark, State: x.state.State, Reason: x.state.Reason, Runs: slices.Clone(x.state.Runs)}
}

// publish shows the experiment's state on its page: details and search attributes.
func (x *experimenting) publish(ctx workflow.Context) {
	workflow.SetCurrentDetails(ctx, x.details())
	done, state := x.done(), x.state.State
	if state == StateRunning && done == len(x.state.Runs) {
		state = StateCompleted
	}
	err := workflow.UpsertTypedSearchAttributes(ctx, AttributeState.ValueSet(string(state)),
		AttributeStage.ValueSet(fmt.Sprintf("%d of %d runs", done, len(x.state.Runs))), AttributeStep.ValueSet(int64(done)))
	if err != nil {
		workflow.GetLogger(ctx).Warn("search attributes not set", "error", err)
	}
}

// done is how many runs have ended or will not begin.
func (x *experimenting) done() (n int) {
	for _, r := range x.state.Runs {
		if s := RunState(r.State); s != StateWaiting && s != StateRunning {
			n++
		}
	}
	return n
}

// details is the experiment's page in Markdown.
func (x *experimenting) details() string {
	var b strings.Builder
	if x.state.State != StateRunning {
		b.WriteString(fmt.Sprintf("**%s**", x.state.State))
		if x.state.Reason != "" {
			b.WriteString(": " + x.state.Reason)
		}
		b.WriteString("\n\n")
	}
	b.WriteString(fmt.Sprintf("**%s**\n\n%d of %d runs have ended\n\n| run | seed | state | %s, %% |\n|---|---|---|---|\n", x.experiment.Title, x.done(), len(x.state.Runs), x.experiment.Benchmark))
	for _, r := range x.state.Runs {
		state, score := r.State, ""
		if r.Why != "" {
			state += ": " + strings.ReplaceAll(r.Why, "|", "/")
		}
		if r.Score.Samples > 0 {
			score = r.Score.AvgText()
		}
		b.WriteString(fmt.Sprintf("| %s | %d | %s | %s |\n", r.Variant, r.Seed, state, score))
	}
	return b.String()
}

// reasonOf is the innermost message of a run's failure, in one line.
func reasonOf(err error) string {
	reason := err.Error()
	for rest := err; rest != nil; rest = errors.Unwrap(rest) {
		if app, ok := rest.(*temporal.ApplicationError); ok { //nolint:errorlint // the loop unwraps: the innermost says what went wrong
			reason = app.Message()
		}
	}
	return strings.ReplaceAll(reason, "\n", "; ")
}
