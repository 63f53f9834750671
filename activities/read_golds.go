package activities

import (
	"fmt"
	"strings"

	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward/domain"
)

// mostNamed is how many problems a remark names.
const mostNamed = 10

// goldReader reads the reference answers of a dataset.
type goldReader struct {
	domain         domain.Domain
	problems       int
	texts, failing int
	named          []string // the first that fail
}

// newGoldReader is a reader for a domain; those that do not compare answers have nothing to read.
func newGoldReader(of recipe.Domain) *goldReader {
	d, err := domain.Of(of)
	if err != nil {
		return &goldReader{}
	}
	return &goldReader{domain: d}
}

// read reads the answer of one problem.
func (g *goldReader) read(p dataset.Problem) {
	if g.domain.Read == nil {
		return
	}
	g.problems++
	r := g.domain.Read(p)
	if r.AsText {
		g.texts++
	}
	if r.Fault != "" {
		if g.failing++; g.failing <= mostNamed {
			g.named = append(g.named, fmt.Sprintf("%s (%s)", p.ID, r.Fault))
		}
	}
}

// record says how many answers are compared as texts only, and remarks on those that no
// response can meet.
func (g *goldReader) record(m *artifact.Manifest) {
	if g.problems == 0 {
		return
	}
	m.Metrics[artifact.MetricGoldsAsText] = float64(g.texts) / float64(g.problems)
	m.Metrics[artifact.MetricGoldsFailing] = float64(g.failing)
	if g.failing > 0 {
		more := ""
		if n := g.failing - mostNamed; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		m.Remarks = append(m.Remarks, fmt.Sprintf("%d of %d reference answers are not correct against themselves, so that no response is rewarded: %s%s",
			g.failing, g.problems, strings.Join(g.named, ", "), more))
	}
}
