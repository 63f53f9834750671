package report

import (
	"fmt"
	"math"
	"slices"
)

// span of a stage on the axis of the whole run: its updates are first+1 to last.
type stageSpan struct {
	Name        string
	first, last int
}

// spans are the stages that have updates, one after the other; the axis counts all updates of the run.
func (r Run) spans() []stageSpan {
	var spans []stageSpan
	done := 0
	for _, s := range r.Stages {
		if n := s.lastStep(); n > 0 {
			spans = append(spans, stageSpan{s.Name, done, done + n})
			done += n
		}
	}
	return spans
}

// over joins a curve of each stage on the axis of the whole run.
func (r Run) over(curve func(Stage) Curve) Curve {
	var all Curve
	done := 0
	for _, s := range r.Stages {
		for _, p := range curve(s) {
			all = append(all, Point{done + p.Step, p.Number})
		}
		done += s.lastStep()
	}
	return all
}

// The size of a chart of the whole run in user units.
const (
	wholeWidth  = 530.0
	wholeHeight = 130.0
)

// wholeCharts are the figures of the whole run over its updates, with a mark where a stage begins. What was
// never measured, or is 0 throughout, has none. A run of a single stage has them in that stage alone.
func wholeCharts(r Run) []chart {
	spans := r.spans()
	if len(spans) < 2 {
		return nil
	}
	var charts []chart
	for _, p := range []plot{
		{title: "Loss", unit: "nats per target token, supervised", curve: r.over(func(s Stage) Curve { return s.Loss }), format: thousandth, tick: axis},
		{title: "Reward", unit: "mean", curve: r.over(func(s Stage) Curve { return s.Reward }), top: 1, format: hundredth, tick: hundredth},
		{title: "Temperature-adjusted entropy", unit: "nats", curve: r.over(func(s Stage) Curve { return s.Entropy }), format: hundredth, tick: hundredth},
		{title: "Sampling temperature", unit: "of the policy steps", curve: r.over(func(s Stage) Curve { return s.Temperatures }), format: hundredth, tick: hundredth},
		{title: "Response length", unit: "tokens", curve: r.over(func(s Stage) Curve { return s.ResponseLength }), format: tenth, tick: axis},
		{title: "Truncation", unit: "%", curve: r.over(func(s Stage) Curve { return s.Truncation }).percent(), top: 100, format: tenth, tick: whole},
		{title: "Groups that teach", unit: "% with right and wrong rollouts", curve: r.over(func(s Stage) Curve { return s.ZeroVariance }).percent().complement(), top: 100, format: tenth, tick: whole},
		{title: "Left out by overlong filtering", unit: "% of the rollouts", curve: r.over(func(s Stage) Curve { return s.Filtered }).percent(), top: 100, format: tenth, tick: whole},
		{title: "Gradient norm", unit: "before clipping", curve: r.over(func(s Stage) Curve { return s.GradNorm }), format: thousandth, tick: axis},
		{title: "Learning rate", unit: "", curve: r.over(func(s Stage) Curve { return s.LearningRate }), format: axis, tick: axis},
	} {
		if p.curve.top() == 0 {
			continue
		}
		if p.top == 0 {
			p.top = niceTop(p.curve.top())
		}
		p.width, p.height = wholeWidth, wholeHeight
		c := p.draw()
		c.breaks(spans)
		charts = append(charts, c)
	}
	return charts
}

// breaks marks where the stages begin, numbered as in the list below the charts.
func (c *chart) breaks(spans []stageSpan) {
	x := scale{float64(c.from), float64(c.to), c.Left, c.Right}
	for i, s := range spans {
		if s.last > c.from && s.first < c.to {
			c.Breaks = append(c.Breaks, tick{At: math.Max(x.at(float64(s.first)), c.Left), Text: fmt.Sprint(i + 1)})
		}
	}
}

// percent is the curve times 100.
func (c Curve) percent() Curve {
	return c.each(func(v float64) float64 { return 100 * v })
}

// complement is 100 minus the curve.
func (c Curve) complement() Curve {
	return c.each(func(v float64) float64 { return 100 - v })
}

func (c Curve) each(f func(float64) float64) Curve {
	all := slices.Clone(c)
	for i := range all {
		all[i].Value = f(all[i].Value)
	}
	return all
}

// thin leaves of a long curve what can be seen of it: the ends and the extremes of n equal parts.
func (c Curve) thin(n int) Curve {
	if len(c) <= 4*n {
		return c
	}
	var all Curve
	for part := range n {
		points := c[part*len(c)/n : (part+1)*len(c)/n]
		low, high := 0, 0
		for i, p := range points {
			if p.Value < points[low].Value {
				low = i
			}
			if p.Value > points[high].Value {
				high = i
			}
		}
		keep := []int{0, low, high, len(points) - 1}
		slices.Sort(keep)
		for _, i := range slices.Compact(keep) {
			all = append(all, points[i])
		}
	}
	return all
}
