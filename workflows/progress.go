package workflows

import (
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/workflow"

	"temper/model/recipe"
	"temper/model/teacher"
	"temper/model/temperature"
)

// progress answers the query.
func (r *run) progress() Progress {
	return Progress{
		Run: r.id, Parent: r.recipe.Parent, State: r.state.State, Reason: r.reason(), Continued: r.state.Continued, Numerics: r.recipe.Numerics.Version, Remarks: slices.Clone(r.state.Remarks),
		Stages: slices.Clone(r.state.Stages), Scores: slices.Clone(r.state.Scores),
		Choice: r.asked(), Approval: r.gate.stage, Orders: slices.Clone(r.state.Orders), Policy: r.state.Policy, Report: r.state.Report,
	}
}

// reason is why the run is paused, stopping or at a premature end. What it was resumed for, or a policy chosen for, is no reason of
// its state any more: that stands in the history, and in the record of the order.
func (r *run) reason() string {
	switch r.state.State {
	case StateRunning, StateCompleted:
		return ""
	}
	return r.state.Reason
}

// followChildren takes the figures that children send.
func (r *run) followChildren(ctx workflow.Context) {
	channel := workflow.GetSignalChannelWithOptions(ctx, signalProgress, workflow.SignalChannelOptions{
		Description: "The figures of a stage's last finished step. Sent by the run's children.",
	})
	workflow.Go(ctx, func(ctx workflow.Context) {
		for {
			var p StageProgress
			channel.Receive(ctx, &p)
			for i := range r.state.Stages {
				if s := &r.state.Stages[i]; s.Name == p.Name && !s.Done && r.isAtWork(p.Name) {
					*s = p
					r.obeyed(p)
					if p.Waiting != "" {
						r.waitFor(p.Name, p.Waiting)
					}
				}
			}
			r.publish(ctx)
		}
	})
}

// isAtWork tells whether a stage has a child that is at work. What comes as if from another stage is not from one.
func (r *run) isAtWork(stage string) bool { return r.childID == r.id.Name+"/"+stage }

// publish shows the run's state on its page: details and search attributes.
func (r *run) publish(ctx workflow.Context) {
	workflow.SetCurrentDetails(ctx, r.details())
	if err := r.upsertRun(ctx); err != nil {
		workflow.GetLogger(ctx).Warn("search attributes not set", "error", err)
	}
}

// current is the first stage that is not done, or the last.
func (r *run) current() StageProgress {
	for _, s := range r.state.Stages {
		if !s.Done {
			return s
		}
	}
	if n := len(r.state.Stages); n > 0 {
		return r.state.Stages[n-1]
	}
	return StageProgress{}
}

// asText is a text as it is in Markdown, where what is in angle brackets would not be shown.
func asText(text string) string { return strings.ReplaceAll(text, "<", "&lt;") }

// details is the run's page in Markdown: what it does, its stages, its scores.
func (r *run) details() string {
	var b strings.Builder
	b.WriteString(fmt.Sprintf("**%s**", r.state.State))
	if reason := r.reason(); reason != "" {
		b.WriteString(": " + asText(reason))
	}
	if r.state.Continued != "" {
		b.WriteString("\n\n" + asText(r.state.Continued))
	}
	if said := r.computedBy(); said != "" {
		b.WriteString("\n\n" + said)
	}
	if p := r.recipe.Parent; p != nil {
		b.WriteString(fmt.Sprintf("\n\nbegins with %s", p.Text()))
	}
	for _, remark := range r.state.Remarks {
		b.WriteString(fmt.Sprintf("\n\n**%s**: %s", remark.Stage, asText(remark.Text)))
	}
	if c := r.asked(); c != nil {
		b.WriteString("\n" + choiceDetails(*c))
	}
	b.WriteString("\n\n" + stageHead)
	for _, s := range r.state.Stages {
		b.WriteString(stageRow(s))
	}
	b.WriteString(ordersDetails(r.state.Orders))
	b.WriteString(signalDetails(r.state.Stages...))
	if len(r.state.Scores) > 0 {
		b.WriteString("\n" + scoreDetails(r.state.Scores))
	}
	return b.String()
}

// stageHead is the head of a table of stages: narrow, since the page is.
const stageHead = "| stage | step | reward | entropy | T | length | cut | tok/s |\n|---|---|---|---|---|---|---|---|\n"

// stageRow is a stage's line; figures that it does not have yet are left out.
func stageRow(s StageProgress) string {
	name := s.Name
	switch {
	case s.Skipped:
		name += " (skipped)"
	case s.Done:
		name += " ✓"
	}
	switch s.Kind {
	case recipe.KindEvaluate:
		return fmt.Sprintf("| %s | | | | | | | |\n", name)
	case recipe.KindSFT:
		return fmt.Sprintf("| %s | %d/%d | %s | | | | | %s |\n", name, s.Step, s.Steps, figure("loss %.3f", s.Loss), figure("%.0f", s.TokensPerSecond))
	case recipe.KindCurate:
		left := ""
		if n := len(s.Curated); n > 0 {
			left = fmt.Sprintf("%d of %d left", s.Curated[n-1].Out, s.Curated[0].In)
		}
		return fmt.Sprintf("| %s | %d/%d | %s | | | | | |\n", name, s.Step, s.Steps, left)
	case recipe.KindTeach:
		had, cut := "", ""
		if t := s.Taught; t.Responses > 0 {
			had, cut = fmt.Sprintf("%d responses", t.Responses), fmt.Sprintf("%.0f %%", 100*float64(t.Finish[teacher.FinishLength])/float64(t.Responses))
		}
		return fmt.Sprintf("| %s | %d/%d | %s | | | | %s | |\n", name, s.Step, s.Steps, had, cut)
	case recipe.KindCollect:
		kept, correct, cut := "", "", ""
		if c := s.Collected; c.Responses > 0 {
			kept, correct, cut = fmt.Sprintf("kept %d", c.Kept), fmt.Sprintf("%d/%d", c.Correct, c.Responses), fmt.Sprintf("%.0f %%", 100*c.Truncation)
		}
		return fmt.Sprintf("| %s | %s | %s | | %s | | %s | %s |\n", name, kept, correct, figure("%.2f", s.Temperature), cut, figure("%.0f", s.TokensPerSecond))
	}
	reward, cut := "", ""
	if s.Step > 0 {
		reward, cut = fmt.Sprintf("%.3f", s.Reward), fmt.Sprintf("%.0f %%", 100*s.Truncation)
	}
	return fmt.Sprintf("| %s | %d/%d | %s | %s | %s | %s | %s | %s |\n", name, s.Step, s.Steps, reward,
		figure("%.3f", s.Entropy), figure("%.2f", s.Temperature), figure("%.1f", s.ResponseLength), cut, figure("%.0f", s.TokensPerSecond))
}

// figure formats a figure, and leaves out one that is not there.
func figure(format string, value float64) string {
	if value == 0 {
		return ""
	}
	return fmt.Sprintf(format, value)
}

// stageDetails is a stage's own page.
func stageDetails(s StageProgress) string {
	found := ""
	if s.Found.Temperature > 0 {
		found = fmt.Sprintf("\ntemperature found: %s\n", s.Found)
	}
	return fmt.Sprintf("%s\n\n"+stageHead+"%s%s%s%s%s",
		asText(s.Activity), stageRow(s), found, solvedDetails(s), ordersDetails(s.Orders), signalDetails(s))
}

// solvedDetails is what has left of an RL stage's problems, "" where nothing leaves.
func solvedDetails(s StageProgress) string {
	if s.Kind != recipe.KindRL || len(s.Curated) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n| filter | problems | left after it |\n|---|---|---|\n")
	for i, passed := range s.Curated {
		b.WriteString(fmt.Sprintf("| %d | %d | %d |\n", i+1, passed.In, passed.Out))
	}
	return b.String()
}

// temperatureDetails is a search's page: every candidate so far.
func temperatureDetails(s recipe.TemperatureSearch, table []temperature.Measurement) string {
	var b strings.Builder
	b.WriteString(fmt.Sprintf("target entropy %.2f ± %g", s.TargetEntropy, s.Tolerance))
	if s.MaxStandardError > 0 {
		b.WriteString(fmt.Sprintf(", standard error at most %g", s.MaxStandardError))
	}
	b.WriteString("\n\n| temperature | entropy | prompts | tokens | length | cut |\n|---|---|---|---|---|---|\n")
	for _, m := range table {
		b.WriteString(fmt.Sprintf("| %.2f | %.3f%s | %d | %d | %.1f | %.0f %% |\n", m.Temperature, m.Entropy, figure(" ± %.3f", m.EntropySE),
			m.Problems, m.ResponseTokens, m.ResponseLength, 100*m.Truncation))
	}
	return b.String()
}

// scoreDetails is a table of scores, one line per stage and benchmark.
func scoreDetails(scores []Score) string {
	var b strings.Builder
	b.WriteString("| after | benchmark | avg@k, % | gain | pass@k, % |\n|---|---|---|---|---|\n")
	for _, s := range scores {
		b.WriteString(fmt.Sprintf("| %s | %s | %s | %s | %s |\n", s.After, s.Benchmark, s.AvgText(), s.GainText(), s.PassText()))
	}
	return b.String()
}
