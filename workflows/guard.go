package workflows

import (
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/temporal"

	"temper/activities"
	"temper/model/recipe"
	"temper/model/signal"
)

// failed ends a run with a remark as its reason.
func failed(r signal.Remark) error {
	return temporal.NewNonRetryableApplicationError(r.Stage+": "+r.Text, activities.NothingLearnedType, nil)
}

// learnt counts a step that had nothing to learn from, and does what the recipe
// wants after too many of them in a row.
func (s *rlStage) learnt(step signal.Step) error {
	p := &s.state.Progress
	p.Count = p.Count.After(step)
	if !step.Empty() {
		if p.Count.Empty > 0 { // the count of all steps goes on
			p.Remarks = signal.Add(p.Remarks, signal.OfSteps(p.Name, p.Count, p.LastEmpty.Step, p.LastEmpty.Number, p.Step))
		}
		return nil
	}
	p.LastEmpty = EmptyStep{step, p.Step}
	remark := signal.OfSteps(p.Name, p.Count, step, p.Step, p.Step)
	p.Remarks = signal.Add(p.Remarks, remark)
	if row := s.in.Guard.Steps(); p.Count.Row%row == 0 || p.Step == p.Steps && p.Count.Empty == p.Steps {
		return s.guard(remark)
	}
	return nil
}

// guard does what the recipe wants after a remark: nothing, wait before the next
// step until a person resumes the run, or fail.
func (s *rlStage) guard(remark signal.Remark) error {
	switch s.in.Guard.Action {
	case recipe.GuardWait:
		s.desired.state = StatePaused
		s.state.Progress.Waiting = remark.Text
	case recipe.GuardFail:
		return failed(remark)
	}
	return nil
}

// guardAccuracy remarks on the benchmarks that stage i lowered, and does what the
// recipe wants then.
func (r *run) guardAccuracy(i int, scores []Score) error {
	s := &r.state.Stages[i]
	for _, score := range scores {
		if remark, ok := signal.OfProblems(s.Name, score.Benchmark, score.Problems, r.recipe.Evaluation.Problems(score.Benchmark)); ok && score.Problems > 0 {
			s.Remarks = signal.Add(s.Remarks, remark)
		}
		if score.GainProblems == 0 {
			continue
		}
		remark, lowered := signal.OfAccuracy(s.Name, signal.Accuracy{Benchmark: score.Benchmark, Avg: score.Avg, Gain: score.Gain, GainSE: score.GainSE})
		if !lowered {
			continue
		}
		s.Remarks = signal.Add(s.Remarks, remark)
		switch r.recipe.Guard.Action {
		case recipe.GuardWait:
			r.waitFor(s.Name, remark.Text)
		case recipe.GuardFail:
			return failed(remark)
		}
	}
	return nil
}

// waitFor pauses the run until a person resumes or stops it.
func (r *run) waitFor(stage, text string) {
	if r.state.State == StateRunning {
		r.state.State, r.state.Reason = StatePaused, stage+": "+text
	}
}

// remarks are those about the base model and of all stages.
func (r *run) remarks() []signal.Remark {
	all := slices.Clone(r.state.Remarks)
	for _, s := range r.state.Stages {
		all = append(all, s.Remarks...)
	}
	return all
}

// signalHead is the head of the table of what stages had to learn from.
const signalHead = "\n| stage | zero-variance groups | filtered | trained tokens | grad norm | terms of the loss | advantages |\n|---|---|---|---|---|---|---|\n"

// signalDetails is that table, with the newest step of each RL stage, and the remarks.
func signalDetails(stages ...StageProgress) string {
	var table, remarks strings.Builder
	for _, s := range stages {
		if g := s.Signal; g.Rollouts > 0 {
			table.WriteString(fmt.Sprintf("| %s | %d/%d | %.0f %% | %d | %.3g | %s | %.2f to %.2f, std %.2f |\n", s.Name, g.ZeroVariance, g.Groups,
				100*g.FilteredShare(), g.TrainedTokens, g.GradNorm, g.TermsText(), g.Advantages.Min, g.Advantages.Max, g.Advantages.Std))
		}
		for _, r := range s.Remarks {
			remarks.WriteString(fmt.Sprintf("\n**%s**: %s\n", r.Stage, asText(r.Text)))
		}
	}
	if table.Len() > 0 {
		return signalHead + table.String() + remarks.String()
	}
	return remarks.String()
}
