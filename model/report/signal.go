package report

import (
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/signal"
)

// StageRemark is a remark and the record that it leads to.
type StageRemark struct {
	signal.Remark
	Source string
}

// addSignal adds what a policy step had to learn from.
func (s *Stage) addSignal(m record) {
	step := signal.FromMetrics(m.Metrics)
	s.Last, s.LastSource = step, m.id
	s.GradNorm = s.GradNorm.add(m, artifact.MetricGradNorm)
	s.Trained = s.Trained.add(m, artifact.MetricTrainedTokens)
	s.Advantages = s.Advantages.add(m, artifact.MetricAdvantageStd)
	s.KL = s.KL.add(m, artifact.MetricKL)
	s.ValueLoss = s.ValueLoss.add(m, artifact.MetricValueLoss)
	s.Likelihood = s.Likelihood.add(m, artifact.MetricLikelihood)
	s.Clipped = s.Clipped.put(Point{m.Step, Number{step.ClippedShare(), m.id}})
	s.Filtered = s.Filtered.put(Point{m.Step, Number{step.FilteredShare(), m.id}})
	if step.Groups > 0 {
		s.ZeroVariance = s.ZeroVariance.put(Point{m.Step, Number{float64(step.ZeroVariance) / float64(step.Groups), m.id}})
	}
}

// remarksOf says in words where a stage had nothing to learn from and which
// benchmarks it lowered: the sentences of package signal, which the run's
// progress has too.
func remarksOf(r recipe.Recipe, s Stage, own []record) []StageRemark {
	var remarks []StageRemark
	add := func(m signal.Remark, source string) { remarks = append(remarks, StageRemark{m, source}) }
	for _, search := range s.Searches {
		if remark, ok := remarkOfSearch(r, s.Name, search); ok {
			add(remark, search.Chosen.Source)
		}
	}
	if remark, source, ok := remarkOfSteps(s.Name, own); ok {
		add(remark, source)
	}
	if s.Collected != nil {
		if remark, ok := signal.OfCollection(s.Name, s.Collected.Stats); ok {
			add(remark, s.Collected.Source)
		}
	}
	if s.Taught != nil && s.Taught.Examples.Known() {
		if remark, ok := signal.OfTaught(s.Name, s.Taught.Stats); ok {
			add(remark, s.Taught.Source)
		}
	}
	for _, about := range sortedKeys(s.Decisions) {
		add(signal.Remark{Stage: s.Name, About: about, Text: s.Decisions[about].Text}, s.Decisions[about].Source)
	}
	for _, name := range sortedKeys(s.Evaluations) {
		e := s.Evaluations[name]
		for _, remark := range signal.OfBenchmark(s.Name, e.Remarks) {
			add(remark, e.Avg.Source)
		}
		if remark, ok := signal.OfProblems(s.Name, name, int(e.Measured.Value), r.Evaluation.Problems(name)); ok && e.Measured.Known() {
			add(remark, e.Measured.Source)
		}
		accuracy := signal.Accuracy{Benchmark: name, Avg: e.Avg.Value, Gain: e.Gain.Value, GainSE: e.GainSE.Value}
		if remark, ok := signal.OfAccuracy(s.Name, accuracy); ok && e.Gain.Known() && e.GainSE.Known() {
			add(remark, e.Gain.Source)
		}
	}
	return remarks
}

// remarkOfSteps counts a stage's empty policy steps; source is the record of the last.
func remarkOfSteps(stage string, own []record) (remark signal.Remark, source string, ok bool) {
	steps := map[int]record{} // of two records of one step the later
	done := 0
	for _, m := range own {
		if m.Kind == artifact.KindUpdate {
			steps[m.Step] = m
			done = max(done, m.Step)
		}
	}
	var count signal.Count
	last := 0
	for step := 1; step <= done; step++ {
		m, known := steps[step]
		if !known {
			continue
		}
		gave := signal.FromMetrics(m.Metrics)
		if count = count.After(gave); gave.Empty() {
			last = step
		}
	}
	if last == 0 {
		return signal.Remark{}, "", false
	}
	return signal.OfSteps(stage, count, signal.FromMetrics(steps[last].Metrics), last, done), steps[last].id, true
}
