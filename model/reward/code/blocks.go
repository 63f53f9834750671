package code

import (
	"regexp"
	"slices"
	"strings"
)

// block is one complete fenced block of a response.
type block struct {
	text   string
	python bool // marked as Python; otherwise it has no mark
}

// fence is a line that opens a block, or may close one; its length is 0 for other lines.
type fence struct {
	indent int
	mark   byte // ` or ~
	length int
	info   string
}

var (
	fenceLine = regexp.MustCompile("^([ \t]*(?:(?:[-*+]|[0-9]{1,3}[.)])[ \t]+)?)(`{3,}|~{3,})[ \t]*(.*?)[ \t\r]*$")
	// lateFence is one after a sentence, which CommonMark does not have, but models write.
	lateFence = regexp.MustCompile("(?i)^[^`~]*[^`~ \t][ \t]*(```)[ \t]*(python3?|py)[ \t\r]*$")
)

// fenceOf reads a line as CommonMark does, but at any depth: in a list a block stands
// under its item, or begins beside its mark.
func fenceOf(line string) fence {
	if !strings.Contains(line, "```") && !strings.Contains(line, "~~~") {
		return fence{}
	}
	if m := fenceLine.FindStringSubmatch(line); m != nil {
		if m[2][0] == '`' && strings.Contains(m[3], "`") { // `code` in a sentence
			return fence{}
		}
		return fence{indent: width(m[1]), mark: m[2][0], length: len(m[2]), info: m[3]}
	}
	if m := lateFence.FindStringSubmatch(line); m != nil {
		return fence{mark: '`', length: len(m[1]), info: m[2]}
	}
	return fence{}
}

// fencesOf reads all lines once: what follows looks ahead through them from many places.
func fencesOf(lines []string) []fence {
	fences := make([]fence, len(lines))
	for i, line := range lines {
		fences[i] = fenceOf(line)
	}
	return fences
}

// closes says whether a line with fence f ends a block that with opened: the same mark,
// at least as many of them, nothing after them, and not deeper than a block's text may stand.
func (f fence) closes(with fence) bool {
	return f.length > 0 && f.mark == with.mark && f.length >= with.length && f.info == "" && f.indent < with.indent+4
}

// width counts a tab as four blanks.
func width(blanks string) int { return len(blanks) + 3*strings.Count(blanks, "\t") }

var language = regexp.MustCompile(`^\{?\.?([\w+#-]*)`)

// language is the first word of an info string, as in ```python title="x", ```{.python}
// and ```python:main.py.
func (f fence) language() string {
	return strings.ToLower(language.FindStringSubmatch(f.info)[1])
}

// blocks finds the complete blocks of a text that are marked as Python or not at all, and
// says whether any such block was opened. Blocks of other languages are read to their end,
// which is no beginning. A fence inside a string of Python, such as a docstring, is text,
// unless that leaves the block without an end.
func blocks(text string) (found []block, opened bool) {
	lines := strings.Split(text, "\n")
	fences := fencesOf(lines)
	inStrings := true // until a string has no end
	for i := 0; i < len(lines); i++ {
		open := fences[i]
		if open.length == 0 {
			continue
		}
		python, end := isPython(open.language()), -1
		ours := python || open.info == ""
		opened = opened || ours
		if ours && inStrings {
			end = closingOutside(lines, fences, i)
			inStrings = end >= 0
		}
		if end < 0 {
			end = closing(fences, i)
		}
		switch {
		case end >= 0 && ours:
			found = append(found, block{dedent(lines[i+1:end], open.indent), python})
			i = end
		case ours && closedLate(lines, i, open) > 0:
			end = closedLate(lines, i, open)
			last := strings.TrimRight(lines[end], " \t\r")
			body := append(slices.Clone(lines[i+1:end]), last[:len(last)-open.length])
			found = append(found, block{dedent(body, open.indent), python})
			i = end
		case end >= 0:
			i = end
		case ours: // the text was cut, and what follows is the block's
			return found, opened
		}
	}
	return found, opened
}

func isPython(language string) bool {
	switch language {
	case "python", "python3", "py", "py3":
		return true
	}
	return false
}

// closing is the line that ends the block opened at line i, or -1.
func closing(fences []fence, i int) int {
	for k := i + 1; k < len(fences); k++ {
		if fences[k].closes(fences[i]) {
			return k
		}
	}
	return -1
}

// closingOutside is closing, but for lines that begin inside a string.
func closingOutside(lines []string, fences []fence, i int) int {
	var at scanner
	for k := i + 1; k < len(lines); k++ {
		if fences[k].closes(fences[i]) && !at.inString() {
			return k
		}
		at.line(lines[k])
	}
	return -1
}

// closedLate is the line with code before the fence that ends it, as in "return x```", or -1.
func closedLate(lines []string, i int, open fence) int {
	mark := strings.Repeat(string(open.mark), open.length)
	for k := i + 1; k < len(lines); k++ {
		if strings.HasSuffix(strings.TrimRight(lines[k], " \t\r"), mark) {
			return k
		}
	}
	return -1
}

// dedent takes the indentation of a block's fence from its lines, as far as they, and the
// first of them, have it.
func dedent(lines []string, indent int) string {
	for _, line := range lines {
		if code := strings.TrimLeft(line, " \t"); strings.TrimSpace(code) != "" {
			indent = min(indent, width(line[:len(line)-len(code)]))
			break
		}
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		rest := line
		for n := 0; n < indent && rest != "" && (rest[0] == ' ' || rest[0] == '\t'); n++ {
			if rest[0] == '\t' {
				n += 3
			}
			rest = rest[1:]
		}
		out[i] = rest
	}
	return strings.Join(out, "\n")
}
