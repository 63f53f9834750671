package compute

import (
	"fmt"
	"math"
	"strconv"
)

// Prefixed writes a large number with three digits and a decimal prefix, as in 1.23 P.
func Prefixed(v float64) string {
	prefixes := []string{"", " k", " M", " G", " T", " P", " E", " Z", " Y"}
	i := 0
	for ; math.Abs(v) >= 999.5 && i < len(prefixes)-1; i++ {
		v /= 1000
	}
	if math.Abs(v) >= 999.5 || math.IsNaN(v) {
		return fmt.Sprintf("%.3g%s", v, prefixes[i])
	}
	digits := max(0, 2-int(math.Floor(math.Log10(max(1, math.Abs(v))))))
	if i == 0 && v == math.Trunc(v) {
		digits = 0
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + prefixes[i]
}
