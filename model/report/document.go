package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"temper/model/compute"
)

// Document is a page that is of no single run: paragraphs, tables and figures in the style of reports.
type Document struct {
	Kicker, Title string
	Lead          []string
	Sections      []DocumentSection
}

// DocumentSection is a part of a document. What it has none of is left out.
type DocumentSection struct {
	Title   string
	Text    []string
	Remarks []string
	Tables  []Table
	Figures []Figure
	Notes   []string
}

// Table has a head and rows; the first column names the row.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
	// Links are where the first cells of the rows lead, one for each row; empty where they lead nowhere.
	Links []string
}

// Figure shows series of points over a common axis.
type Figure struct {
	Title, Unit string
	// Across names the horizontal axis; Log2 makes it logarithmic.
	Across string
	Log2   bool
	Series []Series
}

// Series is a list of points in the order of X. Line joins them. Thin are courses in the same colour, those that Points are the
// mean of, or of several seeds.
type Series struct {
	Name   string
	Line   bool
	Points []FigurePoint
	Thin   []Course
}

// Course is a line in the order of X.
type Course struct {
	Name   string
	Points []FigurePoint
}

// FigurePoint is a point with an interval, where Low < High, and what is shown when the pointer rests on it.
type FigurePoint struct {
	X, Y, Low, High float64
	Title           string
	// Single says that the point is one of those that another is the mean of.
	Single bool
}

//go:embed document.html
var documentText string

var documentPage = template.Must(template.New("document").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(styleText) }, // our own file
	"draw":  Figure.draw,
	"class": func(i int) string { return fmt.Sprint("s", i%seriesClasses) },
}).Parse(documentText))

// seriesClasses is how many colours style.css has for series.
const seriesClasses = 8

// RenderDocument writes the page: one HTML document with its style and figures inline.
func RenderDocument(d Document) ([]byte, error) {
	var out bytes.Buffer
	if err := documentPage.Execute(&out, d); err != nil {
		return nil, fmt.Errorf("render %s: %w", d.Title, err)
	}
	return out.Bytes(), nil
}

// The size of a figure in user units.
const (
	figureWidth  = 420.0
	figureHeight = 220.0
)

// drawn is a figure's places in its SVG.
type drawn struct {
	Chart  chart
	Across string
	Series []drawnSeries
}

type drawnSeries struct {
	Name, Path string
	Whiskers   []whisker
	Marks      []mark
	Thin       []drawnCourse
}

type drawnCourse struct {
	Name, Path string
	Marks      []mark
}

// thinMarks is how many points of a thin line are drawn as such; a longer one is a line alone.
const thinMarks = 12

// draw places the figure's points.
func (f Figure) draw() drawn {
	at := func(x float64) float64 {
		if f.Log2 {
			return math.Log2(x)
		}
		return x
	}
	left, right, bottom, top := f.bounds(at)
	bottom, top, step := roundAxis(bottom, top)
	c := chart{Title: f.Title, Unit: f.Unit, Width: figureWidth, Height: figureHeight, Left: 44, Right: figureWidth - 14, Top: 12, Bottom: figureHeight - 38}
	d := drawn{Chart: c, Across: f.Across}
	if left > right {
		d.Chart.Empty = true
		return d
	}
	x, y := scale{left, right, c.Left + 8, c.Right - 8}, scale{bottom, top, c.Bottom, c.Top}
	for i := range stepsUp + 1 {
		if v := bottom + float64(i)*step; v < top+step/2 {
			d.Chart.Up = append(d.Chart.Up, tick{At: y.at(v), Text: roundTick(v, step)})
		}
	}
	d.Chart.Across = f.ticks(at, x)
	for _, s := range f.Series {
		one := drawnSeries{Name: s.Name}
		var path path
		for _, p := range s.Points {
			px, py := x.at(at(p.X)), y.at(p.Y)
			if s.Line && !p.Single {
				path.to(px, py)
			}
			if p.Low < p.High {
				one.Whiskers = append(one.Whiskers, whisker{px, y.at(max(p.Low, bottom)), y.at(min(p.High, top))})
			}
			class := "dot"
			if p.Single {
				class = "single"
			}
			one.Marks = append(one.Marks, mark{X: px, Y: py, Class: class, Title: p.Title})
		}
		one.Path = path.String()
		for _, course := range s.Thin {
			one.Thin = append(one.Thin, course.draw(x, y, at))
		}
		d.Series = append(d.Series, one)
	}
	return d
}

// draw places a thin line.
func (c Course) draw(x, y scale, at func(float64) float64) drawnCourse {
	d := drawnCourse{Name: c.Name}
	var path path
	for _, p := range c.Points {
		px, py := x.at(at(p.X)), y.at(p.Y)
		path.to(px, py)
		if len(c.Points) <= thinMarks {
			d.Marks = append(d.Marks, mark{X: px, Y: py, Class: "single", Title: p.Title})
		}
	}
	d.Path = path.String()
	return d
}

// all are all points of the figure.
func (f Figure) all() (points []FigurePoint) {
	for _, s := range f.Series {
		points = append(points, s.Points...)
		for _, course := range s.Thin {
			points = append(points, course.Points...)
		}
	}
	return points
}

// bounds are the ends of what the points span. left > right says that there are none.
func (f Figure) bounds(at func(float64) float64) (left, right, bottom, top float64) {
	left, right, bottom, top = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, p := range f.all() {
		left, right = min(left, at(p.X)), max(right, at(p.X))
		bottom, top = min(bottom, p.Y), max(top, p.Y)
	}
	return left, right, bottom, top
}

// stepsUp is how many steps a vertical axis has at most.
const stepsUp = 5

// roundAxis are the ends of an axis that holds two values, and the step between its ticks, a round number. An axis of one value
// has some room on either side.
func roundAxis(bottom, top float64) (low, high, step float64) {
	if !(top > bottom) {
		room := max(math.Abs(top)*0.1, 0.01)
		bottom, top = bottom-room, top+room
		if bottom < 0 && bottom+room >= 0 {
			bottom = 0
		}
	}
	unit := math.Pow(10, math.Floor(math.Log10((top-bottom)/stepsUp)))
	for _, times := range []float64{1, 2, 2.5, 5, 10, 20} {
		step = times * unit
		low, high = math.Floor(bottom/step+1e-9)*step, math.Ceil(top/step-1e-9)*step
		if high-low <= (stepsUp+1e-9)*step {
			break
		}
	}
	return low, high, step
}

// roundTick writes a tick with as many decimals as its axis' step has.
func roundTick(v, step float64) string {
	decimals := 0
	for at := step; decimals < 9 && math.Abs(at-math.Round(at)) > 1e-6*at; at *= 10 {
		decimals++
	}
	return fixed(v, decimals)
}

// ticks are the places of the points on the horizontal axis, as many as have room.
func (f Figure) ticks(at func(float64) float64, x scale) []tick {
	var ticks []tick
	seen := map[float64]bool{}
	for _, p := range f.all() {
		seen[p.X] = true
	}
	end := math.Inf(-1) // of the text before
	for _, v := range slices.Sorted(maps.Keys(seen)) {
		text := across(v)
		half := 3.5 * float64(utf8.RuneCountInString(text)) // a character is some 6 units wide
		if px := x.at(at(v)); px-half > end {
			ticks = append(ticks, tick{At: px, Text: text})
			end = px + half + 5
		}
	}
	return ticks
}

// across writes a place on a horizontal axis: 2560, 0.25, and 1.26 T of operations.
func across(v float64) string {
	if math.Abs(v) >= 1e6 {
		return compute.Prefixed(v)
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}
