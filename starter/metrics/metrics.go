// Package metrics turns what a run has recorded into figures over its updates, for programs that
// draw or collect them.
package metrics

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"temper/model/artifact"
)

// Point is what was measured at one place of a run. Its JSON form is a line of `starter metrics`.
type Point struct {
	Time time.Time `json:"time"`
	// Stage is a stage of the recipe and Kind what is measured: "sft" and "update" are one update of
	// the policy, "evaluation" the benchmark of that Name, all others pieces of work of that kind.
	Stage string        `json:"stage,omitempty"`
	Kind  artifact.Kind `json:"kind"`
	Name  string        `json:"name,omitempty"`
	// Step counts the stage's updates from 1, or its other work; Update those of the whole run until then.
	Step    int                `json:"step"`
	Update  int                `json:"update"`
	Metrics map[string]float64 `json:"metrics"`
}

// Run holds the records of a run that has figures. Its zero value is ready.
type Run struct {
	// Ended says that the run has written its report.
	Ended bool
	// first is when a stage began, and updates the number of its updates.
	first   map[string]time.Time
	updates map[string]int
}

// Add takes further records and returns their points, in the order in which the work ended.
func (r *Run) Add(manifests []artifact.Manifest) []Point {
	if r.first == nil {
		r.first, r.updates = map[string]time.Time{}, map[string]int{}
	}
	for _, m := range manifests {
		if m.Kind == artifact.KindReport {
			r.Ended = true
		}
		if m.Kind != artifact.KindSFT && m.Kind != artifact.KindUpdate {
			continue
		}
		if at, ok := r.first[m.Stage]; !ok || m.Work.Started.Before(at) {
			r.first[m.Stage] = m.Work.Started
		}
		r.updates[m.Stage] = max(r.updates[m.Stage], m.Step)
	}
	var points []Point
	for _, m := range manifests {
		switch {
		case m.Kind == artifact.KindReport || m.Kind == artifact.KindVerdicts || m.Kind == artifact.KindRollouts: // the update has their figures
		case m.Kind == artifact.KindSFT:
			points = append(points, r.supervised(m)...)
		case len(m.Metrics) > 0:
			points = append(points, r.point(m))
		}
	}
	slices.SortStableFunc(points, func(a, b Point) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Update, b.Update), strings.Compare(a.Name, b.Name))
	})
	return points
}

// before is the number of updates of the stages that began before one.
func (r *Run) before(stage string) (n int) {
	for other, updates := range r.updates {
		if other != stage && r.first[other].Before(r.first[stage]) {
			n += updates
		}
	}
	return n
}

// point is the figures of one record.
func (r *Run) point(m artifact.Manifest) Point {
	p := Point{Time: m.Work.Ended, Stage: m.Stage, Kind: m.Kind, Name: m.Name, Step: m.Step, Metrics: m.Metrics}
	if m.Kind == artifact.KindEvaluation {
		if stage, step, inside := artifact.ParseInside(m.Stage); inside {
			p.Stage, p.Step = stage, step
		} else {
			p.Step = r.updates[m.Stage]
		}
	}
	if p.Update = p.Step; m.Kind != artifact.KindUpdate && m.Kind != artifact.KindEvaluation {
		p.Update = 0
	}
	if _, trains := r.updates[p.Stage]; trains {
		p.Update += r.before(p.Stage)
	} else { // a stage without updates: all that were done until then
		p.Update = r.until(m.Work.Started)
	}
	return p
}

// until is the number of updates of the stages that began before a time.
func (r *Run) until(at time.Time) (n int) {
	for stage, first := range r.first {
		if first.Before(at) {
			n += r.updates[stage]
		}
	}
	return n
}

// supervised are the updates of a segment, whose record has a value of each per update. Their times
// are spread over the segment's.
func (r *Run) supervised(m artifact.Manifest) []Point {
	n := len(m.Series[artifact.MetricLoss])
	points := make([]Point, n)
	for i := range points {
		p := Point{Stage: m.Stage, Kind: m.Kind, Step: m.Step - n + i + 1, Metrics: map[string]float64{}}
		p.Update = r.before(m.Stage) + p.Step
		p.Time = m.Work.Ended.Add(-m.Work.Ended.Sub(m.Work.Started) * time.Duration(n-1-i) / time.Duration(n))
		for name, series := range m.Series {
			if len(series) == n {
				p.Metrics[name] = series[i]
			}
		}
		points[i] = p
	}
	if n > 0 { // what the record has of the whole segment, but for the means of its series
		last := points[n-1].Metrics
		for name, value := range m.Metrics {
			if _, have := last[name]; !have {
				last[name] = value
			}
		}
	}
	return points
}
