package report

import (
	"fmt"
	"slices"

	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/model/recipe"
)

// Evaluation is one benchmark after one stage. Accuracies are in [0, 1].
type Evaluation struct {
	Avg, AvgSE, Pass, PassSE Number
	// Gain is the difference of Avg from the evaluation before, with its paired standard error.
	Gain, GainSE      Number
	Problems, Samples Number
	// Measured are the problems, those without any verdict included.
	Measured                   Number
	ResponseLength, Truncation Number
	Ungradable                 Number
	// Majority is maj@k and NoAnswer the share of responses without an answer, of math benchmarks.
	Majority, MajoritySE, NoAnswer Number
	// MedianLength, RightLength and WrongLength are response tokens, the latter means over correct and incorrect ones.
	MedianLength, RightLength, WrongLength Number
	// NoReasoningEnd and UngradableShare are shares of responses, AvgSamplingSE the error over other samples.
	NoReasoningEnd, UngradableShare, AvgSamplingSE Number
	Remarks                                        []string
	// CurveSE are the standard errors of Curve, over problems.
	CurveSE []float64
	// Curve is pass@1, 2, 4, … up to k.
	Curve []float64
}

// AccuracyRow is one benchmark over all stages.
type AccuracyRow struct {
	Benchmark string
	// Samples is k of avg@k and pass@k, 0 if unknown.
	Samples int
	// Before is of what the run began with, without numbers if that was not measured.
	Before Evaluation
	// Cells are in the order of Run.Stages; one without numbers was not measured.
	Cells []Evaluation
}

func evaluationOf(m record) Evaluation {
	problems := m.number(artifact.MetricProblems)
	return Evaluation{
		Measured: Number{problems.Value + m.number(artifact.MetricUngradableProblems).Value, problems.Source},
		Avg:      m.number(artifact.MetricAvg), AvgSE: m.number(artifact.MetricAvgSE),
		Pass: m.number(artifact.MetricPass), PassSE: m.number(artifact.MetricPassSE),
		Gain: m.number(artifact.MetricGain), GainSE: m.number(artifact.MetricGainSE),
		Problems: m.number(artifact.MetricProblems), Samples: m.number(artifact.MetricSamples),
		ResponseLength: m.number(artifact.MetricResponseLength), Truncation: m.number(artifact.MetricTruncation),
		Ungradable: m.number(artifact.MetricUngradable),
		Majority:   m.number(artifact.MetricMajority), MajoritySE: m.number(artifact.MetricMajoritySE), NoAnswer: m.number(artifact.MetricNoAnswer),
		Curve: m.Series[artifact.MetricPass], CurveSE: m.Series[artifact.MetricPassSE], Remarks: m.Remarks,
		MedianLength: m.number(artifact.MetricMedianLength), RightLength: m.number(artifact.MetricRightLength), WrongLength: m.number(artifact.MetricWrongLength),
		NoReasoningEnd: m.number(artifact.MetricNoReasoningEnd), UngradableShare: m.number(artifact.MetricUngradableShare), AvgSamplingSE: m.number(artifact.MetricAvgSamplingSE),
	}
}

// CurveError is the standard error of a place in Curve in percent, "" where it is not known.
func (e Evaluation) CurveError(at int) string {
	if at >= len(e.CurveSE) {
		return ""
	}
	return whole(100 * e.CurveSE[at])
}

// evaluation is that on one benchmark, without numbers if there is none.
func (s Stage) evaluation(benchmark string) Evaluation { return s.Evaluations[benchmark] }

// accuracyRows has the recipe's benchmarks in order, then any other that was measured.
func accuracyRows(r recipe.Recipe, before map[string]Evaluation, stages []Stage) []AccuracyRow {
	var names, others []string
	samples := map[string]int{}
	for _, b := range r.Evaluation.Figures() {
		names = append(names, b.Name)
		samples[b.Name] = b.Samples
	}
	for _, s := range stages {
		for name, e := range s.Evaluations {
			if !slices.Contains(names, name) {
				others = addWord(others, name)
				samples[name] = int(e.Samples.Value)
			}
		}
	}
	var rows []AccuracyRow
	for _, name := range append(names, others...) {
		row := AccuracyRow{Benchmark: name, Samples: samples[name], Before: before[name]}
		for _, s := range stages {
			row.Cells = append(row.Cells, s.evaluation(name))
		}
		rows = append(rows, row)
	}
	return rows
}

// Columns are the stages, by their number, that the accuracy table has a column for: those that train or evaluate, and any
// other that was measured.
func (r Run) Columns() []int {
	var columns []int
	for i, s := range r.Stages {
		passive := s.Collect != nil || s.Curate != nil || s.Teach != nil
		if !passive || slices.ContainsFunc(r.Accuracy, func(row AccuracyRow) bool { return row.Cells[i].Avg.Known() }) {
			columns = append(columns, i)
		}
	}
	return columns
}

// AvgText is avg@k in percent with its error, PassText pass@k.
func (e Evaluation) AvgText() shown { return linked(e.Avg, e.AvgSE, e.Problems) }

// PassText is as AvgText.
func (e Evaluation) PassText() shown { return linked(e.Pass, e.PassSE, e.Problems) }

// linked is an accuracy with its error for people.
func linked(value, se, problems Number) shown {
	if !value.Known() {
		return shown{}
	}
	if !se.Known() {
		return shown{tenth(100 * value.Value), "#" + value.Source}
	}
	return shown{evaluation.Text(value.Value, se.Value, int(problems.Value)), "#" + value.Source}
}

// interval is what the error bar of an accuracy covers, in percent.
func (e Evaluation) interval() (low, high float64) {
	low, high = evaluation.Interval(e.Avg.Value, e.AvgSE.Value, int(e.Problems.Value))
	return 100 * low, 100 * high
}

// measured reports whether any cell of the row has an accuracy.
func (r AccuracyRow) measured() bool {
	return r.Before.Avg.Known() || slices.ContainsFunc(r.Cells, func(e Evaluation) bool { return e.Avg.Known() })
}

// lowAccuracy is the accuracy below which a benchmark is called near zero whatever its error.
const lowAccuracy = 0.02

// nearZero remarks on each benchmark whose last accuracy is within two standard
// errors of zero, or below 2 %.
func nearZero(rows []AccuracyRow, stages []Stage) []Remark {
	var remarks []Remark
	for _, row := range rows {
		for i := len(row.Cells) - 1; i >= 0; i-- {
			e := row.Cells[i]
			if !e.Avg.Known() {
				continue
			}
			reason := ""
			switch {
			case e.Avg.Value <= 2*e.AvgSE.Value:
				reason = "within two standard errors of zero"
			case e.Avg.Value < lowAccuracy:
				reason = "below 2 %"
			}
			if reason != "" {
				remarks = append(remarks, Remark{
					fmt.Sprintf("On %s the model scores near zero: avg@%d after %s is %.1f %%, %s.",
						row.Benchmark, row.Samples, stages[i].Name, 100*e.Avg.Value, reason), e.Avg.Source,
				})
			}
			break
		}
	}
	return remarks
}
