package code

import (
	"fmt"
	"strings"
)

// compareOutput returns "" if two standard outputs agree, else the first difference.
// Lines are compared in order by the rule of t.Compare.
func (t Tests) compareOutput(got, want string) string {
	if t.Compare == Exact {
		return compareExactly(got, want)
	}
	g, w := outputLines(got), outputLines(want)
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g):
			return fmt.Sprintf("output ends before line %d, want %q", i+1, short(strings.Join(w[i], " ")))
		case i >= len(w):
			return fmt.Sprintf("output has more than the %d lines expected: line %d is %q", len(w), i+1, short(strings.Join(g[i], " ")))
		case !t.equalLines(g[i], w[i]):
			return fmt.Sprintf("output line %d is %q, want %q", i+1, short(strings.Join(g[i], " ")), short(strings.Join(w[i], " ")))
		}
	}
	return ""
}

func compareExactly(got, want string) string {
	if got == want {
		return ""
	}
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	line := 1 + strings.Count(want[:at], "\n")
	return fmt.Sprintf("output differs from byte %d on (line %d): %q, want %q", at, line, short(got[at:]), short(want[at:]))
}

// isBlank says whether a character separates words: those of ASCII do, as in C. Other spaces
// of Unicode are text.
func isBlank(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' }

func words(line string) []string {
	return strings.FieldsFunc(line, isBlank)
}

// equalLines compares two lines word by word.
func (t Tests) equalLines(got, want []string) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if got[i] != want[i] && !t.equalWords(got[i], want[i]) {
			return false
		}
	}
	return true
}

// equalWords compares two words that are not the same text.
func (t Tests) equalWords(got, want string) bool {
	if isNumber(got) && isNumber(want) {
		inFull := t.Compare != Float // 1.0 is no 1
		return !(inFull && isInteger(want)) && equalNumbers(got, want, t.tolerance(), !inFull)
	}
	return isAnswer(want) && strings.EqualFold(got, want)
}

// isAnswer says whether a word is the yes or no of a decision problem, of which most
// checkers take any spelling.
func isAnswer(word string) bool {
	return strings.EqualFold(word, "yes") || strings.EqualFold(word, "no")
}

// outputLines are the words of each line that has any.
func outputLines(s string) [][]string {
	var lines [][]string
	for line := range strings.SplitSeq(s, "\n") {
		if w := words(line); len(w) > 0 {
			lines = append(lines, w)
		}
	}
	return lines
}
