package analysis

import (
	"fmt"
	"math"
	"slices"

	"temper/model/evaluation"
	"temper/model/experiment"
	"temper/model/library/statistics"
	"temper/model/report"
	"temper/model/reward"
)

// level is the confidence of all intervals.
const level = 0.95

// Results are an experiment's runs: those of all seeds, in the order of its plan.
type Results struct {
	Experiment experiment.Experiment
	Runs       []Measured
	// Stopped says why the experiment was stopped; "" if it was not.
	Stopped string
	// Similarities are those of its sections of that kind.
	Similarities []Similarity
}

// of are the runs of a variant that have been measured, by seed.
func (r Results) of(variant string) []int {
	var found []int
	for i, m := range r.Runs {
		if m.Variant == variant && len(m.Points)+len(m.Stages) > 0 {
			found = append(found, i)
		}
	}
	return found
}

// value is a run's number; false where it was not measured.
func (r Results) value(i int, metric experiment.Metric, benchmark string) (float64, bool) {
	m := r.Runs[i]
	var last Stage
	if n := len(m.Stages); n > 0 {
		last = m.Stages[n-1]
	}
	p, _ := m.last(r.benchmark(benchmark))
	known := func(n report.Number) (float64, bool) { return n.Value, n.Known() }
	switch metric {
	case experiment.MetricSteps:
		steps, _, _ := r.withParents(i)
		return float64(steps), true
	case experiment.MetricFLOPs:
		_, flops, counted := r.withParents(i)
		return flops, counted
	case experiment.MetricReward:
		return tail(last.Reward)
	case experiment.MetricEntropy:
		return tail(last.Entropy)
	case experiment.MetricLength:
		return tail(last.Length)
	case experiment.MetricAccuracy:
		return known(p.Avg)
	case experiment.MetricPass:
		return known(p.Pass)
	case experiment.MetricResponse:
		return known(p.ResponseLength)
	}
	return 0, false
}

// benchmark is a name, or the experiment's.
func (r Results) benchmark(name string) string {
	if name == "" {
		return r.Experiment.Benchmark
	}
	return name
}

// withParents adds up a run's policy steps and operations with those of the runs that it began with.
func (r Results) withParents(i int) (steps int, flops float64, counted bool) {
	counted = true
	for at := i; at >= 0; at = r.Runs[at].Needs {
		steps, flops, counted = steps+r.Runs[at].Steps, flops+r.Runs[at].FLOPs, counted && r.Runs[at].Counted
	}
	return steps, flops, counted
}

// values are a variant's numbers, one for each seed that has it.
func (r Results) values(variant string, metric experiment.Metric, benchmark string) (values []float64, seeds []uint64) {
	for _, i := range r.of(variant) {
		if v, ok := r.value(i, metric, benchmark); ok {
			values, seeds = append(values, v), append(seeds, r.Runs[i].Seed)
		}
	}
	return values, seeds
}

// Difference is that of two variants in a metric, paired by seed.
type Difference struct {
	statistics.Mean
	// Each are the differences of the seeds.
	Each []float64
	// ByProblem says that the interval is over the problems of the benchmark, for these very models:
	// the seeds are too few for one over seeds.
	ByProblem bool
}

// fewSeeds are too few for an interval over seeds: with two, t is 12.7.
const fewSeeds = 3

// difference is more minus less.
func (r Results) difference(more, less string, metric experiment.Metric, benchmark string) Difference {
	a, seedsA := r.values(more, metric, benchmark)
	b, seedsB := r.values(less, metric, benchmark)
	var before, after []float64
	for i, seed := range seedsA {
		if at := slices.Index(seedsB, seed); at >= 0 {
			before, after = append(before, b[at]), append(after, a[i])
		}
	}
	d := Difference{Mean: statistics.Paired(before, after, level)}
	for i := range before {
		d.Each = append(d.Each, after[i]-before[i])
	}
	if len(before) >= fewSeeds {
		return d
	}
	d.Half = math.NaN()
	if metric == experiment.MetricAccuracy || metric == experiment.MetricPass {
		if half, ok := r.problemInterval(more, less, metric, benchmark); ok {
			d.Half, d.ByProblem = half, true
		}
	}
	return d
}

// problemInterval is half the interval of the mean difference in accuracy, or in pass@k, over the problems of a
// benchmark, paired by problem and seed, by the normal distribution.
func (r Results) problemInterval(more, less string, metric experiment.Metric, benchmark string) (half float64, ok bool) {
	var errs []float64
	for _, i := range r.of(more) {
		for _, j := range r.of(less) {
			if r.Runs[i].Seed != r.Runs[j].Seed {
				continue
			}
			c, compared := r.compare(j, i, metric, benchmark)
			if !compared || c.Problems < 2 {
				return 0, false
			}
			errs = append(errs, c.SE)
		}
	}
	return overProblems(errs), len(errs) > 0
}

// compare pairs the last evaluations of two runs by problem, for pass@k by whether any sample of it is correct.
func (r Results) compare(before, after int, metric experiment.Metric, benchmark string) (evaluation.Comparison, bool) {
	b, okB := r.Runs[before].last(r.benchmark(benchmark))
	a, okA := r.Runs[after].last(r.benchmark(benchmark))
	if !okA || !okB {
		return evaluation.Comparison{}, false
	}
	rowsB, rowsA := paired(b.Verdicts, a.Verdicts)
	if metric == experiment.MetricPass {
		rowsB, rowsA = anyOf(rowsB), anyOf(rowsA)
	}
	c, err := evaluation.Compare(rowsB, rowsA)
	return c, err == nil
}

// paired are the verdicts on the problems that both have, in the order of their indices.
func paired(before, after map[int][]reward.Verdict) (b, a [][]reward.Verdict) {
	for _, problem := range sortedKeys(before) {
		if rows, ok := after[problem]; ok {
			b, a = append(b, before[problem]), append(a, rows)
		}
	}
	return b, a
}

// anyOf is one verdict for each problem: whether any sample solved it.
func anyOf(rows [][]reward.Verdict) [][]reward.Verdict {
	one := make([][]reward.Verdict, len(rows))
	for i, row := range rows {
		one[i] = []reward.Verdict{reward.Incorrect}
		if AnySolved(row) {
			one[i][0] = reward.Correct
		}
	}
	return one
}

// meanText is a variant's mean with its interval: over seeds, of accuracy and fewer seeds over the problems of the benchmark.
func (r Results) meanText(variant string, metric experiment.Metric, benchmark string) string {
	values, _ := r.values(variant, metric, benchmark)
	m := statistics.MeanOf(values, level)
	if m.N < fewSeeds {
		m.Half = math.NaN()
		if half, ok := r.ownInterval(variant, metric, benchmark); ok {
			m.Half = half
		}
	}
	switch {
	case m.N == 0:
		return "–"
	case math.IsNaN(m.Half) || m.Half == 0:
		return format(metric, m.Value, false)
	}
	return format(metric, m.Value, false) + " ± " + format(metric, m.Half, false)
}

// ownInterval is half the interval of a variant's mean accuracy or pass@k over the problems of a benchmark.
func (r Results) ownInterval(variant string, metric experiment.Metric, benchmark string) (half float64, ok bool) {
	var errs []float64
	for _, i := range r.of(variant) {
		p, found := r.Runs[i].last(r.benchmark(benchmark))
		switch {
		case found && metric == experiment.MetricAccuracy:
			errs = append(errs, p.AvgSE.Value)
		case found && metric == experiment.MetricPass:
			errs = append(errs, p.PassSE.Value)
		}
	}
	return overProblems(errs), len(errs) > 0
}

// overProblems is half the interval of a mean over seeds by the normal distribution, of the seeds' standard errors over problems.
func overProblems(errs []float64) float64 {
	var variance float64
	for _, se := range errs {
		variance += se * se
	}
	return 1.959964 * math.Sqrt(variance) / float64(max(1, len(errs)))
}

// name is a run for people.
func (m Measured) name() string { return fmt.Sprintf("%s, seed %d", m.Variant, m.Seed) }
