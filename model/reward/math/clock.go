package math

import (
	"math/big"

	"temper/model/library/latex"
)

// sameTime compares two values of which at least one is a time of day: one with a.m. or p.m.,
// or a gold answer such as 6:30 that is no ratio, as it has a common factor. It decides nothing
// if none is.
func sameTime(a, g *latex.Node) (equal, decided bool) {
	x, okX := minutes(a)
	y, okY := minutes(g)
	switch p, q := half(a), half(g); {
	case p != "" && q != "":
		return okX && okY && x == y, true
	case p != "" || q != "":
		bare, time := a, x
		if p != "" {
			bare, time = g, y
		}
		if withoutUnit(bare).Kind != latex.Quotient {
			return false, false // 9 for 9 a.m.
		}
		onDial := time >= 60 && time < 13*60 && x%720 == y%720 // 9:30 for 9:30 p.m.
		return okX && okY && (x == y || onDial), true
	case okX && okY && unreduced(g):
		return x == y, true
	case (okX || okY) && hasMinutes(a) && hasMinutes(g):
		return okX && okY && x == y, true // 20:34 is not 10:17, which may be a time
	}
	return false, false
}

// half is am or pm for a time of that half of the day.
func half(n *latex.Node) string {
	if u := unitOf(n); u == "am" || u == "pm" {
		return u
	}
	return ""
}

// minutes are those since midnight of a time such as 8 a.m., 1:03 PM or 20:34.
func minutes(n *latex.Node) (int, bool) {
	hour, minute := withoutUnit(n), latex.NewNumber(new(big.Rat))
	if hour.Kind == latex.Quotient && hour.Name == ":" {
		hour, minute = hour.Args[0], hour.Args[1]
	}
	h, okH := upTo(hour, 24)
	m, okM := upTo(minute, 59)
	switch half(n) {
	case "am":
		return h%12*60 + m, okH && okM && h > 0 && h <= 12
	case "pm":
		return (h%12+12)*60 + m, okH && okM && h > 0 && h <= 12
	}
	return h*60 + m, okH && okM
}

func upTo(n *latex.Node, most int64) (int, bool) {
	if n.Kind != latex.Number || !n.Num.IsInt() || n.Decimals >= 0 || n.Num.Sign() < 0 || n.Num.Cmp(big.NewRat(most, 1)) > 0 {
		return 0, false
	}
	return int(n.Num.Num().Int64()), true
}

// unreduced says whether a ratio has a common factor and two digits for minutes: ratios are
// reduced, times are not.
func unreduced(n *latex.Node) bool {
	return hasMinutes(n) && new(big.Int).GCD(nil, nil, n.Args[0].Num.Num(), n.Args[1].Num.Num()).Cmp(big.NewInt(1)) > 0
}

// hasMinutes says whether a ratio has two digits for minutes.
func hasMinutes(n *latex.Node) bool {
	return n.Kind == latex.Quotient && n.Name == ":" && n.Args[1].Kind == latex.Number && n.Args[1].Num.Cmp(big.NewRat(10, 1)) >= 0
}
