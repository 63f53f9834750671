package math

import (
	"math/big"
	"regexp"
	"strings"
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
