package report

import (
	"fmt"
	"slices"
	"time"

	"temper/model/artifact"
)

// Ordered is what a person told the run to do: who, when, and the record of it.
type Ordered struct{ Stage, What, Who, When, Source string }

// ordered are the run's orders, in the order in which they were given.
func ordered(all records) []Ordered {
	given := slices.DeleteFunc(slices.Clone(all.sorted), func(m record) bool { return m.Kind != artifact.KindDecision || m.Given == nil || len(m.Remarks) == 0 })
	slices.SortStableFunc(given, func(a, b record) int { return a.Given.At.Compare(b.Given.At) })
	var list []Ordered
	for _, m := range given {
		who := m.Given.Who()
		if who == "" {
			who = "not known"
		}
		if m.Given.Caller != "" && m.Given.By != "" && m.Given.Caller != m.Given.By {
			who += fmt.Sprintf(" (sent by %s)", m.Given.Caller)
		}
		list = append(list, Ordered{m.Stage, m.Remarks[0], who, m.Given.At.UTC().Format(time.DateTime), m.id})
	}
	return list
}

// rolledBack marks what was done and then left behind by a rollback, so that no curve, evaluation or checkpoint is taken
// from it. What is found again after a rollback that changed nothing is not left behind.
func (all *records) rolledBack() {
	var rollbacks []record
	numbered := map[int]record{}
	for _, m := range all.sorted {
		if m.Kind != artifact.KindDecision || m.Given == nil {
			continue
		}
		numbered[int(m.Metrics[artifact.MetricOrder])] = m
		if m.Name == "rollback" {
			rollbacks = append(rollbacks, m)
		}
	}
	slices.SortFunc(rollbacks, func(a, b record) int { return a.Given.At.Compare(b.Given.At) })
	for i := range all.sorted {
		m := &all.sorted[i]
		for _, back := range rollbacks {
			if m.Kind == artifact.KindDecision && m.Given != nil || !m.beyond(back) || !m.Work.Ended.Before(back.Given.At) {
				continue
			}
			_, anew := back.Metrics[artifact.MetricRedraw]
			_, retuned := back.Metrics[artifact.MetricTemperature]
			m.abandoned = m.abandoned || anew || retuned
			for _, number := range back.Series[artifact.MetricTakenBack] {
				if taken, ok := numbered[int(number)]; ok && !anew && !retuned && m.beyond(taken) { // what was before it counts again
					m.abandoned = !m.Work.Ended.Before(taken.Given.At)
				}
			}
		}
	}
}

// beyond says whether a record is of work that comes after the step of an order.
func (m record) beyond(o record) bool {
	if m.stage == wholeRun || m.stage < o.stage {
		return false
	}
	step := m.Step
	if _, after, inside := artifact.ParseInside(m.Stage); inside {
		step = after
	} else if m.Kind == artifact.KindEvaluation { // after the stage
		return true
	}
	return m.stage > o.stage || step > o.Step
}
