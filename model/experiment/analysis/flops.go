package analysis

import (
	"fmt"
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
		for _, i := range r.of(name) {
			over, by := report.Series{Line: true}, report.Series{Line: true}
			for _, p := range r.coursePoints(i, s.Benchmark) {
				title := fmt.Sprintf("%s, after %s: %.1f %%", r.Runs[i].name(), p.After, 100*p.Avg.Value)
				over.Points = append(over.Points, report.FigurePoint{X: p.FLOPs, Y: 100 * p.Avg.Value, Title: title})
				by.Points = append(by.Points, report.FigurePoint{X: float64(p.Steps), Y: 100 * p.Avg.Value, Title: title})
			}
			over.Name, by.Name = r.Runs[i].name(), r.Runs[i].name()
			f.Series, steps.Series = append(f.Series, over), append(steps.Series, by)
		}
	}
	made.Figures = []report.Figure{f, steps}
	table := report.Table{Caption: "To equal accuracy: the lower of the two best, by straight lines between evaluations",
		Head: []string{"pair", "seed", "accuracy", "operations of the first", "of the second", "second / first", "policy steps of the first", "of the second"}}
	for _, pair := range s.Pairs {
		for _, i := range r.of(pair[0]) {
			for _, j := range r.of(pair[1]) {
				if r.Runs[i].Seed == r.Runs[j].Seed {
					table.Rows = append(table.Rows, r.toEqual(pair, i, j, s.Benchmark))
				}
			}
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

// toEqual is the row of one pair with one seed.
func (r Results) toEqual(pair []string, i, j int, benchmark string) []string {
	curves := [2][]Point{r.coursePoints(i, benchmark), r.coursePoints(j, benchmark)}
	row := []string{pairName(pair), fmt.Sprint(r.Runs[i].Seed)}
	y, ok := Common(curves[0], curves[1])
	if !ok {
		return append(row, "–", "–", "–", "–", "–", "–")
	}
	var flops, steps [2]float64
	for n, curve := range curves {
		flops[n], _ = statistics.Reach(reachCurve(curve, func(p Point) float64 { return p.FLOPs }), y)
		steps[n], _ = statistics.Reach(reachCurve(curve, func(p Point) float64 { return float64(p.Steps) }), y)
	}
	ratio := "–"
	if flops[0] > 0 {
		ratio = fmt.Sprintf("%.2f", flops[1]/flops[0])
	}
	return append(row, format(experiment.MetricAccuracy, y, false), compute.Prefixed(flops[0]), compute.Prefixed(flops[1]), ratio, fmt.Sprintf("%.0f", steps[0]), fmt.Sprintf("%.0f", steps[1]))
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
