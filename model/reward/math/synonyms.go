package math

import (
	"regexp"
	"strings"
)

// synonyms are texts of one meaning.
var synonyms = map[string]string{"no solution": "∅", "no solutions": "∅", "none": "∅", "no real solution": "∅", "no real solutions": "∅", "empty set": "∅", "there are no solutions": "∅", "there is no solution": "∅",
	"no answer": "∅", "null set": "∅", "does not exist": "dne", "undefined": "dne", "not defined": "dne", "limit does not exist": "dne", "infinitely many": "∞", "infinitely many solutions": "∞", "infinite": "∞", "infty": "∞",
	"neither even nor odd": "neither", "neither odd nor even": "neither"}

const numbersOf = `(real|rational|complex|natural|whole|integer)s?(?: numbers?)?(?: values?(?: of| for)?)?(?: [a-z])?`

// inWords are sets of numbers in words.
var inWords = regexp.MustCompile(`^(?:[a-z] (?:is|can be|may be) )?(?:(?:the )?set of )?(all|every|any|each|the)?(?: of)?(?: the)? ?(positive |negative |non-? ?negative |non-? ?positive |non-? ?zero )?` + numbersOf + `(?: (?:except|other than|but|excluding|not equal to)(?: for)? (-?\d+))?$`)

// sets are in LaTeX what the words for sets mean, after "all".
var sets = map[string]string{"real": `(-\infty,\infty)`, "positive real": `(0,\infty)`, "negative real": `(-\infty,0)`, "nonnegative real": `[0,\infty)`, "nonpositive real": `(-\infty,0]`, "nonzero real": `(-\infty,0)\cup(0,\infty)`,
	"integer": `\mathbb{Z}`, "positive integer": `\mathbb{Z}^+`, "natural": `\mathbb{N}`, "rational": `\mathbb{Q}`, "complex": `\mathbb{C}`}

// wording is an answer in words for a set of numbers or a quadrant in one form; all others stay.
func wording(s string) string {
	if len(s) <= len(`\text{midnight}`) {
		switch strings.ToLower(strings.Trim(textMarks.Replace(s), " .")) {
		case "noon":
			return `12:00 \text{ PM}`
		case "midnight":
			return `12:00 \text{ AM}`
		}
	}
	if len(s) > 100 || !strings.Contains(s, "eal") && !strings.Contains(s, "nteger") && !strings.Contains(s, "umber") && !strings.Contains(s, "uadrant") && !strings.Contains(s, "ational") {
		return s
	}
	said := strings.ToLower(strings.Trim(strings.Join(strings.Fields(textMarks.Replace(textGroup.ReplaceAllString(s, " $1 "))), " "), " ."))
	if q := quadrant(said); q != "" {
		return q
	}
	m := inWords.FindStringSubmatch(said)
	if m == nil || m[1] == "" && !strings.Contains(said, "s") {
		return s
	}
	set := sets[strings.NewReplacer("-", "", " ", "").Replace(m[2])+" "+m[3]]
	if m[2] == "" {
		set = sets[m[3]]
	}
	switch {
	case set == "":
		return s
	case m[4] != "":
		return set + `\setminus\{` + m[4] + `\}`
	}
	return set
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
	for _, names := range [...]string{"i 1 one first 1st", "ii 2 two second 2nd", "iii 3 three third 3rd", "iv 4 four fourth 4th"} {
		for name := range strings.FieldsSeq(names) {
			if name == m[1] {
				return `\text{quadrant ` + names[:strings.IndexByte(names, ' ')] + "}"
			}
		}
	}
	return ""
}
