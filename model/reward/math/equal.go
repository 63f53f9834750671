package math

import (
	"regexp"
	"strings"
)

// equal compares two lists of elements, one by one.
func equal(a, b [][]node) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !equalElement(a[i], b[i]) {
			return false
		}
	}
	return true
}

func equalElement(a, b []node) bool {
	a, b = bare(a), bare(b)
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	nameA, valueA := assignment(a)
	nameB, valueB := assignment(b)
	if (nameA == "") != (nameB == "") {
		a, b = valueA, valueB // x = 5 and 5
	} else if nameA != "" {
		return nameA == nameB && equalElement(valueA, valueB)
	}
	numberA, unitA := quantity(a)
	numberB, unitB := quantity(b)
	x, okX := rational(numberA)
	y, okY := rational(numberB)
	if okX || okY {
		return okX && okY && x.Cmp(y) == 0 && (unitA == "" || unitB == "" || strings.EqualFold(unitA, unitB))
	}
	if len(a) == 1 && len(b) == 1 && a[0].isBracket() && b[0].isBracket() {
		return a[0].open == b[0].open && a[0].close == b[0].close && equal(a[0].parts, b[0].parts)
	}
	return option(normal(a)) == option(normal(b))
}

// bare takes away braces around everything, which only group.
func bare(ns []node) []node {
	for len(ns) == 1 && ns[0].open == "{" && len(ns[0].parts) == 1 {
		ns = ns[0].parts[0]
	}
	return ns
}

// assignment splits "x = value", with a single letter; otherwise name is empty and value
// is everything.
func assignment(ns []node) (name string, value []node) {
	if len(ns) > 2 && ns[0].isLeaf() && ns[0].kind == letters && len(ns[0].text) == 1 && isSign(ns[1], "=") {
		return ns[0].text, ns[2:]
	}
	return "", ns
}

var (
	options = regexp.MustCompile(`^\(([A-Z])\)$`)
	// A unit is one or more words of at least two letters, or one of the single letters that
	// are more often a unit than a variable after a number in \text, with powers and slashes.
	unitText = regexp.MustCompile(`^(?:[A-Za-z.]{2,}|[mslghLNJWVAK])(?:[\^/·*][A-Za-z0-9{}]+)*\.?$`)
	// These words change the number or join it to another, or are not units at all.
	notUnit = regexp.MustCompile(`(?i)hundred|thousand|million|billion|trillion|dozen|half|halves|quarter|third|more|less|fewer|greater|least|most|about|approx|` +
		`^(?:or|and|to|mod|base|pi|no|not|none)$`)
	// Words that count as units without \text around them.
	unitWord = regexp.MustCompile(`^(?:degrees?|percent|pct|dollars?|cents?|euros?|pounds?|units?|square|cubic|sq|mm|cm|km|meters?|metres?|centimeters?|kilometers?|` +
		`inch(?:es)?|feet|foot|ft|yards?|miles?|mph|kg|grams?|lbs?|ounces?|oz|liters?|litres?|ml|seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)$`)
)

// option makes (C) and C the same.
func option(s string) string { return options.ReplaceAllString(s, "$1") }

// quantity splits a unit off the end of an element.
func quantity(ns []node) (value []node, unit string) {
	end := len(ns)
	for end > 1 && isUnit(ns[end-1], end > 1 && end == len(ns)) {
		end--
	}
	if end < len(ns) && !ns[end].isLeaf() && ns[end].text == "^" && normal(ns[end].parts[0]) != `\circ` {
		return ns, "" // a power of the number itself
	}
	unit = normal(ns[end:])
	switch strings.ToLower(unit) {
	case "percent", "pct":
		unit = "%"
	case "degree", "degrees", `^{\circ}`:
		unit = "°"
	}
	return ns[:end], unit
}

// isUnit says whether a node may belong to a unit: a sign for degrees or percent, a text,
// a word, or the power of one.
func isUnit(n node, last bool) bool {
	switch {
	case n.isBracket():
		return false
	case n.text == "^" && len(n.parts) == 1:
		power := normal(n.parts[0])
		return power == `\circ` || power == "2" || power == "3"
	case n.kind == text:
		return unitText.MatchString(n.text) && !notUnit.MatchString(n.text)
	case n.kind == letters:
		return unitWord.MatchString(n.text)
	}
	return last && n.text == "%"
}
