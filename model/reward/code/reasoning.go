package code

import "strings"

const endOfReasoning = "</think>"

// afterReasoning is the text after the last </think> that ends reasoning; false if there
// is none. One in a string or comment of a complete block, as in print("</think>"), is the
// program's, and one between backticks in a sentence only mentions it.
func afterReasoning(response string) (text string, ok bool) {
	parts := strings.SplitAfter(response, endOfReasoning)
	var lines []string // each </think> ends one, too
	for _, part := range parts {
		lines = append(lines, strings.SplitAfter(part, "\n")...)
	}
	fences := make([]fence, len(lines))
	for i, line := range lines {
		fences[i] = fenceOf(strings.TrimSuffix(line, "\n"))
	}
	start, offset := -1, 0
	in := -1 // the line that opened the block around this one
	whole := false
	var at scanner
	for i, line := range lines {
		switch {
		case start < 0:
		case in >= 0 && fences[i].closes(fences[in]) && !at.inString():
			in = -1
		case in >= 0 && strings.HasSuffix(line, "\n"):
			at.line(strings.TrimSuffix(line, "\n"))
		case in >= 0:
			at.part(line)
		case fences[i].length > 0:
			in, at, whole = i, scanner{}, closing(fences, i) >= 0
		}
		offset += len(line)
		if !strings.HasSuffix(line, endOfReasoning) {
			continue
		}
		mentioned := in < 0 && start >= 0 && inBackticks(line, response[offset:])
		programs := in >= 0 && whole && (at.quote != "" || at.comment)
		if !mentioned && !programs {
			start, in = offset, -1
		}
	}
	if start < 0 {
		return response, false
	}
	return response[start:], true
}

// inBackticks says whether a text ends in inline code that rest closes in the same line.
func inBackticks(text, rest string) bool {
	before := text[strings.LastIndexByte(text, '\n')+1:]
	after, _, _ := strings.Cut(rest, "\n")
	return strings.Count(before, "`")%2 == 1 && strings.Contains(after, "`")
}
