package curation

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"temper/model/library/jsonkind"
	"temper/model/library/pyliteral"
	"temper/model/recipe"
	"temper/model/reward/code"
)

// Trial is a program that no policy wrote, and what it is.
type Trial struct {
	// Name says what the program does, for people: "prints nothing".
	Name string
	// Program is Python.
	Program string
}

// Trials are the programs that a rule has judged by the tests of a problem: its golden solution,
// or trivial ones. The error says what is wrong with the tests.
func Trials(rule recipe.Rule, tests json.RawMessage, golden string) ([]Trial, error) {
	if rule.Golden != nil {
		if golden == "" {
			return nil, nil
		}
		return []Trial{{"the golden solution", golden}}, nil
	}
	var t code.Tests
	if err := jsonkind.DecodeKnown(tests, &t); err != nil {
		return nil, fmt.Errorf("tests: %w", err)
	}
	return trivial(t, rule.WeakTests.Tried()), nil
}

// trivial are programs of the given kinds that take the form which the tests want, each once.
func trivial(t code.Tests, kinds []recipe.TrivialProgram) (all []Trial) {
	for _, kind := range kinds {
		switch kind {
		case recipe.TrivialNothing:
			all = append(all, trivialBy(t, "prints nothing", "pass", "returns None", "None"))
		case recipe.TrivialEcho:
			all = append(all, trivialBy(t, "prints its input", "import sys\nsys.stdout.write(sys.stdin.read())", "returns its first argument", "(list(args) + list(kwargs.values()) + [None])[0]"))
		case recipe.TrivialConstant:
			all = append(all, constants(t)...)
		}
	}
	known := map[string]bool{}
	return slices.DeleteFunc(all, func(trial Trial) bool {
		again := known[trial.Program]
		known[trial.Program] = true
		return again
	})
}

// trivialBy is a trivial program: for tests of standard input a body, for others an expression of args and kwargs.
func trivialBy(t code.Tests, prints, body, returns, expression string) Trial {
	if t.Type == code.Stdin {
		return Trial{prints, body}
	}
	return Trial{returns, returning(t, expression)}
}

// constants are programs whose output is the same for all inputs. One that passes all tests gives what the tests
// expect most often, unless other outputs are right as well, or what is expected cannot be read.
func constants(t code.Tests) (all []Trial) {
	switch t.Type {
	case code.Stdin:
		all = append(all, prints(most(t.Outputs)), printsEach(t.Outputs))
		if t.Checker != "" || t.Accept != nil {
			for _, text := range []string{"0", "1", "-1", "YES", "NO", "Yes", "No"} {
				all = append(all, prints(text+"\n"))
			}
		}
		return all
	case code.Function:
		if t.Nodes != nil && t.Nodes.Result != "" { // nodes are no values of JSON: None is the empty list and tree
			return nil
		}
		var expected []string
		accepts := t.Checker != ""
		for _, c := range t.Cases {
			expected = append(expected, string(c.Expect))
			accepts = accepts || len(c.Accept) > 0
		}
		value := most(expected)
		all = append(all, Trial{"returns " + clip(value), returning(t, `__import__("json").loads(`+strconv.QuoteToASCII(value)+")")})
		if !accepts {
			return all
		}
	case code.Assert:
		if value := most(compared(t)); value != "" {
			all = append(all, Trial{"returns " + clip(value), returning(t, value)})
		}
	}
	for _, value := range []string{"0", "1", "-1", "True", "False", `""`, "[]"} {
		all = append(all, Trial{"returns " + value, returning(t, value)})
	}
	return all
}

func prints(text string) Trial {
	return Trial{"prints " + clip(text), "import sys\nsys.stdout.write(" + strconv.QuoteToASCII(text) + ")"}
}

// printsEach prints the line that is expected most often as many times as the input's first number says: once for each
// case, where an input holds several.
func printsEach(outputs []string) Trial {
	var lines []string
	for _, output := range outputs {
		lines = append(lines, strings.Split(strings.TrimSpace(output), "\n")...)
	}
	line := most(lines)
	return Trial{"prints " + clip(line) + " for each case", "import sys\nwords = sys.stdin.read().split()\n" +
		"cases = int(words[0]) if words and words[0].isdigit() else 1\nprint(\"\\n\".join([" + strconv.QuoteToASCII(line) + "] * min(cases, 10**6)))"}
}

// most is the text that stands most often in a list, of several the first.
func most(list []string) string {
	count := map[string]int{}
	for _, text := range list {
		count[text]++
	}
	best := ""
	for i, text := range list {
		if i == 0 || count[text] > count[best] {
			best = text
		}
	}
	return best
}

// mostEvidence is how much of a value stands in what people read, in bytes.
const mostEvidence = 40

// clip is a value in one line of what people read.
func clip(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= mostEvidence {
		return text
	}
	return strings.ToValidUTF8(text[:mostEvidence], "") + "…"
}

// returning is a program whose functions, under every name that the tests may call, return an expression of args and kwargs.
func returning(t code.Tests, expression string) string {
	if t.Type == code.Function {
		class, method, both := strings.Cut(t.Name, ".")
		if !both {
			return "def " + t.Name + "(*args, **kwargs):\n    return " + expression
		}
		return "class " + class + ":\n    def __init__(self, *args, **kwargs):\n        pass\n    def " + method + "(self, *args, **kwargs):\n        return " + expression
	}
	program := "def trivial(*args, **kwargs):\n    return " + expression
	for _, name := range asked(t) {
		program += "\n" + name + " = trivial"
	}
	return program
}

var (
	word = regexp.MustCompile(`[A-Za-z_]\w*`)
	// texts of Python, in which words name nothing.
	quoted = regexp.MustCompile(`(?s)""".*?"""|'''.*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`)
	// called are names of functions, and not of methods.
	called = regexp.MustCompile(`(?:^|[^\w.])([A-Za-z_]\w*)\s*\(`)
	// given are names that statements define: functions and classes with their parameters, assignments, imports.
	given = regexp.MustCompile(`(?m)^\s*(?:def|class)\s+(\w+)|^\s*(\w+)\s*=[^=]|\bimport\s+([^\n]+)|\bfor\s+([^\n:]+?)\s+in\b|\bas\s+(\w+)|\blambda\s+([^:]*):|\bdef\s+\w+\s*\(([^)]*)\)`)
)

// notFunctions are words of Python and names that it has, which no test asks a program for.
var notFunctions = strings.Fields(`assert and or not in is if else elif for while lambda def class return None True False import from as with try except
 finally raise pass del global print len range sorted set list dict tuple sum min max abs round isinstance type str int float bool all any map
 filter zip enumerate reversed repr hash iter next math np numpy pytest Solution check candidate open eval exec compare sys os re
 complex bytes frozenset object super getattr setattr hasattr callable chr ord divmod pow id input format slice self`)

// asked are the names that asserts may ask the program for, in order.
func asked(t code.Tests) (names []string) {
	setup := quoted.ReplaceAllString(beginning(t.Before+"\n"+t.Setup), `""`)
	asserts := quoted.ReplaceAllString(beginning(strings.Join(t.Asserts, "\n")), `""`)
	theirs := map[string]bool{}
	for _, name := range notFunctions {
		theirs[name] = true
	}
	for _, m := range given.FindAllStringSubmatch(setup+"\n"+asserts, -1) {
		for _, name := range word.FindAllString(strings.Join(m[1:], " "), -1) {
			theirs[name] = true
		}
	}
	add := func(name string) {
		if !theirs[name] && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range word.FindAllString(asserts, -1) { // check(f) names it without a call
		add(name)
	}
	for _, m := range called.FindAllStringSubmatch(setup, -1) {
		add(m[1])
	}
	for _, m := range called.FindAllStringSubmatch(asserts, 1) { // a function may have the name of one of Python's, as in assert sum(10, 15) == 6
		if len(names) == 0 {
			names = append(names, m[1])
		}
	}
	return names
}

// compared are the values that asserts compare with, as Python writes them.
func compared(t code.Tests) (values []string) {
	for _, text := range []string{beginning(t.Setup), beginning(strings.Join(t.Asserts, "\n"))} {
		for _, after := range strings.Split(text, "==")[1:] {
			value, rest, err := pyliteral.Parse(after)
			if err != nil {
				continue
			}
			if _, err := pyliteral.JSON(value); err == nil { // no call
				values = append(values, strings.TrimSpace(after[:len(after)-len(rest)]))
			}
		}
	}
	return values
}

// beginning is as much of a text of tests as is looked through.
func beginning(text string) string { return text[:min(len(text), 1<<16)] }
