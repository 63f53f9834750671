package report

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"temper/model/recipe"
)

// chart is one small figure in user units of its SVG: 1 unit is about a pixel.
type chart struct {
	Title, Unit   string
	Width, Height float64
	// The plotting area.
	Left, Right, Top, Bottom float64
	Across, Up               []tick
	// Breaks are marks at the top where a part begins; from and to are the ends of the horizontal axis.
	Breaks    []tick
	from, to  int
	Reference *reference
	Lines     []line
	Whiskers  []whisker
	Marks     []mark
	Last      *label
	// Empty says that there is nothing to draw yet.
	Empty bool
}

type tick struct {
	At   float64
	Text string
	// Tilt turns the text, where names would run into each other.
	Tilt bool
}

// reference is a horizontal line with a name, and a band of tolerance where From < To.
type reference struct {
	At, From, To float64
	Text         string
}

type line struct{ Path, Class string }

type whisker struct{ X, From, To float64 }

// mark is a point; Title is shown when the pointer rests on it.
type mark struct {
	X, Y               float64
	Class, Title, Href string
}

type label struct {
	X, Y float64
	Text string
	Href string
}

// maxMarks bounds the points of a chart that are links of their own; a longer
// curve is drawn as a line whose records are in the appendix, by the ends and extremes of as many parts.
const maxMarks = 400

const (
	chartWidth  = 260.0
	chartHeight = 150.0
)

// scale maps a range of values to a range of positions.
type scale struct{ from, to, start, end float64 }

func (s scale) at(v float64) float64 {
	if s.to == s.from {
		return (s.start + s.end) / 2
	}
	return s.start + (v-s.from)/(s.to-s.from)*(s.end-s.start)
}

// plot is what a chart of a curve needs to know.
type plot struct {
	title, unit string
	curve       Curve
	// lastStep is the right end of the horizontal axis; 0 takes the curve's own.
	lastStep int
	// bottom and top are the ends of the vertical axis.
	bottom, top float64
	// reference is drawn where its name is not empty.
	reference     float64
	referenceName string
	// band, if it is one, is drawn behind the curve.
	band recipe.Band
	// width and height are of a chart that is not of the usual size.
	width, height float64
	// format is that of values, tick that of the axis.
	format, tick func(float64) string
}

// frame is an empty chart of the usual size with a vertical axis from bottom to top.
func frame(title, unit string, bottom, top float64, format func(float64) string) (chart, scale) {
	return framed(chartWidth, chartHeight, title, unit, bottom, top, format)
}

func framed(width, height float64, title, unit string, bottom, top float64, format func(float64) string) (chart, scale) {
	c := chart{Title: title, Unit: unit, Width: width, Height: height, Left: 34, Right: width - 38, Top: 12, Bottom: height - 24}
	y := scale{bottom, top, c.Bottom, c.Top}
	for _, v := range []float64{bottom, (bottom + top) / 2, top} {
		c.Up = append(c.Up, tick{At: y.at(v), Text: format(v)})
	}
	return c, y
}

func (p plot) draw() chart {
	c, y := framed(cmp.Or(p.width, chartWidth), cmp.Or(p.height, chartHeight), p.title, p.unit, p.bottom, p.top, p.tick)
	if len(p.curve) == 0 {
		c.Empty = true
		return c
	}
	first, last := p.curve[0].Step, max(p.curve[len(p.curve)-1].Step, p.lastStep)
	c.from, c.to = first, last
	x := scale{float64(first), float64(last), c.Left, c.Right}
	c.Across = []tick{{At: x.at(float64(first)), Text: fmt.Sprint(first)}}
	if last != first {
		c.Across = append(c.Across, tick{At: x.at(float64(last)), Text: fmt.Sprint(last)})
	}
	if p.referenceName != "" {
		c.Reference = &reference{At: y.at(p.reference), Text: p.referenceName}
		if p.band.On() {
			c.Reference.From, c.Reference.To = y.at(p.band.High), y.at(p.band.Low)
		}
	}
	var path path
	for _, point := range p.curve.thin(maxMarks) {
		px, py := x.at(float64(point.Step)), y.at(point.Value)
		path.to(px, py)
		if len(p.curve) <= maxMarks {
			title := fmt.Sprintf("step %d: %s", point.Step, p.format(point.Value))
			c.Marks = append(c.Marks, mark{px, py, "hit", title, "#" + point.Source})
		}
	}
	c.Lines = []line{{path.String(), "data"}}
	end := p.curve[len(p.curve)-1]
	c.Last = &label{x.at(float64(end.Step)), y.at(end.Value), p.format(end.Value), "#" + end.Source}
	return c
}

// accuracyChart shows avg@k and pass@k of one benchmark over the stages, and of what the run began with.
func accuracyChart(run Run, row AccuracyRow) chart {
	c, y := frame(row.Benchmark, "%", 0, 100, whole)
	var names []string
	var cells []Evaluation
	if row.Before.Avg.Known() {
		names, cells = []string{"base"}, []Evaluation{row.Before}
	}
	for _, i := range run.Columns() {
		names, cells = append(names, run.Stages[i].Name), append(cells, row.Cells[i])
	}
	tilt := len(names) > 3
	if tilt {
		c.Height += 36 // room for turned names
	}
	x := scale{0, float64(max(len(names)-1, 1)), c.Left + 12, c.Right}
	c.Empty = true
	var avg, pass path
	for i, e := range cells {
		px := x.at(float64(i))
		c.Across = append(c.Across, tick{At: px, Text: shorten(names[i], 13), Tilt: tilt})
		if e.Pass.Known() {
			py := y.at(100 * e.Pass.Value)
			pass.to(px, py)
			c.Marks = append(c.Marks, mark{px, py, "open", "pass: " + tenth(100*e.Pass.Value) + " %", "#" + e.Pass.Source})
		}
		if e.Avg.Known() {
			c.Empty = false
			value := 100 * e.Avg.Value
			low, high := e.interval()
			avg.to(px, y.at(value))
			c.Whiskers = append(c.Whiskers, whisker{px, y.at(low), y.at(high)})
			c.Marks = append(c.Marks, mark{px, y.at(value), "dot", "avg: " + e.AvgText().Text + " %", "#" + e.Avg.Source})
			c.Last = &label{px, y.at(value), tenth(value), "#" + e.Avg.Source}
		}
	}
	c.Lines = []line{{pass.String(), "faint"}, {avg.String(), "data"}}
	return c
}

// searchChart shows entropy over temperature, with the target and its tolerance.
func searchChart(s Search) chart {
	top := s.Target + s.Tolerance
	low, high := math.Inf(1), math.Inf(-1)
	for _, m := range s.Measurements {
		top = max(top, m.Entropy.Value+m.EntropySE.Value)
		low, high = min(low, m.Temperature.Value), max(high, m.Temperature.Value)
	}
	c, y := frame("Entropy over temperature", "nats", 0, niceTop(top), hundredth)
	if len(s.Measurements) == 0 {
		c.Empty = true
		return c
	}
	x := scale{low, high, c.Left + 6, c.Right - 4}
	c.Across = []tick{{At: x.at(low), Text: hundredth(low)}}
	if high > low {
		c.Across = append(c.Across, tick{At: x.at(high), Text: hundredth(high)})
	}
	c.Reference = &reference{At: y.at(s.Target), From: y.at(s.Target + s.Tolerance), To: y.at(max(s.Target-s.Tolerance, 0)), Text: "target " + number(s.Target)}
	for _, m := range s.Measurements {
		if !m.Entropy.Known() {
			continue
		}
		class := "open"
		if m.Chosen {
			class = "dot"
		}
		title := fmt.Sprintf("temperature %s: %s nats", hundredth(m.Temperature.Value), thousandth(m.Entropy.Value))
		if se := m.EntropySE; se.Known() {
			title += " ± " + thousandth(se.Value)
			c.Whiskers = append(c.Whiskers, whisker{x.at(m.Temperature.Value), y.at(max(m.Entropy.Value-se.Value, 0)), y.at(m.Entropy.Value + se.Value)})
		}
		c.Marks = append(c.Marks, mark{x.at(m.Temperature.Value), y.at(m.Entropy.Value), class, title, "#" + m.Entropy.Source})
	}
	if s.Interpolated {
		title := fmt.Sprintf("temperature %s, interpolated: %s nats", thousandth(s.Chosen.Value), thousandth(s.Entropy.Value))
		c.Marks = append(c.Marks, mark{x.at(s.Chosen.Value), y.at(s.Entropy.Value), "dot", title, "#" + s.Chosen.Source})
	}
	return c
}

// path builds the "d" of an SVG path.
type path struct{ strings.Builder }

func (p *path) to(x, y float64) {
	command := "L"
	if p.Len() == 0 {
		command = "M"
	}
	fmt.Fprintf(p, "%s%.1f %.1f", command, x, y)
}

// niceTop is the smallest 1, 1.5, 2, 3, 4, 5, 6 or 8 times a power of ten that is not below v.
func niceTop(v float64) float64 {
	if !(v > 0) || math.IsInf(v, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{1, 1.5, 2, 3, 4, 5, 6, 8} {
		if f*power >= v*(1-1e-9) {
			return f * power
		}
	}
	return 10 * power
}

// shorten cuts a name to n characters.
func shorten(name string, n int) string {
	if r := []rune(name); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return name
}
