package math

import (
	"regexp"

	"temper/model/library/latex"
)

var (
	zeroFirst = regexp.MustCompile(`,\s*0\d`)
	eGlued    = regexp.MustCompile(`\de[-+]\d`)
)

// otherReadings compares again with notation read otherwise that stands for two things: commas
// between all digits as ends of elements, and the e of 2e-1 as the constant.
func (c *comparison) otherReadings(answer, gold string, a, g *latex.Node) bool {
	if grouped(a) != grouped(g) && (manyParts(a) || manyParts(g)) && c.sameLists(answer, gold) {
		return true
	}
	glued := [2]bool{eGlued.MatchString(answer), eGlued.MatchString(gold)}
	for _, r := range [...][2]bool{{true, false}, {false, true}, {true, true}} {
		if r[0] && !glued[0] || r[1] && !glued[1] {
			continue
		}
		a, okA := latex.Parse(c.budget, answer, latex.Options{Euler: r[0]})
		g, okG := latex.Parse(c.budget, gold, latex.Options{Euler: r[1]})
		if okA && okG && c.same(a, g) {
			return true
		}
	}
	return false
}

// grouped says whether a number with commas between thousands is in an answer.
func grouped(n *latex.Node) bool { return !n.Walk(func(m *latex.Node) bool { return !m.Grouped }) }

// manyParts says whether an answer has several parts.
func manyParts(n *latex.Node) bool {
	return n.Kind == latex.List || (n.Kind == latex.Set || n.Kind == latex.Tuple) && len(n.Args) > 1
}

// sameLists compares again with commas between all digits read as ends of elements.
// 00 and 000 are not elements.
func (c *comparison) sameLists(answer, gold string) bool {
	if zeroFirst.MatchString(answer) || zeroFirst.MatchString(gold) {
		return false
	}
	a, okA := latex.Parse(c.budget, answer, latex.Options{Lists: true})
	g, okG := latex.Parse(c.budget, gold, latex.Options{Lists: true})
	return okA && okG && c.same(a, g)
}
