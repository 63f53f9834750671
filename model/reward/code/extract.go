package code

import (
	"regexp"
	"strings"

	"temper/model/recipe"
)

// Extraction is how the program of a response is found.
type Extraction struct {
	Rule recipe.Extract
	// WithoutReasoning also takes the blocks of a response without </think>, of a model that does
	// not reason. For a policy that does, such a response has no answer.
	WithoutReasoning bool
	// Toolkit takes, instead, the last match of ```python…``` in the whole response, reasoning
	// included, whatever the lines look like: see Tests.Toolkit.
	Toolkit bool
}

// Extract returns the program of a response to a problem with these tests; "" is none.
// What is a block says blocks.
func (e Extraction) Extract(response string, tests Tests) string {
	if e.Toolkit {
		return toolkit(response)
	}
	text, closed := afterReasoning(response)
	if !closed && (!e.WithoutReasoning || strings.Contains(response, "<think>")) {
		return ""
	}
	if e.Rule == recipe.ExtractLiveCodeBench {
		return betweenFences(text)
	}
	found, opened := blocks(text)
	if len(found) == 1 {
		return strings.TrimSpace(found[0].text)
	}
	if len(found) == 0 && !opened && closed {
		return strings.TrimSpace(text)
	}
	return strings.TrimSpace(choose(found, e.Rule == recipe.ExtractFirst, tests.names()))
}

// choose takes one of the blocks.
func choose(found []block, first bool, names map[string]bool) string {
	program, best := "", -1
	for _, b := range found {
		rank := 0
		if b.python {
			rank += 2
		}
		if defines(b.text, names) {
			rank++
		}
		if strings.TrimSpace(b.text) != "" && (rank > best || rank == best && !first) {
			program, best = b.text, rank
		}
	}
	return program
}

// definition is a name that a program defines outside any function.
var definition = regexp.MustCompile(`(?m)^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*=[^=]`)

// word is a name in a statement of tests.
var word = regexp.MustCompile(`[A-Za-z_]\w*`)

// mostRead is how much of a text of tests is looked through for names, in bytes.
const mostRead = 1 << 16

// names are those that the tests may call. Tests of standard input call none.
func (t Tests) names() map[string]bool {
	names := map[string]bool{}
	switch t.Type {
	case Function:
		name, _, _ := strings.Cut(t.Name, ".")
		names[name], names["Solution"] = true, true
	case Assert:
		for _, text := range append([]string{t.Setup}, t.Asserts...) {
			if len(text) > mostRead { // the rest is values
				text = text[:mostRead/2] + " " + text[len(text)-mostRead/2:]
			}
			for _, w := range word.FindAllString(text, -1) {
				names[w] = true
			}
		}
	}
	return names
}

// defines says whether a program defines one of the names.
func defines(program string, names map[string]bool) bool {
	if len(names) == 0 {
		return false
	}
	for _, m := range definition.FindAllStringSubmatch(program, -1) {
		if names[m[1]] || names[m[2]] {
			return true
		}
	}
	return false
}

var pythonFence = regexp.MustCompile("(?s)```python[A-Za-z0-9]*\n(.*?)```")

func toolkit(response string) string {
	found := pythonFence.FindAllStringSubmatch(response, -1)
	if len(found) == 0 {
		return ""
	}
	return strings.TrimSpace(found[len(found)-1][1])
}

func betweenFences(text string) string {
	lines := strings.Split(text, "\n")
	last, before := -1, -1
	for i, line := range lines {
		if strings.Contains(line, "```") {
			last, before = i, last
		}
	}
	if before < 0 {
		return ""
	}
	return strings.TrimSpace(strings.Join(lines[before+1:last], "\n"))
}
