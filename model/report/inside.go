package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"temper/model/artifact"
	"temper/model/recipe"
)

// Inside is what was measured of a stage's policy while the stage trained.
type Inside struct {
	// Step is the number of the stage's updates, Name what the evaluation is called by.
	Step int
	Name string
	// Evaluations are keyed by benchmark.
	Evaluations map[string]Evaluation
}

// Decision is what a stage decided, and its record.
type Decision struct {
	Text, Source string
	// Step is the number of the stage's updates that it is of: of the policy that is handed on.
	Step int
	// checkpoint is the policy that was chosen, if one was.
	checkpoint artifact.Ref
	ended      time.Time
}

// addInside adds an evaluation after some updates of the stage.
func (s *Stage) addInside(m record, step int) {
	i, found := slices.BinarySearchFunc(s.Inside, step, func(e Inside, step int) int { return cmp.Compare(e.Step, step) })
	if !found {
		s.Inside = slices.Insert(s.Inside, i, Inside{Step: step, Name: m.Stage, Evaluations: map[string]Evaluation{}})
	}
	s.Inside[i].Evaluations[m.Name] = evaluationOf(m)
}

// addDecision adds what a stage decided; what was decided later replaces what was decided before about the same thing.
func (s *Stage) addDecision(m record) {
	if s.Decisions == nil {
		s.Decisions = map[string]Decision{}
	}
	if was, ok := s.Decisions[m.Name]; ok && was.ended.After(m.Work.Ended) || len(m.Remarks) == 0 {
		return
	}
	s.Decisions[m.Name] = Decision{m.Remarks[0], m.id, m.Step, m.Outputs[artifact.OutputCheckpoint], m.Work.Ended}
}

// HandsOn says whether the stage chose a policy to hand on, after a number of its updates.
func (s Stage) HandsOn(step int) bool {
	d, ok := s.Decisions[artifact.AboutHandOn]
	return ok && d.Step == step
}

// lastStep is the number of updates that the stage has done, as far as is recorded.
func (s Stage) lastStep() int {
	last := 0
	for _, c := range []Curve{s.Loss, s.Reward} {
		if n := len(c); n > 0 {
			last = max(last, c[n-1].Step)
		}
	}
	return last
}

// before is what the policy that stage i of the run begins with was measured at; without numbers if it was not.
func (r Run) before(i int, benchmark string) Evaluation {
	if sft := r.Stages[i].SFT; sft != nil && sft.From != "" && sft.From != recipe.FromLast {
		return Evaluation{}
	}
	for j := i - 1; j >= 0; j-- {
		stage := r.Stages[j]
		if e := stage.evaluation(benchmark); e.Avg.Known() || stage.SFT != nil || stage.RL != nil {
			return e
		}
	}
	return r.Before[benchmark]
}

// insideCharts are the accuracies of a stage's policies over its updates, a chart for each benchmark: of the policy
// that it began with, of those that were evaluated while it trained, and of its last.
func insideCharts(run Run, s Stage) []chart {
	i := slices.IndexFunc(run.Stages, func(other Stage) bool { return other.Name == s.Name })
	var charts []chart
	for _, row := range run.Accuracy {
		var curve Curve
		var at []Evaluation
		add := func(step int, e Evaluation) {
			if e.Avg.Known() {
				curve, at = append(curve, Point{step, Number{100 * e.Avg.Value, e.Avg.Source}}), append(at, e)
			}
		}
		add(0, run.before(i, row.Benchmark))
		begin := len(curve)
		for _, e := range s.Inside {
			add(e.Step, e.Evaluations[row.Benchmark])
		}
		if len(curve) == begin {
			continue
		}
		if last := s.lastStep(); curve[len(curve)-1].Step < last {
			add(last, s.evaluation(row.Benchmark))
		}
		c := plot{title: row.Benchmark + " in " + s.Name, unit: "% avg@k over updates", curve: curve, top: 100, format: tenth, tick: whole, lastStep: s.lastStep()}.draw()
		y := scale{0, 100, c.Bottom, c.Top}
		for j := range c.Marks {
			m := &c.Marks[j]
			low, high := at[j].interval()
			c.Whiskers = append(c.Whiskers, whisker{m.X, y.at(low), y.at(high)})
			m.Title = fmt.Sprintf("step %d: %s %%", curve[j].Step, at[j].AvgText().Text)
			if m.Class = "open"; s.leaves(curve[j].Step) {
				m.Class = "dot"
			}
		}
		charts = append(charts, c)
	}
	return charts
}

// leaves says whether the policy after a number of updates is the one that the stage left.
func (s Stage) leaves(step int) bool {
	if d, ok := s.Decisions[artifact.AboutHandOn]; ok {
		return d.Step == step
	}
	return step == s.lastStep()
}

// isBase says whether a record is of the evaluation of what the run began with.
func isBase(r recipe.Recipe, m artifact.Manifest) bool {
	return m.Kind == artifact.KindEvaluation && r.Evaluation.Before && m.Stage == recipe.FromBase
}
