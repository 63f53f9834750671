package source

import (
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
)

// loadOne reads one row, whose fault is no error of the file's.
func loadOne(d recipe.Dataset, frame Frame, rows ...string) ([]dataset.Problem, error) {
	problems, _, err := Load("d", d, []byte(strings.Join(rows, "\n")), frame)
	return problems, err
}

// TestEvalPlusWantsItsTests: a row of HumanEval's or MBPP's own file is none of HumanEval+'s or MBPP+'s.
func TestEvalPlusWantsItsTests(t *testing.T) {
	frame := TokenFrame()
	frame.Domain = recipe.DomainCode
	plus := map[recipe.Format]string{
		recipe.FormatHumanEvalPlus: `{"task_id":"HumanEval/0","prompt":"def f(x):\n","entry_point":"f","canonical_solution":"    return x\n","base_input":[[1]],"plus_input":[[2],[3]],"atol":0,"contract":""}`,
		recipe.FormatMBPPPlus:      `{"task_id":"Mbpp/2","prompt":"Common elements.","entry_point":"common","canonical_solution":"def common(a, b):\n    return tuple(set(a) & set(b))","base_input":[[[1],[1]]],"plus_input":[],"atol":0}`,
	}
	for format, row := range plus {
		problems, err := loadOne(recipe.Dataset{Format: format}, frame, row)
		if err != nil {
			t.Fatal(err)
		}
		tests := testsOf(t, problems[0])
		if tests.Pace == nil || tests.Pace.Factor != 4 || tests.Pace.LeastSeconds != 1 {
			t.Errorf("%s: pace %+v", format, tests.Pace)
		}
		if format == recipe.FormatHumanEvalPlus && strings.Join(tests.Asserts, " ") != "compare(f, 0) compare(f, 1) compare(f, 2)" {
			t.Errorf("the base tests come first, then the others: %v", tests.Asserts)
		}
		if shaped := strings.Contains(tests.Setup, `"each argument"`+"\n"); shaped != (format == recipe.FormatMBPPPlus) {
			t.Errorf("%s: %s", format, tests.Setup[:200])
		}
		base := strings.Replace(row, `"plus_input"`, `"other"`, 1)
		if _, err := loadOne(recipe.Dataset{Format: format}, frame, base); err == nil || !strings.Contains(err.Error(), `d line 1: field "plus_input" is missing`) {
			t.Errorf("%s without further tests: %v", format, err)
		}
	}
	hub := `{"task_id":3,"prompt":"p","code":"def h(x):\n  return x","test_imports":[],"test_list":["assert h(1) == 1"],"test":"inputs = [[1], [3]]\nresults = [1, 3]\nfor i, e in zip(inputs, results):\n    assert h(*i) == e\n"}`
	if problems, err := loadOne(recipe.Dataset{Format: recipe.FormatMBPPPlus}, frame, hub); err != nil || len(problems) != 1 {
		t.Errorf("the Hub's copy: %v, %v", problems, err)
	}
}
