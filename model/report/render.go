package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"slices"

	"temper/model/compute"
)

//go:embed page.html
var pageText string

//go:embed chart.html
var chartText string

//go:embed style.css
var styleText string

// page parses the templates; its functions turn numbers into text.
var page = template.Must(template.Must(template.New("page").Funcs(template.FuncMap{
	"style":    func() template.CSS { return template.CSS(styleText) }, // our own file
	"text":     excerpt,
	"percent":  show(tenth, 100),
	"gain":     show(signed, 100),
	"two":      show(hundredth, 1),
	"three":    show(thousandth, 1),
	"length":   show(tenth, 1),
	"whole":    show(whole, 1),
	"seconds":  show(seconds, 1),
	"duration": show(duration, 1),
	"g":        number,
	"amount": func(v float64) string {
		if v == 0 {
			return ""
		}
		return compute.Prefixed(v)
	},
	"prefixed":        show(compute.Prefixed, 1),
	"hundredth":       hundredth,
	"fixedTenth":      tenth,
	"fixedThousandth": thousandth,
	"sharePercent":    func(share float64) string { return whole(100 * share) },
	"timestamp":       timestamp,
	"short":           func(digest string) string { return digest[:min(len(digest), 12)] },
	"lossChart":       lossChart,
	"stagePlots":      stagePlots,
	"search":          searchChart,
	"bandName":        bandName,
	"accuracy":        accuracyCharts,
	"insideCharts":    insideCharts,
	"wholeCharts":     wholeCharts,
	"stageID":         stageID,
	"measured":        AccuracyRow.measured,
}).Parse(pageText)).Parse(chartText))

// Render writes the page: one HTML document with its style and figures inline.
func Render(run Run) ([]byte, error) {
	var out bytes.Buffer
	if err := page.Execute(&out, run); err != nil {
		return nil, fmt.Errorf("render report: %w", err)
	}
	return out.Bytes(), nil
}

func lossChart(s Stage) chart {
	top := 0.0
	for _, p := range s.Loss {
		top = max(top, p.Value)
	}
	return plot{title: s.Name, unit: "nats per target token", curve: s.Loss, top: niceTop(top), format: thousandth, tick: axis}.draw()
}

// accuracyCharts are those of the benchmarks that were measured.
func accuracyCharts(run Run) []chart {
	var charts []chart
	for _, row := range run.Accuracy {
		if row.measured() {
			charts = append(charts, accuracyChart(run, row))
		}
	}
	return charts
}

// stagePlots are the curves of one RL stage. The first four's vertical axes are those
// of the whole run, so that stages can be compared.
func stagePlots(run Run, s Stage) []chart {
	var length, truncation float64
	for _, other := range run.Stages {
		length = max(length, other.ResponseLength.top())
		truncation = max(truncation, other.Truncation.top())
		if other.RL != nil {
			length = max(length, float64(other.RL.MaxResponseTokens))
		}
	}
	plots := []plot{
		{title: "Reward", unit: "mean", curve: s.Reward, top: 1, format: hundredth, tick: hundredth},
		entropyPlot(run, s),
		{title: "Response length", unit: "tokens", curve: s.ResponseLength, top: math.Ceil(niceTop(length)), format: tenth, tick: axis},
		{title: "Truncation", unit: "%", curve: s.Truncation.percent(), top: min(niceTop(max(100*truncation, 10)), 100), format: tenth, tick: whole},
	}
	if s.RL != nil {
		plots[2].reference, plots[2].referenceName = float64(s.RL.MaxResponseTokens), fmt.Sprintf("budget %d", s.RL.MaxResponseTokens)
	}
	var charts []chart
	for _, p := range slices.Concat(plots, signalPlots(s), termPlots(s)) {
		if s.RL != nil {
			p.lastStep = s.RL.Steps
		}
		charts = append(charts, p.draw())
	}
	return charts
}

// signalPlots are the curves of what the steps had to learn from.
func signalPlots(s Stage) []plot {
	return []plot{
		{title: "Zero-variance groups", unit: "%", curve: s.ZeroVariance.percent(), top: 100, format: tenth, tick: whole},
		{title: "Trained tokens", unit: "per step", curve: s.Trained, top: max(niceTop(s.Trained.top()), 1), format: whole, tick: whole},
		{title: "Gradient norm", unit: "before clipping", curve: s.GradNorm, top: max(niceTop(s.GradNorm.top()), 0.001), format: thousandth, tick: axis},
		{title: "Advantages", unit: "std over the rollouts", curve: s.Advantages, top: max(niceTop(s.Advantages.top()), 0.1), format: hundredth, tick: hundredth},
	}
}

// termPlots are the curves of those terms of the loss that the objective has.
func termPlots(s Stage) []plot {
	var plots []plot
	for _, p := range []plot{
		{title: "KL to the reference", unit: "term of the loss", curve: s.KL},
		{title: "Clipped", unit: "% of the tokens", curve: s.Clipped.percent()},
		{title: "Value loss", unit: "term of the loss", curve: s.ValueLoss},
		{title: "Likelihood", unit: "term of the loss", curve: s.Likelihood},
	} {
		bottom, top := p.curve.bottom(), p.curve.top()
		if bottom == 0 && top == 0 {
			continue
		}
		p.format, p.tick, p.top = axis, axis, niceTop(top)
		if bottom < 0 {
			p.bottom = -niceTop(-bottom)
		}
		plots = append(plots, p)
	}
	return plots
}

// top is the curve's largest value, at least 0.
func (c Curve) top() float64 {
	var top float64
	for _, p := range c {
		top = max(top, p.Value)
	}
	return top
}

// bottom is the curve's least value, at most 0.
func (c Curve) bottom() float64 {
	var bottom float64
	for _, p := range c {
		bottom = min(bottom, p.Value)
	}
	return bottom
}
