package analysis

import (
	"fmt"
	"math"
	"strings"

	"temper/model/experiment"
	"temper/model/report"
)

// Document is the experiment's page: what the paper found and what these runs show of it, every
// run, and the experiment's sections.
func (r Results) Document() report.Document {
	e := r.Experiment
	d := report.Document{Kicker: "Experiment", Title: e.Title, Lead: []string{fmt.Sprintf("Experiment %s on recipe %s: %d variants, seeds %s.", e.Name, e.Recipe, len(e.Variants), seedsText(e.Seeds))}}
	if e.Base != nil && e.Base.Parent != nil {
		d.Lead = append(d.Lead, fmt.Sprintf("Runs begin with %s; what that took is not counted.", e.Base.Parent.Text()))
	}
	if r.Stopped != "" {
		d.Lead = append(d.Lead, "The experiment was stopped: "+strings.TrimSuffix(r.Stopped, ".")+".")
	}
	if n := r.unfinished(); n > 0 {
		d.Lead = append(d.Lead, fmt.Sprintf("%d of %d runs have not completed: what follows is of the others.", n, len(r.Runs)))
	}
	if len(e.Claims) > 0 {
		found := report.DocumentSection{Title: "What the paper found, and what these runs show"}
		for _, c := range e.Claims {
			found.Remarks = append(found.Remarks, r.claimText(c))
		}
		d.Sections = append(d.Sections, found)
	}
	d.Sections = append(d.Sections, r.overview())
	for _, s := range e.Sections {
		d.Sections = append(d.Sections, r.section(s))
	}
	if runs := r.everyRun(); len(runs.Tables) > 0 {
		d.Sections = append(d.Sections, runs)
	}
	return d
}

func seedsText(seeds []uint64) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(seeds), " ", ", "), "[]")
}

// completed is the state of a run that has come to its end.
const completed = "completed"

func (r Results) unfinished() (n int) {
	for _, m := range r.Runs {
		if m.State != completed {
			n++
		}
	}
	return n
}

// overviewMetrics are the columns of the table of variants.
var overviewMetrics = []experiment.Metric{
	experiment.MetricAccuracy, experiment.MetricPass, experiment.MetricResponse, experiment.MetricReward, experiment.MetricEntropy, experiment.MetricSteps, experiment.MetricFLOPs,
}

// overview has the mean of each variant with its interval, and every seed.
func (r Results) overview() report.DocumentSection {
	table := report.Table{Head: []string{"variant"}}
	for _, metric := range overviewMetrics {
		table.Head = append(table.Head, string(metric))
	}
	table.Head = append(table.Head, string(experiment.MetricAccuracy)+" of each seed")
	for _, name := range r.compared() {
		row := []string{name}
		for _, metric := range overviewMetrics {
			row = append(row, r.meanText(name, metric, ""))
		}
		var each []string
		values, seeds := r.values(name, experiment.MetricAccuracy, "")
		for i, value := range values {
			each = append(each, fmt.Sprintf("%d: %s", seeds[i], format(experiment.MetricAccuracy, value, false)))
		}
		table.Rows = append(table.Rows, append(row, strings.Join(each, ", ")))
	}
	return report.DocumentSection{Title: "Variants on " + r.Experiment.Benchmark, Tables: []report.Table{table}, Notes: []string{
		fmt.Sprintf("Means over seeds ± half of the %.0f %% interval by Student's t. Fewer than three seeds give none: that of accuracy is then over the problems of the benchmark, for these very models. accuracy is avg@k and pass is pass@k after the last stage, response the mean tokens of its responses. ", 100*level) +
			"reward and entropy are means over the last five policy steps. steps and flops are those of the run and of all that it began with: operations of curation, teachers, training and rollouts, evaluations left out.",
	}}
}

// compared are the runs that are compared: those shared ones that a claim or a section names, and all variants.
func (r Results) compared() (names []string) {
	named := map[string]bool{}
	for _, c := range r.Experiment.Claims {
		named[c.More], named[c.Less] = true, true
	}
	for _, s := range r.Experiment.Sections {
		for _, pair := range s.Pairs {
			for _, name := range pair {
				named[name] = true
			}
		}
	}
	for _, shared := range r.Experiment.Shared {
		if named[shared.Name] {
			names = append(names, shared.Name)
		}
	}
	for _, v := range r.Experiment.Variants {
		names = append(names, v.Name)
	}
	return names
}

// runMetrics are what the table of runs has of each: every seed's figures.
var runMetrics = []experiment.Metric{
	experiment.MetricAccuracy, experiment.MetricPass, experiment.MetricResponse, experiment.MetricReward, experiment.MetricEntropy, experiment.MetricLength, experiment.MetricSteps,
}

// everyRun lists all runs, with what those that have not completed lack.
func (r Results) everyRun() report.DocumentSection {
	s := report.DocumentSection{Title: "Runs"}
	table := report.Table{Head: []string{"run", "variant", "seed", "state", "begins with", "temperature of its stages", "own operations"}}
	for _, metric := range runMetrics {
		table.Head = append(table.Head, string(metric))
	}
	for i, m := range r.Runs {
		parent, state := "", m.State
		if m.Needs >= 0 {
			parent = r.Runs[m.Needs].Run.Name
		}
		if m.Why != "" {
			s.Remarks = append(s.Remarks, fmt.Sprintf("%s is %s: %s", m.Run.Name, m.State, m.Why))
		}
		var temperatures []string
		for _, stage := range m.Stages {
			temperatures = append(temperatures, fmt.Sprintf("%s %.2f", stage.Name, stage.Temperature))
		}
		row := []string{m.Run.Name, m.Variant, fmt.Sprint(m.Seed), state, parent, strings.Join(temperatures, ", "), format(experiment.MetricFLOPs, m.FLOPs, false)}
		for _, metric := range runMetrics {
			value, ok := r.value(i, metric, "")
			if !ok {
				value = math.NaN()
			}
			row = append(row, format(metric, value, false))
		}
		table.Rows = append(table.Rows, row)
	}
	s.Tables = []report.Table{table}
	return s
}
