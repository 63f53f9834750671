package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"temper/model/experiment"
	"temper/model/library/statistics"
	"temper/model/report"
)

// section makes one section.
func (r Results) section(s experiment.Section) report.DocumentSection {
	var made report.DocumentSection
	switch s.Kind {
	case experiment.SectionScaling:
		made = r.scaling(s)
	case experiment.SectionCurve:
		made = r.curve(s)
	case experiment.SectionTraining:
		made = r.training()
	case experiment.SectionFLOPs:
		made = r.flops(s)
	case experiment.SectionPass:
		made = r.pass(s)
	case experiment.SectionFlips:
		made = r.flips(s)
	case experiment.SectionSimilarity:
		made = r.similarity(s)
	}
	if s.Text != "" {
		made.Text = append([]string{s.Text}, made.Text...)
	}
	return made
}

// scaling fits accuracy to the logarithms of two axes, as the paper does with prompts and responses per prompt.
func (r Results) scaling(s experiment.Section) report.DocumentSection {
	made := report.DocumentSection{Title: fmt.Sprintf("accuracy = a·log2 %s + b·log2 %s + c", s.X[0], s.X[1])}
	fit := func(standardised bool) (statistics.Fit, int, error) {
		var x [][]float64
		var y []float64
		for _, v := range r.Experiment.Variants {
			values, _ := r.values(v.Name, experiment.MetricAccuracy, s.Benchmark)
			if len(values) == 0 {
				continue
			}
			x = append(x, []float64{math.Log2(v.X[s.X[0]]), math.Log2(v.X[s.X[1]])})
			y = append(y, 100*statistics.MeanOf(values, level).Value)
		}
		f, err := statistics.LeastSquares(x, y, standardised)
		return f, len(y), err
	}
	table := report.Table{Head: []string{"features", "a (" + s.X[0] + ")", "b (" + s.X[1] + ")", "c", "R²", "points"}}
	for _, standardised := range []bool{true, false} {
		f, n, err := fit(standardised)
		if err != nil {
			made.Remarks = []string{fmt.Sprintf("There is no fit: %v (%d points, 3 coefficients).", err, n)}
			return made
		}
		name := "log2"
		if standardised {
			name = "log2, standardised"
		}
		table.Rows = append(table.Rows, []string{name, coefficient(f, 0), coefficient(f, 1), fmt.Sprintf("%.2f", f.Intercept), fmt.Sprintf("%.3f", f.R2), fmt.Sprint(n)})
		if standardised {
			made.Remarks = append(made.Remarks, scalingRemark(s, f))
		}
	}
	made.Tables = []report.Table{table}
	made.Figures = []report.Figure{r.overAxis(s.X[0], s.Benchmark, s.X[1], true), r.overAxis(s.X[1], s.Benchmark, s.X[0], true)}
	made.Notes = []string{fmt.Sprintf("Least squares on the means over seeds, accuracy in percent; ± half of the %.0f %% interval of a coefficient by Student's t with points minus 3 degrees of freedom. Standardised features have mean 0 and standard deviation 1, as in the paper.", 100*level)}
	return made
}

func coefficient(f statistics.Fit, i int) string {
	if f.DF < 1 {
		return fmt.Sprintf("%.3f", f.Coefficients[i])
	}
	return fmt.Sprintf("%.3f ± %.3f", f.Coefficients[i], f.SE[i]*statistics.StudentQuantile(0.5+level/2, f.DF))
}

// scalingRemark compares with the paper's coefficients.
func scalingRemark(s experiment.Section, f statistics.Fit) string {
	const paper = "AceReason-Nemotron 1.1 §4: a = 4.831 for prompts, b = 2.635 for responses per prompt, R² = 0.989 over seven sets"
	shown := "Here a is larger than b too"
	switch {
	case !(f.Coefficients[0] > 0 && f.Coefficients[1] > 0):
		shown = "This does not show at this scale: not both coefficients are positive"
	case f.Coefficients[0] <= f.Coefficients[1]:
		shown = "This does not show at this scale: a is not larger than b"
	}
	// Of a minus b, as if the two were independent.
	half := statistics.StudentQuantile(0.5+level/2, f.DF) * math.Hypot(f.SE[0], f.SE[1])
	if f.Coefficients[0] > f.Coefficients[1] && f.Coefficients[1] > 0 && !(f.Coefficients[0]-f.Coefficients[1] > half) {
		shown += ", but the points are too few or too far from the fit to tell them apart"
	}
	return fmt.Sprintf("The paper found that both axes help and that %s help more (%s). %s: a = %s, b = %s, R² = %.3f.", s.X[0], paper, shown, coefficient(f, 0), coefficient(f, 1), f.R2)
}

// curve shows accuracy over one axis, and the paired difference of each variant from the one before.
func (r Results) curve(s experiment.Section) report.DocumentSection {
	axis := s.X[0]
	made := report.DocumentSection{Title: "Accuracy over " + axis, Figures: []report.Figure{r.overAxis(axis, s.Benchmark, "", false)}}
	variants := slices.Clone(r.Experiment.Variants)
	slices.SortStableFunc(variants, func(a, b experiment.Run) int { return cmp.Compare(a.X[axis], b.X[axis]) })
	table := report.Table{Caption: "Each against the one before, paired", Head: []string{axis, "accuracy", "difference", "interval", "over"}}
	for i, v := range variants {
		row := []string{fmt.Sprintf("%g", v.X[axis]), r.meanText(v.Name, experiment.MetricAccuracy, s.Benchmark), "", "", ""}
		if i > 0 {
			copy(row[2:], differenceCells(experiment.MetricAccuracy, r.difference(v.Name, variants[i-1].Name, experiment.MetricAccuracy, s.Benchmark)))
		}
		table.Rows = append(table.Rows, row)
	}
	made.Tables = []report.Table{table}
	return made
}

// differenceCells are a difference, its interval and what that is over.
func differenceCells(metric experiment.Metric, d Difference) []string {
	if d.N == 0 {
		return []string{"–", "–", "–"}
	}
	interval, over := "–", fmt.Sprintf("%d seed%s", d.N, plural(d.N))
	if !math.IsNaN(d.Half) {
		interval = fmt.Sprintf("%s to %s", format(metric, d.Low(), true), format(metric, d.High(), true))
	}
	if d.ByProblem {
		over = "problems, " + over
	}
	return []string{format(metric, d.Value, true), interval, over}
}

// overAxis is accuracy over an axis, a series for each value of another; means, and every seed.
func (r Results) overAxis(axis, benchmark, by string, log2 bool) report.Figure {
	f := report.Figure{Title: "Accuracy", Unit: "percent", Across: axis, Log2: log2}
	groups := map[float64][]experiment.Run{}
	for _, v := range r.Experiment.Variants {
		groups[v.X[by]] = append(groups[v.X[by]], v)
	}
	for _, key := range sortedKeys(groups) {
		s := report.Series{Line: true}
		if by != "" {
			s.Name = fmt.Sprintf("%s %g", by, key)
		}
		runs := groups[key]
		slices.SortStableFunc(runs, func(a, b experiment.Run) int { return cmp.Compare(a.X[axis], b.X[axis]) })
		for _, v := range runs {
			s.Points = append(s.Points, r.figurePoints(v, v.X[axis], benchmark)...)
		}
		f.Series = append(f.Series, s)
	}
	return f
}

// figurePoints are a variant's mean with its interval and the values of its seeds, in percent.
func (r Results) figurePoints(v experiment.Run, x float64, benchmark string) []report.FigurePoint {
	values, seeds := r.values(v.Name, experiment.MetricAccuracy, benchmark)
	if len(values) == 0 {
		return nil
	}
	m := statistics.MeanOf(values, level)
	mean := report.FigurePoint{X: x, Y: 100 * m.Value, Title: v.Name + ": " + r.meanText(v.Name, experiment.MetricAccuracy, benchmark)}
	if m.N >= fewSeeds {
		mean.Low, mean.High = 100*m.Low(), 100*m.High()
	}
	points := []report.FigurePoint{mean}
	if m.N > 1 {
		for i, value := range values {
			points = append(points, report.FigurePoint{X: x, Y: 100 * value, Single: true, Title: fmt.Sprintf("%s, seed %d: %s", v.Name, seeds[i], format(experiment.MetricAccuracy, value, false))})
		}
	}
	return points
}

// training shows the course of policy steps, each variant's mean over seeds.
func (r Results) training() report.DocumentSection {
	made := report.DocumentSection{Title: "Policy steps"}
	for _, course := range []struct {
		title, unit string
		of          func(Stage) report.Curve
	}{
		{"Reward", "mean", func(s Stage) report.Curve { return s.Reward }},
		{"Temperature-adjusted entropy", "nats per response token", func(s Stage) report.Curve { return s.Entropy }},
		{"Response length", "tokens", func(s Stage) report.Curve { return s.Length }},
	} {
		f := report.Figure{Title: course.title, Unit: course.unit, Across: "policy step"}
		for _, v := range r.Experiment.Variants {
			if s := r.course(v.Name, course.of); len(s.Points) > 0 {
				f.Series = append(f.Series, s)
			}
		}
		made.Figures = append(made.Figures, f)
	}
	made.Notes = []string{"Means over seeds and, thin, every seed; all RL stages of a run one after the other. A point is the mean of a few steps where there are many. Intervals of the last five steps are in the table of variants."}
	return made
}

// mostCoursePoints is how many points of a course are drawn.
const mostCoursePoints = 24

// course is the course of a metric of policy steps, steps counted over the run's stages: its mean over seeds and, where there are
// several, every seed.
func (r Results) course(variant string, of func(Stage) report.Curve) (s report.Series) {
	var seeds [][]float64
	longest := 0
	for _, i := range r.of(variant) {
		var values []float64
		for _, stage := range r.Runs[i].Stages {
			for _, p := range of(stage) {
				values = append(values, p.Value)
			}
		}
		seeds, longest = append(seeds, values), max(longest, len(values))
	}
	bin := max(1, (longest+mostCoursePoints-1)/mostCoursePoints)
	s = report.Series{Name: variant, Line: true, Points: binned(variant, bin, longest, seeds...)}
	for n, i := range r.of(variant) {
		if len(seeds) > 1 {
			s.Thin = append(s.Thin, report.Course{Name: r.Runs[i].name(), Points: binned(r.Runs[i].name(), bin, len(seeds[n]), seeds[n])})
		}
	}
	return s
}

// binned are the means of so many steps each, over all courses that have them.
func binned(name string, bin, longest int, courses ...[]float64) (points []report.FigurePoint) {
	for first := 0; first < longest; first += bin {
		sum, n, end := 0.0, 0, min(first+bin, longest)
		for _, values := range courses {
			for _, v := range values[min(first, len(values)):min(end, len(values))] {
				sum, n = sum+v, n+1
			}
		}
		y := sum / float64(max(1, n))
		points = append(points, report.FigurePoint{X: float64(end), Y: y, Title: fmt.Sprintf("%s, steps %d to %d: %.3f", name, first+1, end, y)})
	}
	return points
}

// benchmarkTitle names a benchmark where it is not the experiment's.
func (r Results) benchmarkTitle(title string, s experiment.Section) string {
	return title + " on " + r.benchmark(s.Benchmark)
}

// pairName is a pair of runs for people.
func pairName(pair []string) string { return strings.Join(pair, " → ") }
