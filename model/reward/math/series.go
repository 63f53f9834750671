package math

import (
	"maps"
	"math/big"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// maxTerms bounds the terms of a sum that is computed.
const maxTerms = 2000

// isSeries says whether a call is \sum or \prod.
func isSeries(n *latex.Node) bool {
	return n.Kind == latex.Call && len(n.Args) == 4 && (n.Name == "sum" || n.Name == "prod")
}

// series computes a sum or product over an index.
func (c *comparison) series(n *latex.Node, p point) numeric.Number {
	from, to := c.value(n.Args[1], p), c.value(n.Args[2], p)
	low, high := int64(from.Float64()), int64(to.Float64())
	if infinity(n.Args[2]) > 0 {
		return c.endless(n, from, p)
	}
	if !numeric.Equal(from, numeric.Int(low)) && !from.Zero() || !numeric.Equal(to, numeric.Int(high)) && !to.Zero() || high-low > maxTerms {
		return numeric.Undefined
	}
	do, total := numeric.Add, numeric.Int(0)
	if n.Name == "prod" {
		do, total = numeric.Mul, numeric.Int(1)
	}
	c.budget.Spend(costValue*(len(p.values)+8), valueBytes*(len(p.values)+8))
	q := p
	q.values = make(map[string]numeric.Number, len(p.values)+1)
	maps.Copy(q.values, p.values)
	key := n.Args[0].Key()
	for k := low; k <= high && total.Defined(); k++ {
		c.budget.Spend(costArithmetic, arithmeticBytes)
		q.values[key] = numeric.Int(k)
		total = do(total, c.value(n.Args[3], q))
	}
	return total
}

// exactSeries is the same for rational terms, nil if it cannot be had.
func (c *comparison) exactSeries(n *latex.Node) *big.Rat {
	low, high := c.exact(n.Args[1]), c.exact(n.Args[2])
	if low == nil || high == nil || !low.IsInt() || !high.IsInt() || !low.Num().IsInt64() || !high.Num().IsInt64() {
		return nil
	}
	from, to := low.Num().Int64(), high.Num().Int64()
	if to-from > maxTerms || to > 1<<40 || from < -1<<40 {
		return nil
	}
	terms := latex.New(latex.Sum)
	if n.Name == "prod" {
		terms.Kind = latex.Product
	}
	key := n.Args[0].Key()
	for k := from; k <= to; k++ {
		c.budget.Spend(costRational, rationalBytes)
		terms.Args = append(terms.Args, rename(n.Args[3], key, latex.NewNumber(big.NewRat(k, 1))))
	}
	return c.exact(terms)
}
