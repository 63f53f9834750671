package source

import (
	"fmt"
	"regexp"
	"strings"

	"temper/model/library/jsonl"
	"temper/model/recipe"
	"temper/model/reward/code"
)

// kodCode is {question_id, question, solution, test, test_info, …}, as KodCode-V1 has it. Its
// tests are a module for pytest that imports from the module "solution". Each test function
// is one test; the imports from solution are left out, since tests find the program's names.
var kodCode = ofPrograms(recipe.FormatKodCode, kodCodeOf)

var (
	importsSolution = regexp.MustCompile(`(?m)^[ \t]*(?:from[ \t]+solution[ \t]+import[ \t]+(?:\([^)]*\)|[^\n]*)|import[ \t]+solution[ \t]*)$`)
	pytestFunction  = regexp.MustCompile(`(?m)^def[ \t]+(test\w*)[ \t]*\(`)
	pytestClass     = regexp.MustCompile(`(?m)^class[ \t]+(Test\w*)[^\n]*:[^\n]*\n((?:[ \t]+[^\n]*\n?|[ \t]*\n)*)`)
	pytestMethod    = regexp.MustCompile(`(?m)^(?:    |\t)def[ \t]+(test\w*)[ \t]*\([ \t]*self\b`)
)

func kodCodeOf(row jsonl.Object) (p Program, err error) {
	p.ID = name(row, "question_id", "conversation_id")
	if p.Question, err = question(row, "question"); err != nil {
		return p, err
	}
	if p.Reference, err = text(row, "solution"); err != nil {
		return p, err
	}
	tests, err := text(row, "test")
	if err != nil {
		return p, err
	}
	p.Question = withHeader(p.Question, kodCodeHeader(row))
	tests = importsSolution.ReplaceAllString(tests, "")
	setup, err := pytest.put(strings.ReplaceAll(tests, "solution.", ""))
	if err != nil {
		return p, err
	}
	asserts := pytestCalls(tests)
	if len(asserts) == 0 {
		return p, Unjudged{noTests}
	}
	p.Tests = code.Tests{Type: code.Assert, Setup: strings.TrimSpace(setup), Asserts: asserts}
	return p, nil
}

// pytestCalls are calls of the tests that pytest would find.
func pytestCalls(tests string) (calls []string) {
	for _, m := range pytestFunction.FindAllStringSubmatch(tests, -1) {
		calls = append(calls, m[1]+"()")
	}
	for _, class := range pytestClass.FindAllStringSubmatch(tests, -1) {
		for _, m := range pytestMethod.FindAllStringSubmatch(class[2], -1) {
			calls = append(calls, fmt.Sprintf("%s().%s()", class[1], m[1]))
		}
	}
	return calls
}

// kodCodeHeader are the headers of the functions that the tests call.
func kodCodeHeader(row jsonl.Object) string {
	var info []struct {
		Declaration string `json:"function_declaration"`
	}
	if structure(row, "test_info", &info) != nil { // parts of the data set have none
		return ""
	}
	var headers []string
	for _, f := range info {
		headers = append(headers, f.Declaration)
	}
	return strings.Join(headers, "\n")
}
