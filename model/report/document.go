package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"math"
	"slices"
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
}

// Figure shows series of points over a common axis.
type Figure struct {
	Title, Unit string
	// Across names the horizontal axis; Log2 makes it logarithmic.
	Across string
	Log2   bool
	Series []Series
}

// Series is a list of points in the order of X. Line joins them.
type Series struct {
	Name   string
	Line   bool
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
const seriesClasses = 6

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
}

// draw places the figure's points.
func (f Figure) draw() drawn {
	at := func(x float64) float64 {
		if f.Log2 {
			return math.Log2(x)
		}
		return x
	}
	left, right, bottom, top := f.bounds(at)
	c := chart{Title: f.Title, Unit: f.Unit, Width: figureWidth, Height: figureHeight, Left: 44, Right: figureWidth - 14, Top: 12, Bottom: figureHeight - 38}
	d := drawn{Chart: c, Across: f.Across}
	if left > right {
		d.Chart.Empty = true
		return d
	}
	x, y := scale{left, right, c.Left + 8, c.Right - 8}, scale{bottom, top, c.Bottom, c.Top}
	for _, v := range []float64{bottom, (bottom + top) / 2, top} {
		d.Chart.Up = append(d.Chart.Up, tick{At: y.at(v), Text: axis(v)})
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
		d.Series = append(d.Series, one)
	}
	return d
}

// bounds are the ends of the axes: those of the points and a margin. left > right says that there are no points.
func (f Figure) bounds(at func(float64) float64) (left, right, bottom, top float64) {
	left, right, bottom, top = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, s := range f.Series {
		for _, p := range s.Points {
			left, right = min(left, at(p.X)), max(right, at(p.X))
			bottom, top = min(bottom, p.Y), max(top, p.Y)
		}
	}
	margin := (top - bottom) * 0.15
	if margin == 0 {
		margin = max(math.Abs(top)*0.1, 0.01)
	}
	if bottom >= 0 {
		return left, right, max(0, bottom-margin), top + margin
	}
	return left, right, bottom - margin, top + margin
}

// ticks are the places of the points on the horizontal axis, as many as have room.
func (f Figure) ticks(at func(float64) float64, x scale) []tick {
	var ticks []tick
	seen := map[float64]bool{}
	for _, s := range f.Series {
		for _, p := range s.Points {
			seen[p.X] = true
		}
	}
	last := math.Inf(-1)
	for _, v := range slices.Sorted(maps.Keys(seen)) {
		if px := x.at(at(v)); px-last > 30 {
			ticks = append(ticks, tick{At: px, Text: axis(v)})
			last = px
		}
	}
	return ticks
}
