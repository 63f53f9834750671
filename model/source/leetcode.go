package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"temper/model/library/jsonl"
	"temper/model/library/pyliteral"
	"temper/model/recipe"
	"temper/model/reward/code"
)

// leetCode is {problem_description, starter_code, prompt, entry_point, test, completion, …},
// as LeetCodeDataset has it. Its test is a function check(candidate) of asserts, such as
//
//	assert candidate(root = tree_node([3, 9, None]), k = 2) == 3
//	assert is_same_list(candidate(head = list_node([1, 2])), list_node([2, 1]))
//
// which are read as calls with values, so that nodes are made and read where the program
// runs and compared as values here. Where one is of another form, the test is run as it is.
// Prompt, the imports and helpers, comes before programs.
var leetCode = ofPrograms(recipe.FormatLeetCode, leetCodeOf)

func leetCodeOf(row jsonl.Object) (p Program, err error) {
	p.ID = name(row, "task_id", "question_id")
	if p.Question, err = question(row, "problem_description", "query"); err != nil {
		return p, err
	}
	texts := map[string]string{}
	for _, field := range []string{"starter_code", "prompt", "completion"} {
		if texts[field], err = text(row, field); err != nil {
			return p, err
		}
	}
	tests, err := question(row, "test")
	if err != nil {
		return p, err
	}
	entry, err := question(row, "entry_point")
	if err != nil {
		return p, err
	}
	p.Reference, p.Released = texts["completion"], name(row, "estimated_date")
	if task := name(row, "task_id"); slug.MatchString(task) {
		p.URL = leetCodeURL(task)
	}
	p.Header = texts["starter_code"]
	calls := leetCodeCalls{name: entry[strings.LastIndexByte(entry, '.')+1:], header: texts["starter_code"]}
	if p.Tests, err = calls.read(tests); errors.Is(err, errForm) {
		p.Tests = code.Tests{Type: code.Assert, Setup: texts["prompt"] + "\n" + tests, Asserts: []string{"check(" + entry + ")"}}
		err = nil
	}
	p.Tests.Before = texts["prompt"]
	return p, err
}

// slug is the name of a problem in LeetCode's addresses.
var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func leetCodeURL(slug string) string { return "https://leetcode.com/problems/" + slug }

// errForm is of asserts that are not calls with literal values.
var errForm = errors.New("an assert of another form")

// leetCodeCalls reads asserts of one method's calls.
type leetCodeCalls struct {
	name, header string
	parameters   []string
	nodes        code.Nodes
}

var assertLine = regexp.MustCompile(`(?m)^[ \t]+assert[ \t]+`)

func (c *leetCodeCalls) read(tests string) (code.Tests, error) {
	t := code.Tests{Type: code.Function, Name: c.name, Nodes: &c.nodes}
	var err error
	if c.parameters, err = parametersOf(c.header, c.name); err != nil {
		return t, err
	}
	c.nodes.Args = make([]string, len(c.parameters))
	for _, at := range assertLine.FindAllStringIndex(tests, -1) {
		one, err := c.assert(tests[at[1]:])
		if err != nil {
			return t, errForm
		}
		t.Cases = append(t.Cases, one)
	}
	if len(t.Cases) == 0 {
		return t, Unjudged{noTests}
	}
	for i := range t.Cases {
		if c.nodes.Result != "" && string(t.Cases[i].Expect) == "null" {
			t.Cases[i].Expect = json.RawMessage("[]") // no node is the empty list or tree
		}
	}
	if c.nodes.Result == "" && !slices.ContainsFunc(c.nodes.Args, func(shape string) bool { return shape != "" }) {
		t.Nodes = nil
	}
	return t, nil
}

// assert reads "candidate(…) == VALUE", "candidate(…)", "not candidate(…)" or
// "is_same_…(candidate(…), VALUE)".
func (c *leetCodeCalls) assert(statement string) (one code.Case, err error) {
	statement, negated := strings.CutPrefix(statement, "not ")
	v, rest, err := pyliteral.Parse(statement)
	if err != nil {
		return one, err
	}
	call, ok := v.(*pyliteral.Call)
	if !ok {
		return one, fmt.Errorf("no call")
	}
	var want any = !negated
	switch {
	case strings.HasPrefix(call.Name, "is_same_") && len(call.Arguments) == 2:
		want = call.Arguments[1].Value
		if call, ok = call.Arguments[0].Value.(*pyliteral.Call); !ok {
			return one, fmt.Errorf("no call")
		}
	case strings.HasPrefix(rest, "==") || strings.HasPrefix(rest, "is "):
		if want, _, err = pyliteral.Parse(strings.TrimLeft(strings.TrimPrefix(rest, "is "), "= ")); err != nil {
			return one, err
		}
	}
	if call.Name != "candidate" {
		return one, fmt.Errorf("a call of %s", call.Name)
	}
	if one.Args, err = c.arguments(call.Arguments); err != nil {
		return one, err
	}
	one.Expect, err = shaped(want, &c.nodes.Result)
	return one, err
}

// arguments are a call's in the order of the method's parameters.
func (c *leetCodeCalls) arguments(given []pyliteral.Argument) (json.RawMessage, error) {
	values := make([]json.RawMessage, 0, len(c.parameters))
	for i, a := range given {
		if i >= len(c.parameters) || a.Name != "" && a.Name != c.parameters[i] {
			return nil, fmt.Errorf("argument %d is %q", i, a.Name)
		}
		v, err := shaped(a.Value, &c.nodes.Args[i])
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return json.Marshal(values)
}

// shaped is a value without the helpers that make nodes of it; what it is comes into shape.
// An empty list or tree is null in some rows.
func shaped(v any, shape *string) (json.RawMessage, error) {
	plain, found := unwrap(v)
	switch {
	case found == "" && *shape != "" && plain != nil:
		return nil, fmt.Errorf("a plain value where others are nodes")
	case found != "" && *shape != "" && found != *shape:
		return nil, fmt.Errorf("nodes of two kinds")
	case found != "":
		*shape = found
	}
	return pyliteral.JSON(plain)
}

// unwrap takes list_node(…) and tree_node(…) off a value, or off all members of a list.
func unwrap(v any) (plain any, shape string) {
	switch v := v.(type) {
	case *pyliteral.Call:
		if shape = map[string]string{"list_node": "list", "tree_node": "tree"}[v.Name]; shape != "" && len(v.Arguments) == 1 {
			return v.Arguments[0].Value, shape
		}
	case pyliteral.List:
		members := pyliteral.List{}
		for _, item := range v {
			inner, one := unwrap(item)
			if one != "" {
				shape = one + "s"
			}
			members = append(members, inner)
		}
		if shape == "lists" || shape == "trees" {
			return members, shape
		}
	}
	return v, ""
}

// parametersOf are the names of a method's parameters in a header, without self.
func parametersOf(header, method string) ([]string, error) {
	at := regexp.MustCompile(`def[ \t]+` + regexp.QuoteMeta(method) + `[ \t]*\(`).FindStringIndex(header)
	if at == nil {
		return nil, fmt.Errorf(`field "starter_code" has no method %s`, method)
	}
	var names []string
	depth, start := 0, at[1]
	for i := at[1]; i < len(header); i++ {
		switch c := header[i]; {
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' && depth == 0 || c == ',' && depth == 0:
			parameter, _, _ := strings.Cut(header[start:i], ":")
			parameter, _, _ = strings.Cut(parameter, "=")
			if parameter = strings.TrimSpace(parameter); parameter != "self" && parameter != "" {
				names = append(names, parameter)
			}
			if start = i + 1; c == ')' {
				return names, nil
			}
		case c == ')' || c == ']' || c == '}':
			depth--
		}
	}
	return nil, fmt.Errorf(`field "starter_code": the header of %s does not end`, method)
}
