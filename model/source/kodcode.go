package source

import (
	"regexp"
	"strings"

	"temper/model/library/jsonl"
	"temper/model/recipe"
	"temper/model/reward/code"
)

// kodCode is {question_id, question, solution, test, test_info, …}, as KodCode-V1 has it. Its
// tests are a module for pytest that imports from the module "solution". Each test function
// is one test; the imports from solution are left out, since tests find the program's names,
// and other names for them are set.
var kodCode = ofPrograms(recipe.FormatKodCode, kodCodeOf)

var (
	fromSolution   = regexp.MustCompile(`(?m)^([ \t]*)from[ \t]+solution[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)`)
	importSolution = regexp.MustCompile(`(?m)^[ \t]*import[ \t]+solution[ \t]*$`)
	otherName      = regexp.MustCompile(`(\w+)[ \t]+as[ \t]+(\w+)`)
	pytestFunction = regexp.MustCompile(`(?m)^def[ \t]+(test\w*)[ \t]*\(([^)]*)\)`)
	pytestClass    = regexp.MustCompile(`(?m)^class[ \t]+(Test\w*)[^\n]*:[^\n]*\n((?:[ \t]+[^\n]*\n?|[ \t]*\n)*)`)
	pytestMethod   = regexp.MustCompile(`(?m)^(?:    |\t)def[ \t]+(test\w*)[ \t]*\([ \t]*self\b[ \t]*,?([^)]*)\)`)
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
	p.Header = kodCodeHeader(row)
	setup, err := pytest.put(withoutSolution(tests))
	if err != nil {
		return p, err
	}
	asserts, err := pytestCalls(tests)
	if err != nil {
		return p, err
	}
	p.Tests = code.Tests{Type: code.Assert, Setup: strings.TrimSpace(setup), Asserts: asserts}
	return p, nil
}

// withoutSolution are tests that import nothing from the module solution.
func withoutSolution(tests string) string {
	if importSolution.MatchString(tests) {
		tests = strings.ReplaceAll(importSolution.ReplaceAllString(tests, ""), "solution.", "")
	}
	return fromSolution.ReplaceAllStringFunc(tests, func(statement string) string {
		m := fromSolution.FindStringSubmatch(statement)
		names := []string{"pass"}
		for _, as := range otherName.FindAllStringSubmatch(m[2], -1) {
			if as[1] != as[2] {
				names = append(names, as[2]+" = "+as[1])
			}
		}
		return m[1] + strings.Join(names, "; ")
	})
}

// pytestCalls are calls of the tests that pytest would find.
func pytestCalls(tests string) (calls []string, err error) {
	call := func(name, parameters string) {
		calls = append(calls, name+"()")
		if strings.TrimSpace(parameters) != "" && !strings.Contains(tests, "parametrize") {
			err = Unjudged{pytest.reason} // a fixture gives what it takes
		}
	}
	for _, m := range pytestFunction.FindAllStringSubmatch(tests, -1) {
		call(m[1], m[2])
	}
	for _, class := range pytestClass.FindAllStringSubmatch(tests, -1) {
		for _, m := range pytestMethod.FindAllStringSubmatch(class[2], -1) {
			call(class[1]+"()."+m[1], m[2])
		}
	}
	if len(calls) == 0 {
		err = Unjudged{noTests}
	}
	return calls, err
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
