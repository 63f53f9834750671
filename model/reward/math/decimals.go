package math

import (
	"math/big"
	"regexp"
	"strings"

	"temper/model/library/latex"
)

var (
	digitsComma = regexp.MustCompile(`^-?\d+,\d+$`)
	thousands   = regexp.MustCompile(`^-?[1-9]\d{0,2},\d{3}$`)
	point10     = regexp.MustCompile(`^-?\d+\.\d+$`)

	commaDecimal = regexp.MustCompile(`^-?\d+,\d{1,2}$`)
	spaced       = regexp.MustCompile(`^-?\d{1,3}(?:[\s\x{202f}\x{a0}]\d{3})+(?:,\d+)?$`)
	continental  = regexp.MustCompile(`^-?\d{1,3}(?:\.\d{3})+,\d+$`)
)

// decimalComma says whether an answer like 2,74, 1.002,74 or 1 002,74 is the gold answer
// 2.74 or 1002.74. A gold answer like 0,111 can only be a decimal.
func decimalComma(a, g string) bool {
	if !strings.Contains(a, ",") && !strings.Contains(g, ",") {
		return false
	}
	a, g = strings.TrimSpace(strings.Trim(a, "$ ")), strings.TrimSpace(strings.Trim(g, "$ "))
	if digitsComma.MatchString(g) && strings.HasPrefix(strings.TrimPrefix(g, "-"), "0,") && len(g) > 4 {
		g = strings.Replace(g, ",", ".", 1)
	}
	if continental.MatchString(a) || spaced.MatchString(a) {
		a = plainNumber(a)
	}
	if digitsComma.MatchString(a) && !thousands.MatchString(a) && point10.MatchString(g) {
		a = strings.Replace(a, ",", ".", 1)
	}
	if !point10.MatchString(a) || !point10.MatchString(g) {
		return false
	}
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(g)
	return okX && okY && x.Cmp(y) == 0
}

// scientific is the decimal that 2.5 × 10^{-3} is; all else stays.
func (c *comparison) scientific(n *latex.Node) *latex.Node {
	if n.Kind != latex.Product || len(n.Args) != 2 || n.Args[0].Kind != latex.Number || n.Args[0].Decimals < 0 || n.Args[1].Kind != latex.Power {
		return n
	}
	base, exponent := n.Args[1].Args[0], c.exact(n.Args[1].Args[1])
	if base.Kind != latex.Number || base.Num.Cmp(big.NewRat(10, 1)) != 0 || exponent == nil || !exponent.IsInt() || !exponent.Num().IsInt64() {
		return n
	}
	k := exponent.Num().Int64()
	value := c.exact(n)
	if value == nil || k > 0 || k < -maxScientific {
		return n
	}
	m := latex.NewNumber(value)
	m.Decimals = n.Args[0].Decimals - int(k)
	return m
}

// maxScientific bounds the decimals of a number in scientific notation.
const maxScientific = 300

// plainNumber reads a comma in a text's number as a point if no thousands can follow it, as
// in 2,74 and in 1.234,5.
func plainNumber(s string) string {
	s = strings.ReplaceAll(s, "−", "-")
	if spaced.MatchString(s) {
		s = strings.Join(strings.Fields(s), "")
	}
	if continental.MatchString(s) {
		return strings.Replace(strings.ReplaceAll(s, ".", ""), ",", ".", 1)
	}
	if commaDecimal.MatchString(s) {
		return strings.Replace(s, ",", ".", 1)
	}
	return s
}
