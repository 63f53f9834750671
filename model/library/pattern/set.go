package pattern

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// runeSet is a set of characters: ranges in order that do not touch each other.
type runeSet []span

type span struct{ from, to rune }

// anyRune is every character.
var anyRune = runeSet{{0, unicode.MaxRune}}

func single(r rune) runeSet { return runeSet{{r, r}} }

// union returns the characters of any of the sets.
func union(sets ...runeSet) runeSet {
	all := slices.Concat(sets...)
	slices.SortFunc(all, func(a, b span) int { return int(a.from - b.from) })
	var merged runeSet
	for _, s := range all {
		if last := len(merged) - 1; last >= 0 && s.from <= merged[last].to+1 {
			merged[last].to = max(merged[last].to, s.to)
		} else {
			merged = append(merged, s)
		}
	}
	return merged
}

// negate returns the characters that are not in s.
func (s runeSet) negate() runeSet {
	var rest runeSet
	next := rune(0)
	for _, in := range s {
		if next < in.from {
			rest = append(rest, span{next, in.from - 1})
		}
		next = in.to + 1
	}
	if next <= unicode.MaxRune {
		rest = append(rest, span{next, unicode.MaxRune})
	}
	return rest
}

func (s runeSet) intersect(other runeSet) runeSet {
	return union(s.negate(), other.negate()).negate()
}

// fold adds the characters that differ from one of s by case only.
func (s runeSet) fold() runeSet {
	folded := runeSet{}
	for _, r := range orbits() {
		if s.has(r) {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				folded = append(folded, span{f, f})
			}
		}
	}
	return union(s, folded)
}

func (s runeSet) has(r rune) bool {
	_, found := slices.BinarySearchFunc(s, r, func(in span, r rune) int {
		switch {
		case in.to < r:
			return -1
		case in.from > r:
			return 1
		}
		return 0
	})
	return found
}

// orbits lists the characters that have another case.
var orbits = sync.OnceValue(func() (all []rune) {
	for _, in := range fromTable(unicode.L, unicode.M, unicode.Nl, unicode.So) {
		for r := in.from; r <= in.to; r++ {
			if unicode.SimpleFold(r) != r {
				all = append(all, r)
			}
		}
	}
	return all
})

func fromTable(tables ...*unicode.RangeTable) runeSet {
	var s runeSet
	add := func(from, to, stride uint32) {
		if stride == 1 {
			s = append(s, span{rune(from), rune(to)})
			return
		}
		for r := from; r <= to; r += stride {
			s = append(s, span{rune(r), rune(r)})
		}
	}
	for _, table := range tables {
		for _, r := range table.R16 {
			add(uint32(r.Lo), uint32(r.Hi), uint32(r.Stride))
		}
		for _, r := range table.R32 {
			add(r.Lo, r.Hi, r.Stride)
		}
	}
	return union(s)
}

func ascii(texts ...string) runeSet {
	var s runeSet
	for _, text := range texts { // "az" is a range
		s = append(s, span{rune(text[0]), rune(text[len(text)-1])})
	}
	return union(s)
}

// classNamed returns the characters of \p{name} or [[:name:]]. Case, spaces, -
// and _ in a name do not count.
func classNamed(name string) (runeSet, error) {
	loose := func(text string) string {
		return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(text))
	}
	key := loose(name)
	switch key {
	case "any":
		return anyRune, nil
	case "ascii":
		return ascii("\x00\x7f"), nil
	case "alpha", "alphabetic":
		return alphabetic(), nil
	case "digit":
		return fromTable(unicode.Nd), nil
	case "alnum":
		return union(alphabetic(), fromTable(unicode.Nd)), nil
	case "upper", "uppercase":
		return fromTable(unicode.Lu, unicode.Other_Uppercase), nil
	case "lower", "lowercase":
		return fromTable(unicode.Ll, unicode.Other_Lowercase), nil
	case "space":
		return fromTable(unicode.White_Space), nil
	case "blank":
		return union(fromTable(unicode.Zs), single('\t')), nil
	case "cntrl":
		return fromTable(unicode.Cc), nil
	case "punct":
		return fromTable(unicode.P), nil
	case "xdigit":
		return ascii("09", "af", "AF"), nil
	case "word":
		return word(), nil
	case "graph":
		return union(fromTable(unicode.White_Space, unicode.Cc, unicode.Cs), unassigned()).negate(), nil
	case "print":
		return union(fromTable(unicode.Cc, unicode.Cs, unicode.Zl, unicode.Zp), unassigned()).negate(), nil
	}
	for alias, category := range unicode.CategoryAliases {
		if loose(alias) == key {
			key = loose(category)
			break
		}
	}
	for _, tables := range []map[string]*unicode.RangeTable{unicode.Categories, unicode.Scripts, unicode.Properties} {
		for known, table := range tables {
			if loose(known) == key {
				return fromTable(table), nil
			}
		}
	}
	return nil, fmt.Errorf("\\p{%s} is not a category, script or property of Unicode %s", name, unicode.Version)
}

func alphabetic() runeSet { return fromTable(unicode.L, unicode.Nl, unicode.Other_Alphabetic) }

// word is \w in a class: letters, marks, decimal digits and connecting punctuation.
func word() runeSet { return union(alphabetic(), fromTable(unicode.M, unicode.Nd, unicode.Pc)) }

// bareWord is \w outside a class, and what \b goes by: Oniguruma counts the
// numerals ¹ ² ³ ¼ ½ ¾ of Latin-1 there, though not in a class.
func bareWord() runeSet { return union(word(), runeSet{{0xb2, 0xb3}, {0xb9, 0xb9}, {0xbc, 0xbe}}) }

func unassigned() runeSet { return fromTable(unicode.Categories["Cn"]) }
