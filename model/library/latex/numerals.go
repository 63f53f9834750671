package latex

import (
	"math/big"
	"regexp"
	"strings"
)

// numerals are the numbers below a hundred that are written as one word.
var numerals = map[string]int64{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
	"thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
	"seventy": 70, "eighty": 80, "ninety": 90}

// spokenWord is a word of a number, with the blank or hyphen before it.
var spokenWord = regexp.MustCompile(`^(?:[\s~]*|-)([A-Za-z]+)`)

// spoken reads the number in words that a text begins with, and counts the bytes of it; 0 if
// it begins with none: two hundred and fifty, three sevenths, two and a half.
func spoken(s string) (r *big.Rat, size int) {
	w := spokenWords{rest: s}
	if a := w; a.take("a") {
		next, rest := a.next()
		if part := multipliers[next+"s"]; part != nil && part.Cmp(big.NewRat(1, 1)) < 0 {
			return part, len(s) - len(rest) // a third
		}
		if scales[next] || next == "hundred" {
			w = a
		}
	}
	whole, ok := w.cardinal(true)
	switch fraction := w.fraction(whole, ok); {
	case fraction != nil:
		return fraction, len(s) - len(w.rest)
	case !ok:
		return nil, 0
	}
	r = new(big.Rat).SetInt(whole)
	if w.decimals(r) {
		return r, len(s) - len(w.rest)
	}
	if f := w.andFraction(); f != nil {
		r.Add(r, f)
	}
	return r, len(s) - len(w.rest)
}

// spokenWords takes words of a number off the front of a text.
type spokenWords struct{ rest string }

// next is the first word in lower case, and the text after it. A word that a hyphen joins
// to what is no number, as one in one-to-one, is none.
func (w *spokenWords) next() (word, rest string) {
	m := spokenWord.FindStringSubmatchIndex(w.rest)
	if m == nil {
		return "", ""
	}
	return strings.ToLower(w.rest[m[2]:m[3]]), w.rest[m[1]:]
}

func (w *spokenWords) take(word string) bool {
	next, rest := w.next()
	if next != word {
		return false
	}
	w.rest = rest
	return true
}

// scales are the words that are numbers alone, too: thousand is one thousand.
var scales = set("thousand million billion trillion dozen")

// cardinal reads a whole number, with "and" in it if joined is set.
func (w *spokenWords) cardinal(joined bool) (*big.Int, bool) {
	total, group, found := new(big.Int), new(big.Int), false
	limit := int64(100) // what may still be added to the group is smaller
	for range longestNumeral {
		word, rest := w.next()
		scale := multipliers[word]
		v, small := numerals[word]
		switch {
		case small && (v < limit && (limit < 100 && v > 0 && v < 10 || limit >= 100)):
			group.Add(group, big.NewInt(v))
			limit = 0
			if v >= 20 {
				limit = 10
			}
		case word == "hundred" && (!found || limit < 100 && group.Cmp(big.NewInt(100)) < 0):
			if !found {
				group.SetInt64(1)
			}
			group.Mul(group, big.NewInt(100))
			limit = 100
		case scale != nil && (scales[word] || found && scale.IsInt() && scale.Cmp(big.NewRat(999, 1)) > 0):
			if group.Sign() == 0 {
				if found {
					return total, true
				}
				group.SetInt64(1)
			}
			total.Add(total, group.Mul(group, scale.Num()))
			group, limit = new(big.Int), 100
		case word == "and" && joined && found && limit == 100:
			after := spokenWords{rest}
			if next, _ := after.next(); numerals[next] == 0 {
				return total.Add(total, group), true
			} else if _, mixed := after.fractional(); mixed {
				return total.Add(total, group), true
			}
			w.rest = rest
			continue
		default:
			return total.Add(total, group), found
		}
		w.rest, found = rest, true
	}
	return nil, false
}

// longestNumeral bounds the words of a number.
const longestNumeral = 40

// andFraction reads the fraction below one in two and a half; nil if there is none.
func (w *spokenWords) andFraction() *big.Rat {
	after := *w
	if !after.take("and") {
		return nil
	}
	n, found := after.cardinal(false)
	if !found && (after.take("a") || after.take("an")) {
		n, found = big.NewInt(1), true
	}
	f := after.fraction(n, found)
	if f == nil || !found || f.Cmp(big.NewRat(1, 1)) >= 0 {
		return nil
	}
	*w = after
	return f
}

// decimals adds the digits after "point" to a number; false if there are none.
func (w *spokenWords) decimals(r *big.Rat) bool {
	after, place := *w, big.NewRat(1, 10)
	if !after.take("point") {
		return false
	}
	found := false
	for word, rest := after.next(); ; word, rest = after.next() {
		digit, ok := numerals[word]
		if !ok || digit > 9 {
			break
		}
		r.Add(r, new(big.Rat).Mul(big.NewRat(digit, 1), place))
		place.Quo(place, big.NewRat(10, 1))
		after.rest, found = rest, true
	}
	if found {
		*w = after
	}
	return found
}

// fractional says whether a number and a denominator come next.
func (w spokenWords) fractional() (*big.Rat, bool) {
	n, ok := w.cardinal(false)
	f := w.fraction(n, ok)
	return f, f != nil
}

// fraction reads the denominator after a numerator, as in three sevenths, or half; nil if
// there is none.
func (w *spokenWords) fraction(n *big.Int, found bool) *big.Rat {
	word, rest := w.next()
	if word == "half" && (!found || n.Cmp(big.NewInt(1)) == 0) {
		w.rest = rest
		return big.NewRat(1, 2)
	}
	if !found {
		return nil
	}
	d := multipliers[word]
	if d == nil && n.Cmp(big.NewInt(1)) == 0 && word != "second" {
		d = multipliers[word+"s"]
	}
	if d == nil || d.Cmp(big.NewRat(1, 1)) >= 0 {
		return nil
	}
	w.rest = rest
	return new(big.Rat).Mul(new(big.Rat).SetInt(n), d)
}

// spokenText is the number in words that a text begins with, and the bytes of it; 0 if it
// begins with none, or with a part of a longer word.
func spokenText(s string) (r *big.Rat, size int) {
	sign := strings.TrimLeft(s, " ~")
	lower := strings.ToLower(sign[:min(len(sign), len("negative "))])
	negative := strings.HasPrefix(lower, "minus ") || lower == "negative "
	if negative {
		sign = sign[strings.IndexByte(sign, ' ')+1:]
	}
	before := len(s) - len(sign)
	r, size = spoken(sign)
	if size == 0 || strings.HasPrefix(sign[size:], "-") || startsWithDigit(sign[size:]) || size < len(sign) && isLetter(sign[size]) {
		return nil, 0
	}
	if negative {
		r.Neg(r)
	}
	return r, before + size
}
