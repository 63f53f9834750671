package math

import (
	"regexp"
	"strings"

	"temper/model/library/latex"
)

// synonyms are texts of one meaning.
var synonyms = map[string]string{"no solution": "∅", "no solutions": "∅", "none": "∅", "no real solution": "∅", "no real solutions": "∅", "empty set": "∅", "there are no solutions": "∅", "there is no solution": "∅",
	"no answer": "∅", "null set": "∅", "does not exist": "dne", "undefined": "dne", "not defined": "dne", "limit does not exist": "dne", "infinitely many": "∞", "infinitely many solutions": "∞", "infinite": "∞"}

// inWords are sets of numbers in words.
var inWords = regexp.MustCompile(`^(?:(?:(?:the )?set of )?(?:all|every|any|each)(?: of)?(?: the)? |(?:the )?set of (?:the )?)?(positive |negative |non-? ?negative |non-? ?zero |odd |even )?(real|rational|complex|natural|whole|integer|real number|rational number|complex number|natural number|whole number|number)s?(?: numbers?)?(?: [a-z])?$`)

// setInWords is the name of a set of numbers in words: R for all real numbers, or "" if a text
// names none.
func setInWords(s string) string {
	m := inWords.FindStringSubmatch(s)
	if m == nil || m[2] == "number" || !strings.ContainsRune(s, ' ') && !strings.HasSuffix(s, "s") {
		return ""
	}
	first, _, _ := strings.Cut(m[2], " ")
	name := map[string]string{"real": "R", "rational": "Q", "complex": "C", "natural": "N", "integer": "Z", "whole": "whole numbers"}[first]
	return strings.ReplaceAll(strings.ReplaceAll(m[1], "-", ""), " ", "") + name
}

// isWholeLine says whether an answer is all real numbers: (-∞,∞), or -∞ < x < ∞.
func isWholeLine(n *latex.Node) bool {
	if n.Kind != latex.Relation || len(n.Args) != 3 || n.Args[1].Kind != latex.Symbol || n.Ops[0] != n.Ops[1] {
		return false
	}
	from, to := infinity(n.Args[0]), infinity(n.Args[2])
	return n.Ops[0] == "<" && from == -1 && to == 1 || n.Ops[0] == ">" && from == 1 && to == -1
}

var (
	quadrantAfter  = regexp.MustCompile(`^(?:in )?(?:the )?quadrant (?:number )?(i{1,3}|iv|[1-4]|one|two|three|four)$`)
	quadrantBefore = regexp.MustCompile(`^(?:in )?(?:the )?(first|second|third|fourth|1st|2nd|3rd|4th|i{1,3}|iv)(?: ?th)? quadrant$`)
)

// quadrant is one text for the words of each quadrant, "" for all others.
func quadrant(s string) string {
	m := quadrantAfter.FindStringSubmatch(s)
	if m == nil {
		m = quadrantBefore.FindStringSubmatch(s)
	}
	if m == nil {
		return ""
	}
	for i, names := range [...]string{"i 1 one first 1st", "ii 2 two second 2nd", "iii 3 three third 3rd", "iv 4 four fourth 4th"} {
		for name := range strings.FieldsSeq(names) {
			if name == m[1] {
				return "quadrant " + "1234"[i:i+1]
			}
		}
	}
	return ""
}
