package tokenizer

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// Classes of characters as the patterns of words.go name them: \p{L}, \p{N} and
// \s, which is Unicode's White_Space. Whatever is none of them, a stray byte
// too, is other. A character that is newer than unicode.Version is other.
const (
	other uint8 = iota
	letter
	number
	space
)

// classes holds the class of the characters of the first two planes, where
// nearly all text is; a table is several times faster than searching ranges.
var classes = sync.OnceValue(func() *[0x20000]uint8 {
	var table [0x20000]uint8
	fill := func(in *unicode.RangeTable, class uint8) {
		set := func(from, to, stride uint32) {
			for r := from; r <= min(to, uint32(len(table)-1)); r += stride {
				table[r] = class
			}
		}
		for _, r := range in.R16 {
			set(uint32(r.Lo), uint32(r.Hi), uint32(r.Stride))
		}
		for _, r := range in.R32 {
			set(r.Lo, r.Hi, r.Stride)
		}
	}
	fill(unicode.L, letter)
	fill(unicode.N, number)
	fill(unicode.White_Space, space)
	return &table
})

// asciiClass is the first part of the table, without the cost of asking whether it exists.
var asciiClass = func() (table [utf8.RuneSelf]uint8) {
	for r := range table {
		switch {
		case unicode.IsLetter(rune(r)):
			table[r] = letter
		case unicode.IsNumber(rune(r)):
			table[r] = number
		case unicode.IsSpace(rune(r)):
			table[r] = space
		}
	}
	return table
}()

// classAt returns the class and the size of the character at text[i], which exists.
func classAt(text string, i int) (class uint8, size int) {
	if b := text[i]; b < utf8.RuneSelf {
		return asciiClass[b], 1
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	return classOf(r), size
}

func classOf(r rune) uint8 {
	if table := classes(); int(r) < len(table) {
		return table[r]
	}
	switch {
	case unicode.IsLetter(r):
		return letter
	case unicode.IsNumber(r):
		return number
	}
	return other
}

// skip returns the end of the characters of class that begin at text[i].
func skip(text string, i int, class uint8) int {
	for i < len(text) {
		c, size := classAt(text, i)
		if c != class {
			break
		}
		i += size
	}
	return i
}

// isWordCharacter tells what \w matches: Alphabetic, marks, decimal digits,
// connecting punctuation and the two joiners (UTS 18, annex C).
func isWordCharacter(r rune) bool {
	return unicode.In(r, unicode.L, unicode.Nl, unicode.Other_Alphabetic, unicode.M, unicode.Nd, unicode.Pc, unicode.Join_Control)
}
