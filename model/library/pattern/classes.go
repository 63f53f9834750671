package pattern

import (
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"
)

// A pattern tells few characters apart: those that are in the same of its sets
// are one class. atEnd is the class of the end of a text.
const (
	atEnd      = 0
	maxClasses = 256
)

// classSet is a set of classes.
type classSet [maxClasses / 64]uint64

func (s *classSet) has(class uint8) bool { return s[class>>6]>>(class&63)&1 != 0 }

func (s *classSet) add(class int) { s[class>>6] |= 1 << (class & 63) }

func (s classSet) union(other classSet) classSet {
	for i := range s {
		s[i] |= other[i]
	}
	return s
}

func (s classSet) disjoint(other classSet) bool {
	for i := range s {
		if s[i]&other[i] != 0 {
			return false
		}
	}
	return true
}

// everything is all classes and the end.
var everything = classSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}

// classTable finds the class of a character in two steps, for those below U+0080 in one.
type classTable struct {
	ascii [utf8.RuneSelf]uint8
	index [(unicode.MaxRune + 1) >> 8]uint16
	pages [][256]uint8
}

func (t *classTable) of(r rune) uint8 { return t.pages[t.index[r>>8]][r&255] }

// classify divides all characters into classes by sets and returns each set as classes.
func classify(sets []runeSet) (*classTable, []classSet, error) {
	bounds := []rune{0}
	for _, set := range sets {
		for _, in := range set {
			bounds = append(bounds, in.from, in.to+1)
		}
	}
	slices.Sort(bounds)
	bounds = slices.Compact(bounds)
	if last := len(bounds) - 1; bounds[last] > unicode.MaxRune {
		bounds = bounds[:last]
	}
	signatures := map[string]uint8{}
	asClasses := make([]classSet, len(sets))
	ranges := make([]classRange, len(bounds))
	signature := make([]byte, len(sets)) // which of the sets the characters from a bound on are in
	at := make([]int, len(sets))         // the span of each set that a bound is before or in
	for i, from := range bounds {
		for j, set := range sets {
			for at[j] < len(set) && set[at[j]].to < from {
				at[j]++
			}
			signature[j] = 0
			if at[j] < len(set) && set[at[j]].from <= from {
				signature[j] = 1
			}
		}
		class, known := signatures[string(signature)]
		if !known {
			if len(signatures)+1 == maxClasses {
				return nil, nil, fmt.Errorf("it tells more than %d kinds of characters apart", maxClasses-1)
			}
			class = uint8(len(signatures) + 1)
			signatures[string(signature)] = class
			for j := range sets {
				if signature[j] == 1 {
					asClasses[j].add(int(class))
				}
			}
		}
		ranges[i] = classRange{from, class}
	}
	return newClassTable(ranges), asClasses, nil
}

// classRange is the class of the characters from one on.
type classRange struct {
	from  rune
	class uint8
}

func newClassTable(ranges []classRange) *classTable {
	t := &classTable{}
	known := map[[256]uint8]uint16{}
	uniform := map[uint8]uint16{} // the pages of one class
	class := uint8(0)
	for i := range t.index {
		start, end := rune(i)<<8, rune(i+1)<<8
		if len(ranges) == 0 || ranges[0].from >= end {
			if number, ok := uniform[class]; ok {
				t.index[i] = number
				continue
			}
		}
		var page [256]uint8
		whole := true
		for r := start; r < end; r++ {
			if len(ranges) > 0 && ranges[0].from == r {
				whole = whole && r == start
				class, ranges = ranges[0].class, ranges[1:]
			}
			page[r-start] = class
		}
		number, ok := known[page]
		if !ok {
			number = uint16(len(t.pages))
			known[page] = number
			t.pages = append(t.pages, page)
		}
		if t.index[i] = number; whole {
			uniform[class] = number
		}
	}
	copy(t.ascii[:], t.pages[t.index[0]][:])
	return t
}
