package latex

import (
	"embed"
	"math/big"
	"strings"
)

// The words that may stand after a value are data: units, words that multiply, filler, and
// things that are counted. What is in none of the lists is a part of the answer.
//
//go:embed lexicon
var lexicon embed.FS

var (
	// symbols maps symbols of units, with their case, to one form of each unit; unitNames
	// does so for names, in lower case.
	symbols, unitNames = unitTables()
	// multipliers are words that multiply the number before them.
	multipliers = multiplierTable()
	// filler are words that say nothing of a value.
	filler = fillerTable()
	// things maps what is counted to its single form.
	things = thingTable()
)

// longestUnit bounds the words of a unit's name.
const longestUnit = 3

// lexiconLines yields the lines of a list that are no remarks.
func lexiconLines(file string) func(func(string) bool) {
	text, err := lexicon.ReadFile("lexicon/" + file)
	if err != nil {
		panic(err) // the list is a part of the program
	}
	return func(yield func(string) bool) {
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if line != "" && !strings.HasPrefix(line, "#") && !yield(line) {
				return
			}
		}
	}
}

// metric are the prefixes of the metric system, by symbol and by name.
var metric = [][2]string{{"T", "tera"}, {"G", "giga"}, {"M", "mega"}, {"k", "kilo"}, {"h", "hecto"}, {"da", "deca"}, {"d", "deci"}, {"c", "centi"}, {"m", "milli"}, {"μ", "micro"}, {"u", "micro"}, {"n", "nano"}, {"p", "pico"}, {"f", "femto"}}

func unitTables() (bySymbol, byName map[string]string) {
	bySymbol, byName = map[string]string{}, map[string]string{}
	for line := range lexiconLines("units.txt") {
		line, prefixed := strings.CutPrefix(line, "+")
		unit, rest, _ := strings.Cut(line, ":")
		signs, names, _ := strings.Cut(rest, ";")
		for sign := range strings.FieldsSeq(signs) {
			bySymbol[sign] = unit
			for _, p := range metric {
				if prefixed && bySymbol[p[0]+sign] == "" {
					bySymbol[p[0]+sign] = strings.Replace(p[0], "u", "μ", 1) + unit
				}
			}
		}
		for name := range strings.FieldsSeq(names) {
			name = strings.ReplaceAll(name, "_", " ")
			for _, form := range plurals(name) {
				byName[form] = unit
				for _, p := range metric {
					if prefixed && ascii(name) {
						byName[p[1]+form] = strings.Replace(p[0], "u", "μ", 1) + unit
					}
				}
			}
		}
	}
	return bySymbol, byName
}

// plurals are a word and, of a word of ASCII letters, its regular plural.
func plurals(word string) []string {
	if !ascii(word) || word == "" || !isLetter(word[len(word)-1]) {
		return []string{word}
	}
	switch {
	case strings.HasSuffix(word, "s"), strings.HasSuffix(word, "x"), strings.HasSuffix(word, "z"), strings.HasSuffix(word, "ch"), strings.HasSuffix(word, "sh"):
		return []string{word, word + "es"}
	case strings.HasSuffix(word, "o"):
		return []string{word, word + "s", word + "es"}
	case strings.HasSuffix(word, "y"):
		return []string{word, word + "s", word[:len(word)-1] + "ies"}
	}
	return []string{word, word + "s"}
}

func multiplierTable() map[string]*big.Rat {
	m := map[string]*big.Rat{}
	for line := range lexiconLines("multipliers.txt") {
		word, factor, _ := strings.Cut(line, " ")
		r, ok := new(big.Rat).SetString(factor)
		if !ok {
			panic("multipliers.txt: " + line)
		}
		m[word] = r
		if r.Cmp(big.NewRat(1, 1)) > 0 && ascii(word) {
			m[word+"s"] = r
		}
	}
	return m
}

func fillerTable() map[string]bool {
	m := map[string]bool{}
	for line := range lexiconLines("filler.txt") {
		for word := range strings.FieldsSeq(line) {
			for _, form := range plurals(word) {
				m[form] = true
			}
		}
	}
	return m
}

// thingTable reads man=men as two forms of one word.
func thingTable() map[string]string {
	m := map[string]string{}
	for line := range lexiconLines("things.txt") {
		for word := range strings.FieldsSeq(line) {
			single, irregular, _ := strings.Cut(word, "=")
			for _, form := range plurals(single) {
				if m[form] == "" {
					m[form] = single
				}
			}
			m[irregular] = single
		}
	}
	delete(m, "")
	return m
}
