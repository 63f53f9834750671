package jinja

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// parseFloat is Python's float() of a string.
func parseFloat(s string) (float64, bool) {
	s = strip(s, nil, true, true)
	if strings.ContainsAny(s, "xX_pP") { // hexadecimal floats and such, which only Go knows
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil || math.IsInf(f, 0)
}

// parseInteger is Python's int() of a string.
func parseInteger(s string, base int) (any, bool) {
	s = strip(s, nil, true, true)
	if len(s) > 4300 || base == 1 || base < 0 || base > 36 || strings.Contains(s, "_") {
		return nil, false
	}
	digits, negative := strings.CutPrefix(s, "-")
	if !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	if prefix := map[int]string{2: "0b", 8: "0o", 16: "0x"}[base]; prefix != "" {
		digits = strings.TrimPrefix(strings.ToLower(digits), prefix)
	}
	if digits == "" || digits[0] == '-' || digits[0] == '+' {
		return nil, false
	}
	n, ok := new(big.Int).SetString(digits, base)
	if !ok {
		return nil, false
	}
	if negative {
		n.Neg(n)
	}
	return integer(n), true
}

// roundEven rounds the exact value of f to a number of decimals, halves to even.
func roundEven(f float64, precision int) float64 {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return f
	}
	if precision >= 0 {
		rounded, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', precision, 64), 64)
		return rounded
	}
	factor := math.Pow(10, float64(-precision))
	return math.RoundToEven(f/factor) * factor
}
