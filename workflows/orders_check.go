package workflows

import (
	"fmt"
	"slices"
	"strings"

	"temper/model/dataset"
	"temper/model/library/spelling"
	"temper/model/order"
	"temper/model/recipe"
)

// check refuses an order that makes no sense as the run stands.
func (r *run) check(o order.Order) error {
	if r.state.State != StateRunning && r.state.State != StatePaused || r.rewinding {
		return fmt.Errorf("cannot %s: the run is %s", o.Update, r.stateText())
	}
	if o.Update == order.Approve {
		return r.checkApproval(o)
	}
	if o.Stage == "" {
		o.Stage = r.current().Name
	}
	i := r.stageIndex(o.Stage)
	if i < 0 {
		names := r.recipe.StageNames()
		return fmt.Errorf("stage is %q, which the recipe has not; %svalid: %s", o.Stage, spelling.DidYouMean(o.Stage, names), strings.Join(names, ", "))
	}
	if o.Update == order.Rollback {
		return r.checkRollback(o, i)
	}
	p := r.state.Stages[i]
	if p.Done {
		what := "has ended"
		if p.Skipped {
			what = "was skipped"
		}
		return fmt.Errorf("cannot %s %s: it %s; valid: %s, or roll back first", o.Update, o.Stage, what, strings.Join(r.notDone(), ", "))
	}
	if _, skipped := r.ordered(order.Skip, o.Stage); skipped {
		return fmt.Errorf("cannot %s %s: it is skipped", o.Update, o.Stage)
	}
	stage := r.recipe.Stages[i]
	switch o.Update {
	case order.Retune:
		return r.checkRetune(o, stage)
	case order.Extend:
		return r.checkExtend(o, stage, p)
	case order.End:
		return r.checkEnd(o, stage)
	}
	return r.checkSkip(i)
}

func (r *run) stateText() string {
	if r.rewinding {
		return "going back: give the order again in a moment"
	}
	return string(r.state.State)
}

// notDone are the stages that have not ended.
func (r *run) notDone() []string {
	var names []string
	for _, p := range r.state.Stages {
		if !p.Done {
			names = append(names, p.Name)
		}
	}
	if len(names) == 0 {
		return []string{"none is left"}
	}
	return names
}

// ofKind refuses a stage of another kind than those that an order is for.
func (r *run) ofKind(o order.Order, stage recipe.Stage, what string, kinds ...recipe.Kind) error {
	if slices.Contains(kinds, stage.Kind) {
		return nil
	}
	var names []string
	for _, s := range r.recipe.Stages {
		if slices.Contains(kinds, s.Kind) {
			names = append(names, s.Name)
		}
	}
	return fmt.Errorf("cannot %s %s: it is of kind %s, which has no %s; valid: %s", o.Update, stage.Name, stage.Kind, what, strings.Join(names, ", "))
}

func (r *run) checkRetune(o order.Order, stage recipe.Stage) error {
	if err := r.ofKind(o, stage, "temperature that its steps share", recipe.KindRL); err != nil {
		return err
	}
	return r.checkTemperature(o)
}

// checkTemperature refuses a search that the recipe says nothing about.
func (r *run) checkTemperature(o order.Order) error {
	if s := r.recipe.TemperatureSearch; o.Temperature != nil && o.Temperature.Search && (s.Problems == 0 || s.MaxMeasurements == 0 || s.MaxResponseTokens == 0) {
		return fmt.Errorf(`temperature is "search", but the recipe has no temperature_search; valid: a number above 0`)
	}
	return nil
}

func (r *run) checkExtend(o order.Order, stage recipe.Stage, p StageProgress) error {
	if err := r.ofKind(o, stage, "length of its own", recipe.KindRL, recipe.KindSFT); err != nil {
		return err
	}
	if stage.RL != nil {
		if o.Epochs > 0 {
			return fmt.Errorf("cannot extend %s by epochs: it is of kind rl; valid: steps", o.Stage)
		}
		if o.Steps <= p.Step {
			return fmt.Errorf("steps is %d, but %s has done %d; valid: at least %d, or end it", o.Steps, o.Stage, p.Step, p.Step+1)
		}
		return nil
	}
	if o.Epochs == 0 {
		return fmt.Errorf("cannot extend %s by steps: it is of kind sft; valid: epochs", o.Stage)
	}
	if n := r.state.Datasets[stage.Data()].NumExamples; n > 0 && dataset.Updates(n, stage.SFT.BatchSize, o.Epochs) <= p.Step {
		return fmt.Errorf("epochs is %d, which %s has done with %d updates; valid: more, or end it", o.Epochs, o.Stage, p.Step)
	}
	return nil
}

func (r *run) checkEnd(o order.Order, stage recipe.Stage) error {
	if err := r.ofKind(o, stage, "steps to end after", recipe.KindRL, recipe.KindSFT); err != nil {
		return fmt.Errorf("%w; a stage of another kind can be skipped", err)
	}
	if !r.atWork(o.Stage) {
		return fmt.Errorf("cannot end %s: it has not begun; valid: skip it", o.Stage)
	}
	return nil
}

// checkSkip refuses to leave out a stage that a later one, or a benchmark, needs.
func (r *run) checkSkip(i int) error {
	stage, into := r.recipe.Stages[i], r.recipe.Stages[i].Into()
	for _, b := range r.recipe.Evaluation.Benchmarks {
		if into != "" && b.Data == into {
			return fmt.Errorf("cannot skip %s: the benchmark %s needs the dataset %s, which it makes; valid: another stage", stage.Name, b.Name, into)
		}
	}
	for _, later := range r.recipe.Stages[i+1:] {
		if _, skipped := r.ordered(order.Skip, later.Name); skipped {
			continue
		}
		switch {
		case into != "" && uses(later, into):
			return fmt.Errorf("cannot skip %s: %s needs the dataset %s, which it makes; valid: skip %s first", stage.Name, later.Name, into, later.Name)
		case later.SFT != nil && later.SFT.From == stage.Name:
			return fmt.Errorf("cannot skip %s: %s begins with its policy; valid: skip %s first", stage.Name, later.Name, later.Name)
		}
	}
	return nil
}

// uses says whether a stage reads a dataset.
func uses(stage recipe.Stage, data string) bool {
	if stage.Data() == data || stage.RL != nil && stage.RL.Demonstrations == data || stage.Collect != nil && stage.Collect.Demonstrations == data {
		return true
	}
	if stage.Curate == nil {
		return false
	}
	for _, rule := range stage.Curate.Rules {
		if slices.Contains(rule.Others(), data) || rule.Tallies() == data {
			return true
		}
	}
	return false
}

// checkRollback refuses to go back to where the run has not been.
func (r *run) checkRollback(o order.Order, i int) error {
	p, stage := r.state.Stages[i], r.recipe.Stages[i]
	begun := p.Done || p.Step > 0 || r.atWork(p.Name)
	if !begun || p.Skipped {
		return fmt.Errorf("cannot roll back to %s: the run has not been there; valid: %s", p.Name, strings.Join(r.begunStages(), ", "))
	}
	if valid := r.checkpointSteps(i); !slices.Contains(valid, o.Step) {
		return fmt.Errorf("%s has no checkpoint after %d updates; valid: %s", p.Name, o.Step, few(valid))
	}
	if o.Temperature != nil {
		if err := r.checkRetune(o, stage); err != nil {
			return err
		}
	}
	if err := r.ofKind(o, stage, "random numbers to draw anew", recipe.KindRL, recipe.KindSFT); o.Redraw && err != nil {
		return err
	}
	return nil
}

// begunStages are those that can be gone back to.
func (r *run) begunStages() []string {
	var names []string
	for _, p := range r.state.Stages {
		if (p.Done || p.Step > 0 || r.atWork(p.Name)) && !p.Skipped {
			names = append(names, p.Name)
		}
	}
	if len(names) == 0 {
		return []string{"none has begun"}
	}
	return names
}

// checkpointSteps are the numbers of updates after which a stage can be gone back to: any of an RL stage, whose
// policies all have a name, and the ends of a supervised stage's segments; of other stages the beginning.
func (r *run) checkpointSteps(i int) []int {
	p, stage := r.state.Stages[i], r.recipe.Stages[i]
	steps := []int{0}
	switch {
	case stage.RL != nil:
		for s := stage.RL.Done + 1; s <= p.Step; s++ { // 0 is where it began, whatever another run had done by then
			steps = append(steps, s)
		}
	case stage.SFT != nil:
		settings := *stage.SFT
		if o, ok := r.ordered(order.Extend, stage.Name); ok {
			settings.Epochs = o.Epochs
		}
		for s := 0; s < p.Step; {
			s = segmentEnd(s, r.state.Datasets[stage.Data()].NumExamples, settings)
			steps = append(steps, s)
		}
	}
	return steps
}

// few lists numbers, those in the middle left out where there are many; a run of all numbers is a range.
func few(numbers []int) string {
	n := len(numbers)
	if n > 2 && numbers[n-1]-numbers[0] == n-1 {
		return fmt.Sprintf("%d to %d", numbers[0], numbers[n-1])
	}
	var texts []string
	for i, number := range numbers {
		if n > 12 && i == 6 {
			texts = append(texts, "…")
		}
		if n <= 12 || i < 6 || i >= n-6 {
			texts = append(texts, fmt.Sprint(number))
		}
	}
	return strings.Join(texts, ", ")
}
