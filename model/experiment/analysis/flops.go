package analysis

import (
	"fmt"
	"math"
	"slices"

	"temper/model/compute"
	"temper/model/experiment"
	"temper/model/library/statistics"
	"temper/model/report"
)

// flops shows accuracy over operations, those of everything that a run began with included, and
// for each pair with how many of them either comes to the same accuracy.
func (r Results) flops(s experiment.Section) report.DocumentSection {
	made := report.DocumentSection{Title: r.benchmarkTitle("Accuracy over operations", s)}
	f := report.Figure{Title: "Accuracy", Unit: "percent, every seed", Across: "floating-point operations", Log2: true}
	steps := report.Figure{Title: "Accuracy", Unit: "percent, every seed", Across: "policy steps"}
	for _, name := range r.inPairs(s) {
		over, by := report.Series{Name: name}, report.Series{Name: name}
		for _, i := range r.of(name) {
			overOne, byOne := report.Course{Name: r.Runs[i].name()}, report.Course{Name: r.Runs[i].name()}
			for _, p := range r.coursePoints(i, s.Benchmark) {
				title := fmt.Sprintf("%s, after %s: %.1f %%", r.Runs[i].name(), p.After, 100*p.Avg.Value)
				overOne.Points = append(overOne.Points, report.FigurePoint{X: p.FLOPs, Y: 100 * p.Avg.Value, Title: title})
				byOne.Points = append(byOne.Points, report.FigurePoint{X: float64(p.Steps), Y: 100 * p.Avg.Value, Title: title})
			}
			over.Thin, by.Thin = append(over.Thin, overOne), append(by.Thin, byOne)
		}
		f.Series, steps.Series = append(f.Series, over), append(steps.Series, by)
	}
	made.Figures = []report.Figure{f, steps}
	table := report.Table{Caption: "To equal accuracy: the lower of the two best, by straight lines between evaluations",
		Head: []string{"pair", "seed", "accuracy", "operations of the first", "of the second", "second / first", "policy steps of the first", "of the second"}}
	for _, pair := range s.Pairs {
		var logs []float64 // of the ratios: these have a mean
		for _, i := range r.of(pair[0]) {
			for _, j := range r.of(pair[1]) {
				if r.Runs[i].Seed != r.Runs[j].Seed {
					continue
				}
				row, ratio := r.toEqual(pair, i, j, s.Benchmark)
				table.Rows = append(table.Rows, row)
				if ratio > 0 {
					logs = append(logs, math.Log(ratio))
				}
			}
		}
		if len(logs) > 0 {
			made.Remarks = append(made.Remarks, cheaper(pair, statistics.MeanOf(logs, level)))
		}
	}
	made.Tables = []report.Table{table}
	made.Notes = []string{"Operations by formula (package compute): curation by rollouts, teachers, supervised training, rollouts and updates of the run and of all runs that it began with. Evaluations are left out. Where an accuracy is reached by the first evaluation, that is the bound."}
	return made
}

// coursePoints are a run's evaluations on a benchmark with those of the runs that it began with, in
// order, steps and operations counted from the very beginning.
func (r Results) coursePoints(i int, benchmark string) []Point {
	var chain []int
	for at := i; at >= 0; at = r.Runs[at].Needs {
		chain = append(chain, at)
	}
	var points []Point
	steps, flops := 0, 0.0
	for _, at := range slices.Backward(chain) {
		m := r.Runs[at]
		for _, p := range m.Points {
			if p.Benchmark != r.benchmark(benchmark) {
				continue
			}
			p.Steps, p.FLOPs = p.Steps+steps, p.FLOPs+flops
			points = append(points, p)
		}
		steps, flops = steps+m.Steps, flops+m.FLOPs
	}
	return points
}

// cheaper says which of a pair comes to equal accuracy with fewer operations, by the logarithms of the seeds' ratios.
func cheaper(pair []string, m statistics.Mean) string {
	text := fmt.Sprintf("To equal accuracy %s takes %.2f times the operations of %s", pair[1], math.Exp(m.Value), pair[0])
	if m.N < fewSeeds {
		return text + fmt.Sprintf(" (geometric mean over %d seed%s, too few for an interval).", m.N, plural(m.N))
	}
	text += fmt.Sprintf(" (geometric mean over %d seeds, %.2f to %.2f)", m.N, math.Exp(m.Low()), math.Exp(m.High()))
	switch {
	case m.Low() > 0:
		return text + fmt.Sprintf(": %s is the cheaper way at this scale.", pair[0])
	case m.High() < 0:
		return text + fmt.Sprintf(": %s is the cheaper way at this scale.", pair[1])
	}
	return text + ": which way is cheaper cannot be told at this scale."
}

// toEqual is the row of one pair with one seed, and the second's operations by the first's; 0 where that is not known.
func (r Results) toEqual(pair []string, i, j int, benchmark string) (row []string, ratio float64) {
	curves := [2][]Point{r.coursePoints(i, benchmark), r.coursePoints(j, benchmark)}
	row = []string{pairName(pair), fmt.Sprint(r.Runs[i].Seed)}
	y, ok := Common(curves[0], curves[1])
	if !ok {
		return append(row, "–", "–", "–", "–", "–", "–"), 0
	}
	var flops, steps [2]float64
	for n, curve := range curves {
		flops[n], _ = statistics.Reach(reachCurve(curve, func(p Point) float64 { return p.FLOPs }), y)
		steps[n], _ = statistics.Reach(reachCurve(curve, func(p Point) float64 { return float64(p.Steps) }), y)
	}
	times := "–"
	if flops[0] > 0 {
		ratio = flops[1] / flops[0]
		times = fmt.Sprintf("%.2f", ratio)
	}
	return append(row, format(experiment.MetricAccuracy, y, false), compute.Prefixed(flops[0]), compute.Prefixed(flops[1]), times, fmt.Sprintf("%.0f", steps[0]), fmt.Sprintf("%.0f", steps[1])), ratio
}

// Common is the highest accuracy that both courses come to; false where one has no evaluation.
func Common(a, b []Point) (float64, bool) {
	if len(a) == 0 || len(b) == 0 {
		return 0, false
	}
	best := func(points []Point) float64 {
		top := 0.0
		for _, p := range points {
			top = max(top, p.Avg.Value)
		}
		return top
	}
	return min(best(a), best(b)), true
}

func reachCurve(points []Point, x func(Point) float64) []statistics.Point {
	curve := make([]statistics.Point, len(points))
	for i, p := range points {
		curve[i] = statistics.Point{X: x(p), Y: p.Avg.Value}
	}
	return curve
}
