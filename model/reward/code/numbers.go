package code

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// Tolerances where the tests name none: of returned values, which carry all digits, and
// of printed ones.
const (
	valueTolerance  = 1e-9
	outputTolerance = 1e-6
)

// tolerance bounds the difference of two numbers: see equalNumbers.
func (t Tests) tolerance() float64 {
	switch {
	case t.Tolerance > 0:
		return t.Tolerance
	case t.Type == Stdin:
		return outputTolerance
	}
	return valueTolerance
}

// number is a number as JSON and programs write it: no hexadecimal digits, no underscores.
var number = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)

func isNumber(s string) bool { return number.MatchString(s) }

func isInteger(s string) bool { return !strings.ContainsAny(s, ".eE") }

// equalNumbers compares two numbers. An expected integer wants that integer, of any size:
// 4.0 is 4, but 1000000006.5 is not 1000000007. So does an expected 4.0 of an integer.
// Otherwise |got-want| <= tolerance · max(1, |want|), and not more than a hundredth of want
// unless that is 0: 0.0 is no answer where 0.0000001 is expected. Where the problem itself
// gives a tolerance (lenient), it alone counts, and a floating-point number may miss an
// integer by it, but not by a share of the integer.
func equalNumbers(got, want string, tolerance float64, lenient bool) bool {
	if isInteger(got) && isInteger(want) {
		return integerText(got) == integerText(want)
	}
	x, errX := strconv.ParseFloat(got, 64)
	y, errY := strconv.ParseFloat(want, 64)
	switch {
	case errX != nil || errY != nil: // out of float64's range
		return got == want
	case isInteger(want):
		return sameInteger(x, want) || lenient && math.Abs(y) < 1<<53 && math.Abs(x-y) <= tolerance
	case isInteger(got) && y == math.Trunc(y):
		return sameInteger(y, got)
	}
	near := math.Abs(x-y) <= tolerance*max(1, math.Abs(y))
	return near && (lenient || y == 0 || math.Abs(x-y) <= math.Abs(y)/100)
}

// closeTo says whether |got-want| <= absolute + relative · |want|.
func closeTo(got, want string, absolute, relative float64) bool {
	x, errX := strconv.ParseFloat(got, 64)
	y, errY := strconv.ParseFloat(want, 64)
	if errX != nil || errY != nil {
		return got == want
	}
	return math.Abs(x-y) <= absolute+relative*math.Abs(y)
}

// sameDecimal says whether two numbers have the same value, exactly.
func sameDecimal(a, b string) bool {
	const most = 1000 // digits and exponent: a short text may stand for a value of any size
	x, y := new(big.Rat), new(big.Rat)
	if len(a) > most || len(b) > most || hugeExponent(a) || hugeExponent(b) {
		return a == b
	}
	_, okX := x.SetString(a)
	_, okY := y.SetString(b)
	return okX && okY && x.Cmp(y) == 0
}

func hugeExponent(s string) bool {
	_, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	n, err := strconv.Atoi(exponent)
	return exponent != "" && (err != nil || n > 1000 || n < -1000)
}

// integerText is an integer's one spelling.
func integerText(s string) string {
	sign := ""
	if s[0] == '-' {
		sign = "-"
	}
	digits := strings.TrimLeft(s, "+-0")
	if digits == "" {
		return "0"
	}
	return sign + digits
}

// sameInteger says whether a float is exactly an integer.
func sameInteger(f float64, integer string) bool {
	if f != math.Trunc(f) || len(integer) > 400 { // no float is as large as that
		return false
	}
	exact, _ := new(big.Float).SetFloat64(f).Int(nil)
	return exact.String() == integerText(integer)
}
