package analysis

import (
	"fmt"
	"slices"

	"temper/model/experiment"
	"temper/model/report"
)

// Similarity is how alike two policies represent a benchmark's prompts, layer by layer: first the embedding, last the
// output of the final norm.
type Similarity struct {
	Before    string `json:"before"`
	After     string `json:"after"`
	Seed      uint64 `json:"seed"`
	Benchmark string `json:"benchmark"`
	Prompts   int    `json:"prompts"`
	// CKA is the linear centred kernel alignment of the mean activations, Cosine the mean of their cosines.
	CKA    []float64 `json:"cka"`
	Cosine []float64 `json:"cosine"`
}

// addCourse adds a line to the series of a name, which it makes where there is none.
func addCourse(series []report.Series, name string, course report.Course) []report.Series {
	at := slices.IndexFunc(series, func(s report.Series) bool { return s.Name == name })
	if at < 0 {
		return append(series, report.Series{Name: name, Thin: []report.Course{course}})
	}
	series[at].Thin = append(series[at].Thin, course)
	return series
}

// similarity shows the similarities of a section's pairs by layer.
func (r Results) similarity(s experiment.Section) report.DocumentSection {
	made := report.DocumentSection{Title: r.benchmarkTitle("Activations by layer", s)}
	figures := []report.Figure{{Title: "Linear CKA", Unit: "of mean activations", Across: "layer"}, {Title: "Mean cosine", Unit: "of mean activations", Across: "layer"}}
	table := report.Table{Head: []string{"pair", "seed", "prompts", "layer of the least CKA", "least CKA", "least cosine"}}
	for _, found := range r.Similarities {
		pair := []string{found.Before, found.After}
		if found.Benchmark != r.benchmark(s.Benchmark) || !slices.ContainsFunc(s.Pairs, func(p []string) bool { return slices.Equal(p, pair) }) || len(found.CKA) == 0 {
			continue
		}
		name := fmt.Sprintf("%s, seed %d", pairName(pair), found.Seed)
		for i, values := range [][]float64{found.CKA, found.Cosine} {
			course := report.Course{Name: name}
			for layer, v := range values {
				course.Points = append(course.Points, report.FigurePoint{X: float64(layer), Y: v, Title: fmt.Sprintf("%s, layer %d: %.4f", name, layer, v)})
			}
			figures[i].Series = addCourse(figures[i].Series, pairName(pair), course)
		}
		least := slices.Index(found.CKA, slices.Min(found.CKA))
		table.Rows = append(table.Rows, []string{pairName(pair), fmt.Sprint(found.Seed), fmt.Sprint(found.Prompts), fmt.Sprint(least), fmt.Sprintf("%.4f", found.CKA[least]), fmt.Sprintf("%.4f", slices.Min(found.Cosine))})
	}
	made.Tables, made.Figures = []report.Table{table}, figures
	made.Notes = []string{"A line for each seed. The residual stream before each layer, last after the final norm, as its mean over a prompt's tokens. Linear CKA by Kornblith et al. 2019: 1 where the two differ by a rotation and a scale alone."}
	return made
}
