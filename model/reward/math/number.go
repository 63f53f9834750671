package math

import (
	"math/big"
	"strconv"
	"strings"
)

const (
	// maxDigits bounds a number: longer ones are compared as text.
	maxDigits = 1000
	// maxExponent bounds k in m × 10^k.
	maxExponent = 1000
)

// rational reads nodes as one number literal: sign, then an integer, a decimal, a
// fraction of literals, a mixed number, or m × 10^k. Nothing else is computed.
func rational(nodes []node) (*big.Rat, bool) {
	if len(nodes) > 1 && (isSign(nodes[0], "-") || isSign(nodes[0], "+")) {
		r, ok := unsigned(nodes[1:])
		if ok && nodes[0].text == "-" {
			r.Neg(r)
		}
		return r, ok
	}
	return unsigned(nodes)
}

func isSign(n node, sign string) bool {
	return n.isLeaf() && (n.kind == other || n.kind == command) && n.text == sign
}

func unsigned(ns []node) (*big.Rat, bool) {
	switch len(ns) {
	case 1:
		return atom(ns[0])
	case 2: // 1\frac{1}{2}
		return mixed(ns[0], ns[1:])
	case 3:
		if isSign(ns[1], "/") {
			return quotient(ns[0], ns[2])
		}
	case 4:
		if isSign(ns[2], "/") { // 1 1/2
			return mixed(ns[0], ns[1:])
		}
		return scientific(ns)
	}
	return nil, false
}

// atom reads a decimal, a \frac of literals, or a literal in round brackets or braces.
func atom(n node) (*big.Rat, bool) {
	switch {
	case n.isLeaf() && n.kind == number:
		return decimal(n.text)
	case n.isBracket() && len(n.parts) == 1 && (n.open == "(" && n.close == ")" || n.open == "{"):
		return rational(n.parts[0])
	case !n.isBracket() && n.text == `\frac` && len(n.parts) == 2:
		a, okA := rational(n.parts[0])
		b, okB := rational(n.parts[1])
		return divide(a, b, okA && okB)
	}
	return nil, false
}

func quotient(a, b node) (*big.Rat, bool) {
	x, okX := atom(a)
	y, okY := atom(b)
	return divide(x, y, okX && okY)
}

func divide(a, b *big.Rat, ok bool) (*big.Rat, bool) {
	if !ok || b.Sign() == 0 {
		return nil, false
	}
	return a.Quo(a, b), true
}

// mixed reads a whole number and a proper fraction of whole numbers that stand together.
func mixed(whole node, fraction []node) (*big.Rat, bool) {
	w, ok := atom(whole)
	if !ok || !whole.isLeaf() || !w.IsInt() || strings.Contains(whole.text, ".") {
		return nil, false
	}
	if len(fraction) == 1 && fraction[0].text != `\frac` {
		return nil, false
	}
	f, ok := unsigned(fraction)
	if !ok || f.Sign() <= 0 || f.Cmp(big.NewRat(1, 1)) >= 0 {
		return nil, false
	}
	return w.Add(w, f), true
}

// scientific reads m * 10^k.
func scientific(ns []node) (*big.Rat, bool) {
	m, ok := atom(ns[0])
	power := ns[3]
	if !ok || !isSign(ns[1], "*") || !ns[2].isLeaf() || ns[2].kind != number || ns[2].text != "10" || power.isBracket() || power.text != "^" {
		return nil, false
	}
	k, err := strconv.Atoi(normal(power.parts[0]))
	if err != nil || k > maxExponent || k < -maxExponent {
		return nil, false
	}
	scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(k, -k))), nil))
	if k < 0 {
		scale.Inv(scale)
	}
	return m.Mul(m, scale), true
}

func decimal(s string) (*big.Rat, bool) {
	if len(s) > maxDigits {
		return nil, false
	}
	return new(big.Rat).SetString(strings.TrimSuffix(s, "."))
}
