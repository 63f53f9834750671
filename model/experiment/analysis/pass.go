package analysis

import (
	"fmt"
	"math"
	"strings"

	"temper/model/evaluation"
	"temper/model/experiment"
	"temper/model/library/statistics"
	"temper/model/report"
	"temper/model/reward"
)

// pass shows pass@k of the variants, and of each pair which problems are newly solved by any of their samples.
func (r Results) pass(s experiment.Section) report.DocumentSection {
	made := report.DocumentSection{Title: r.benchmarkTitle("pass@k", s)}
	f := report.Figure{Title: "pass@k", Unit: "percent: means, thin every seed", Across: "k", Log2: true}
	table := report.Table{Head: []string{"variant"}}
	for _, name := range r.inPairs(s) {
		means, thin := r.passCurve(name, s.Benchmark)
		series := report.Series{Name: name, Line: true}
		row := []string{name}
		for i, m := range means {
			k := 1 << i
			text := format(experiment.MetricPass, m.Value, false)
			point := report.FigurePoint{X: float64(k), Y: 100 * m.Value}
			if m.Half > 0 {
				text += " ± " + format(experiment.MetricPass, m.Half, false)
				point.Low, point.High = 100*max(0, m.Low()), 100*min(1, m.High())
			}
			point.Title = fmt.Sprintf("%s, pass@%d: %s over %d seed%s", name, k, text, m.N, plural(m.N))
			series.Points, row = append(series.Points, point), append(row, text)
			if head := fmt.Sprintf("pass@%d", k); len(table.Head) == i+1 {
				table.Head = append(table.Head, head)
			}
		}
		if len(thin) > 1 {
			series.Thin = thin
		}
		f.Series, table.Rows = append(f.Series, series), append(table.Rows, row)
	}
	made.Figures, made.Tables = []report.Figure{f}, []report.Table{table}
	solved := report.Table{Caption: "Problems that no sample solved before and some sample does after, and the reverse", Head: []string{"pair", "seed", "newly solved", "no longer solved", "which are newly solved"}}
	for _, pair := range s.Pairs {
		r.eachPair(pair, s.Benchmark, func(seed uint64, before, after Point) {
			c := ChangesOf(before.Verdicts, after.Verdicts, AnySolved)
			solved.Rows = append(solved.Rows, []string{pairName(pair), fmt.Sprint(seed), fmt.Sprint(len(c.Gained)), fmt.Sprint(len(c.Lost)), few(c.Gained)})
		})
	}
	if len(solved.Rows) > 0 {
		made.Tables = append(made.Tables, solved)
	}
	made.Notes = []string{"pass@k is the unbiased estimate from all samples (Chen et al. 2021). ± half of the 95 % interval by Student's t over seeds, of fewer than three over the problems. Problems are named by their place in the dataset."}
	return made
}

// inPairs are the runs that a section looks at: those of its pairs, or all variants.
func (r Results) inPairs(s experiment.Section) []string {
	var names []string
	seen := map[string]bool{}
	for _, pair := range s.Pairs {
		for _, name := range pair {
			if !seen[name] {
				names = append(names, name)
			}
			seen[name] = true
		}
	}
	if len(names) == 0 {
		for _, v := range r.Experiment.Variants {
			names = append(names, v.Name)
		}
	}
	return names
}

// passCurve are the means over seeds of pass@1, 2, 4, … as far as all seeds have it, with their intervals, and every seed's course.
func (r Results) passCurve(variant, benchmark string) (means []statistics.Mean, thin []report.Course) {
	var seeds []Point
	longest := math.MaxInt
	for _, i := range r.of(variant) {
		p, ok := r.Runs[i].last(r.benchmark(benchmark))
		if !ok {
			continue
		}
		seeds, longest = append(seeds, p), min(longest, len(p.Curve))
		course := report.Course{Name: r.Runs[i].name()}
		for at, v := range p.Curve {
			course.Points = append(course.Points, report.FigurePoint{X: float64(int(1) << at), Y: 100 * v, Title: fmt.Sprintf("%s, pass@%d: %.1f %%", r.Runs[i].name(), 1<<at, 100*v)})
		}
		thin = append(thin, course)
	}
	for at := range longest {
		if len(seeds) == 0 {
			break
		}
		var values, errs []float64
		for _, p := range seeds {
			values = append(values, p.Curve[at])
			if at < len(p.CurveSE) {
				errs = append(errs, p.CurveSE[at])
			}
		}
		m := statistics.MeanOf(values, level)
		if m.N < fewSeeds {
			m.Half = overProblems(errs)
		}
		means = append(means, m)
	}
	return means, thin
}

// eachPair calls do for the last evaluations of a pair of runs, seed by seed.
func (r Results) eachPair(pair []string, benchmark string, do func(seed uint64, before, after Point)) {
	for _, i := range r.of(pair[0]) {
		for _, j := range r.of(pair[1]) {
			b, okB := r.Runs[i].last(r.benchmark(benchmark))
			a, okA := r.Runs[j].last(r.benchmark(benchmark))
			if r.Runs[i].Seed == r.Runs[j].Seed && okA && okB && b.Verdicts != nil && a.Verdicts != nil {
				do(r.Runs[i].Seed, b, a)
			}
		}
	}
}

// Changes are the problems that one policy solves and the other does not.
type Changes struct {
	// Problems have verdicts of both. Gained are solved after and not before, Lost the reverse.
	Problems     int
	Gained, Lost []int
}

// AnySolved counts a problem as solved where any sample is correct, MostSolved where more than half are.
func AnySolved(verdicts []reward.Verdict) bool { return correct(verdicts) > 0 }

// MostSolved is AnySolved's stricter fellow.
func MostSolved(verdicts []reward.Verdict) bool { return 2*correct(verdicts) > len(verdicts) }

func correct(verdicts []reward.Verdict) (n int) {
	for _, v := range verdicts {
		if v == reward.Correct {
			n++
		}
	}
	return n
}

// ChangesOf compares two policies problem by problem.
func ChangesOf(before, after map[int][]reward.Verdict, solved func([]reward.Verdict) bool) Changes {
	var c Changes
	for _, problem := range sortedKeys(before) {
		rows, ok := after[problem]
		if !ok {
			continue
		}
		c.Problems++
		switch was, is := solved(before[problem]), solved(rows); {
		case is && !was:
			c.Gained = append(c.Gained, problem)
		case was && !is:
			c.Lost = append(c.Lost, problem)
		}
	}
	return c
}

// flips shows which problems change between the runs of a pair.
func (r Results) flips(s experiment.Section) report.DocumentSection {
	made := report.DocumentSection{Title: r.benchmarkTitle("Problems that flip", s)}
	table := report.Table{Head: []string{"pair", "seed", "problems", "gained", "lost", "sign test", "difference in accuracy", "gained problems", "lost problems"}}
	for _, pair := range s.Pairs {
		r.eachPair(pair, s.Benchmark, func(seed uint64, before, after Point) {
			c := ChangesOf(before.Verdicts, after.Verdicts, MostSolved)
			difference := "–"
			if b, a := paired(before.Verdicts, after.Verdicts); len(b) > 0 {
				if d, err := evaluation.Compare(b, a); err == nil {
					difference = fmt.Sprintf("%+.1f ± %.1f %%", 100*d.Difference, 100*d.SE)
				}
			}
			table.Rows = append(table.Rows, []string{pairName(pair), fmt.Sprint(seed), fmt.Sprint(c.Problems), fmt.Sprint(len(c.Gained)), fmt.Sprint(len(c.Lost)),
				fmt.Sprintf("p = %.3f", statistics.SignTest(len(c.Gained), len(c.Lost))), difference, few(c.Gained), few(c.Lost)})
		})
	}
	made.Tables = []report.Table{table}
	made.Notes = []string{"A problem is solved where more than half of its samples are correct. The sign test is two-sided over the problems that flip; the difference is paired by problem, ± its standard error."}
	return made
}

// few lists problems, the first of many.
func few(problems []int) string {
	const most = 12
	text := strings.Trim(strings.ReplaceAll(fmt.Sprint(problems[:min(most, len(problems))]), " ", ", "), "[]")
	if n := len(problems) - most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}
