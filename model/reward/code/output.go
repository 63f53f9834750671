package code

import (
	"fmt"
	"strings"
)

// compareOutput returns "" if two standard outputs agree, else the first difference.
// Lines are compared in order by the rule of t.Compare.
func (t Tests) compareOutput(got, want string) string {
	switch t.Compare {
	case Exact:
		return compareExactly(got, want)
	case AsLiveCodeBench:
		return compareAsLiveCodeBench(got, want, sameDecimal)
	case AsToolkit:
		return compareAsLiveCodeBench(got, want, t.sameNumber)
	}
	g, w := outputLines(got), outputLines(want)
	if t.Unordered {
		if !matching(g, w, func(line []string) string { return strings.Join(line, " ") }, t.equalLines) {
			return fmt.Sprintf("the %d lines of the output are not the %d expected, in any order", len(g), len(w))
		}
		return ""
	}
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

// compareAsLiveCodeBench is compareOutput by the rule of that name, or with other numbers that are the same.
func compareAsLiveCodeBench(got, want string, sameNumber func(got, want string) bool) string {
	g, w := strings.Split(strings.TrimSpace(got), "\n"), strings.Split(strings.TrimSpace(want), "\n")
	if len(g) != len(w) {
		return fmt.Sprintf("output has %d lines, want %d", len(g), len(w))
	}
	for i := range g {
		a, b := strings.TrimSpace(g[i]), strings.TrimSpace(w[i])
		x, y := strings.Fields(a), strings.Fields(b)
		same := a == b || len(x) == len(y)
		for k := 0; a != b && same && k < len(x); k++ {
			same = isNumber(x[k]) && isNumber(y[k]) && sameNumber(x[k], y[k])
		}
		if !same {
			return fmt.Sprintf("output line %d is %q, want %q", i+1, short(a), short(b))
		}
	}
	return ""
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
	return (t.IgnoreCase || isAnswer(want)) && strings.EqualFold(got, want)
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
