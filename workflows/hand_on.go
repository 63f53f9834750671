package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/model/recipe"
	"temper/model/signal"
)

// Choice is what a stage that chooses may hand on.
type Choice struct {
	Stage string `json:"stage"`
	// Policy says who chooses.
	Policy     recipe.HandOnPolicy    `json:"policy"`
	Benchmark  string                 `json:"benchmark,omitempty"`
	Candidates []evaluation.Candidate `json:"candidates"`
	// Chosen is the name of a candidate, and Given says who chose it and why.
	Chosen string         `json:"chosen,omitempty"`
	Given  artifact.Given `json:"given,omitzero"`
}

// text says for people what is to be chosen.
func (c Choice) text(run string) string {
	const most = 12
	var candidates []string
	for i, candidate := range c.Candidates {
		if i == most {
			candidates = append(candidates, fmt.Sprintf("and %d more", len(c.Candidates)-most))
			break
		}
		candidates = append(candidates, candidate.String())
	}
	return fmt.Sprintf("%s waits for a person to choose the policy that it hands on, by the update %q (starter choose %s CANDIDATE): %s", c.Stage, UpdateChoose, run, strings.Join(candidates, ", "))
}

// handOn makes the candidate that was chosen the newest policy, if the stage that was done chooses. A person is waited for.
func (r *run) handOn(ctx workflow.Context) error {
	c := r.state.Choice
	if c == nil {
		return nil
	}
	if c.Policy == recipe.HandOnBest {
		best, ok := evaluation.Best(c.Candidates, c.Benchmark)
		if !ok {
			return fmt.Errorf("%s: no candidate was measured on %s", c.Stage, c.Benchmark)
		}
		c.Chosen = best.Name
	}
	if err := r.askPerson(ctx); err != nil {
		return err
	}
	r.state.Choice = nil
	chosen, ok := evaluation.Named(c.Candidates, c.Chosen)
	if !ok { // the run was stopped, and the last policy remains
		return nil
	}
	remark := signal.OfHandOn(c.Stage, recipe.HandOn{Policy: c.Policy, Benchmark: c.Benchmark}, c.Candidates, chosen, c.Given.Reason)
	if err := r.recordHandOn(ctx, *c, chosen, remark); err != nil {
		return err
	}
	r.state.Policy, r.state.Sampled = artifact.Policy{Checkpoint: chosen.Checkpoint}, chosen.Name
	for i := range r.state.Stages {
		if s := &r.state.Stages[i]; s.Name == c.Stage {
			s.Remarks = signal.Add(s.Remarks, remark)
		}
	}
	return nil
}

// askPerson waits until a candidate is chosen, or the run is stopped. What was chosen before in the run that this one goes on
// from holds.
func (r *run) askPerson(ctx workflow.Context) error {
	c := r.state.Choice
	if c.Chosen == "" && (r.id.ID != workflow.GetInfo(ctx).FirstRunID || r.state.LastOrder > 0) { // it goes on from another, or was rolled back
		err := workflow.ExecuteActivity(onControl(ctx, c.Stage+": what was chosen before"), acts.FindChoice,
			activities.FindChoiceInput{Run: r.id, Stage: c.Stage, Candidates: c.Candidates}).Get(ctx, &c.Chosen)
		if err != nil {
			return err
		}
	}
	if c.Chosen != "" {
		return nil
	}
	if r.state.State != StateStopping {
		r.state.State, r.state.Reason = StatePaused, c.text(r.id.Name)
		r.publish(ctx)
	}
	return workflow.Await(ctx, func() bool { return c.Chosen != "" || r.state.State == StateStopping })
}

// recordHandOn records the choice with its candidates and what they were measured at.
func (r *run) recordHandOn(ctx workflow.Context, c Choice, chosen evaluation.Candidate, remark signal.Remark) error {
	series := map[string][]float64{}
	for _, candidate := range c.Candidates {
		series[artifact.MetricUpdates] = append(series[artifact.MetricUpdates], float64(candidate.Step))
		for _, m := range candidate.Measured {
			series[artifact.MetricAvg+" "+m.Benchmark] = append(series[artifact.MetricAvg+" "+m.Benchmark], m.Avg)
			series[artifact.MetricAvgSE+" "+m.Benchmark] = append(series[artifact.MetricAvgSE+" "+m.Benchmark], m.SE)
		}
	}
	in := activities.RecordDecisionInput{
		Run: r.id, Stage: c.Stage, Step: chosen.Step, About: artifact.AboutHandOn, Text: remark.Text,
		Metrics: map[string]float64{artifact.MetricCandidates: float64(len(c.Candidates))}, Series: series, Candidates: c.Candidates, Chosen: chosen.Name,
	}
	if c.Given != (artifact.Given{}) {
		in.Given = &c.Given
	}
	_, err := get[activities.Recorded](ctx, workflow.ExecuteActivity(onControl(ctx, c.Stage+": record what it hands on"), acts.RecordDecision, in))
	return err
}

// asked is what a person has to choose, nil if there is nothing.
func (r *run) asked() *Choice {
	c := r.state.Choice
	if c == nil || c.Policy != recipe.HandOnPerson || c.Chosen != "" || r.state.State != StatePaused {
		return nil
	}
	return c
}

// checkChoice refuses a choice that there is not.
func (r *run) checkChoice(candidate string) error {
	c := r.asked()
	if c == nil {
		return fmt.Errorf("there is nothing to choose: no stage waits for it")
	}
	if _, ok := evaluation.Named(c.Candidates, candidate); !ok {
		return fmt.Errorf("stage %s has no candidate %q; valid: %s", c.Stage, candidate, strings.Join(evaluation.Names(c.Candidates), ", "))
	}
	return nil
}

// choiceDetails is a table of candidates, a column for each benchmark.
func choiceDetails(c Choice) string {
	var b strings.Builder
	head, line := "| candidate |", "|---|"
	for _, m := range c.Candidates[0].Measured {
		head, line = head+" "+m.Benchmark+", % |", line+"---|"
	}
	b.WriteString("\n" + head + "\n" + line + "\n")
	for _, candidate := range c.Candidates {
		b.WriteString("| " + candidate.Name + " |")
		for _, m := range candidate.Measured {
			b.WriteString(fmt.Sprintf(" %.1f ± %.1f |", 100*m.Avg, 100*m.SE))
		}
		b.WriteString("\n")
	}
	return b.String()
}
