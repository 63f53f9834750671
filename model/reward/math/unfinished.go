package math

import (
	"strings"

	"temper/model/library/latex"
)

// unfinished says whether an answer to a gold number is a sum, difference or product of
// plain numbers: often the problem's own expression, which took no work.
func (p *pair) unfinished(answer string) bool {
	if !strings.ContainsAny(strings.TrimLeft(answer, "-"), `+-*(·×−\`) {
		return false
	}
	a, okA := latex.Parse(p.budget, answer, latex.Options{})
	g, okG := latex.Parse(p.budget, reference(p.budget, p.gold), latex.Options{})
	if !okA || !okG || unsigned(withoutUnit(g)).Kind != latex.Number {
		return false
	}
	a = withoutUnit(a)
	plain := a.Walk(func(n *latex.Node) bool {
		return n.Kind == latex.Number || n.Kind == latex.Negative || n.Kind == latex.Sum || n.Kind == latex.Product || n.Kind == latex.Quotient || n.Kind == latex.Quantity
	})
	return plain && a.Has(latex.Sum, latex.Product)
}
