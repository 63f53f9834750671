package source

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward/code"
)

// programs reads a file of a format and counts what is left out.
func programs(t *testing.T, format recipe.Format, path string) (problems []dataset.Problem, left map[string]int) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	left = map[string]int{}
	frame := TokenFrame()
	frame.Domain, frame.LeftOut = recipe.DomainCode, func(reason string) { left[reason]++ }
	problems, examples, err := Load("data.x", recipe.Dataset{Format: format}, data, frame)
	if err != nil || examples != nil {
		t.Fatal(err, examples)
	}
	return problems, left
}

func testsOf(t *testing.T, p dataset.Problem) (tests code.Tests) {
	t.Helper()
	if err := json.Unmarshal(p.Tests, &tests); err != nil {
		t.Fatal(err)
	}
	return tests
}

// TestPrograms: each data set's rows, what is read of them and what is left out.
func TestPrograms(t *testing.T) {
	for format, want := range map[recipe.Format]struct {
		ids  string
		left map[string]int
	}{
		recipe.FormatLiveCodeBench: {"made_a made_b", map[string]int{interactive: 1, noTests: 1}},
		recipe.FormatTACO:          {"line-1 line-2", map[string]int{images: 1, noTests: 1, unpaired: 1, "tests of another form": 1}},
		recipe.FormatAPPS:          {"", nil},
		recipe.FormatPRIME:         {"line-1 line-3", map[string]int{notCode: 1}},
		recipe.FormatDeepCoder:     {"line-1 line-2 line-3 line-4 line-5", map[string]int{noTests: 1}},
		recipe.FormatCodeContests:  {"made_1", map[string]int{fromFile: 1, images: 1}},
		recipe.FormatHumanEval:     {"Made/0 Made/1 Made/3 Made/4 Made/5", map[string]int{"tests that need numpy": 1}},
		recipe.FormatMBPP:          {"1 2 3 Mbpp/5", map[string]int{noTests: 1}},
		recipe.FormatHumanEvalPlus: {"Made/0 Made/1 Made/2 Made/3 Made/4", map[string]int{}},
		recipe.FormatMBPPPlus:      {"Mbpp/2 Mbpp/63 Mbpp/115 Mbpp/124 Mbpp/737 Mbpp/164 Mbpp/791", map[string]int{}},
		recipe.FormatKodCode:       {"Made_1", map[string]int{noTests: 1, "tests that need pytest's fixtures or plug-ins": 1}},
		recipe.FormatLeetCode:      {"made-reverse made-depth made-even made-lists made-near", map[string]int{}},
	} {
		if format == recipe.FormatAPPS { // the reader is TACO's
			continue
		}
		problems, left := programs(t, format, filepath.Join("testdata", "programs", string(format)+".jsonl"))
		var ids []string
		for _, p := range problems {
			ids = append(ids, p.ID)
			if p.Domain != recipe.DomainCode || !strings.Contains(p.Prompt, p.Question) {
				t.Errorf("%s: %+v", format, p)
			}
		}
		if got := strings.Join(ids, " "); got != want.ids || !maps.Equal(left, want.left) {
			t.Errorf("%s: %s, left out %v; want %s, %v", format, got, left, want.ids, want.left)
		}
	}
	if got := recipe.ProgramFormats(); !slices.Equal(got, programSources()) {
		t.Errorf("the table has %v, recipes %v", programSources(), got)
	}
}

func programSources() (names []recipe.Format) {
	for _, s := range table {
		if s.Program != nil {
			names = append(names, s.Name)
		}
	}
	return names
}

// TestLiveCodeBench: all tests, packed or not, by the rules of its harness.
func TestLiveCodeBench(t *testing.T) {
	problems, _ := programs(t, recipe.FormatLiveCodeBench, "testdata/programs/livecodebench.jsonl")
	want := code.Tests{Type: code.Stdin, Inputs: []string{"3\n", "5\n", "0"}, Outputs: []string{"6\n", "10", "0"}, Compare: code.AsLiveCodeBench}
	if got := testsOf(t, problems[0]); !reflect.DeepEqual(got, want) {
		t.Errorf("stdin: %+v", got)
	}
	got := testsOf(t, problems[1])
	if got.Name != "mean" || got.Compare != code.AsLiveCodeBench || fmt.Sprintf("%s", got.Cases) != "[{[[5,1,2],2] 1.5 []} {[[2,4],2] 3 []}]" {
		t.Errorf("functional: %s", problems[1].Tests)
	}
	if !strings.HasSuffix(problems[1].Question, "Function header:\n```\nclass Solution:\n    def mean(self, nums: List[int], k: int) -> float:\n        \n```") {
		t.Errorf("question %q", problems[1].Question)
	}
	row := `{"question_id":"x","question_content":"q","public_test_cases":"[]","private_test_cases":"eJxrYJmqyMgABj0ayXmZxfEFRfl5uZklRRmZxQoA4xIJbw==","metadata":"{}"}`
	if _, _, err := Load("d", recipe.Dataset{Format: recipe.FormatLiveCodeBench}, []byte(row), TokenFrame()); err == nil || !strings.Contains(err.Error(), `d line 1: field "private_test_cases": `) {
		t.Errorf("a pickle that is no string: %v", err)
	}
}

// TestTACO: columns, arrays of lines, a problem's own limits, and keys and results as its harness has them.
func TestTACO(t *testing.T) {
	problems, _ := programs(t, recipe.FormatTACO, "testdata/programs/taco.jsonl")
	want := code.Tests{Type: code.Stdin, Inputs: []string{"2\n1 2\n", "1\n5"}, Outputs: []string{"3\n", "5"}, TimeSeconds: 2, MemoryBytes: 256 << 20}
	if got := testsOf(t, problems[0]); !reflect.DeepEqual(got, want) {
		t.Errorf("stdin: %+v", got)
	}
	if got := testsOf(t, problems[1]); !got.IntKeys || string(got.Cases[0].Expect) != `["a"]` || string(got.Cases[0].Accept[0]) != `"a"` {
		t.Errorf("function: %s", problems[1].Tests)
	}
	for text, want := range map[string]string{"2.0 seconds": "2", "1500 ms": "1.5", "3": "3", "": "0", "3 parsecs": "0", "unlimited": "0"} {
		raw, _ := json.Marshal(text)
		if got := fmt.Sprint(quantity(map[string]json.RawMessage{"time_limit": raw}, "time_limit", seconds)); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}

// TestCodeContestsLimits: seconds with nanoseconds, and bytes.
func TestCodeContestsLimits(t *testing.T) {
	problems, _ := programs(t, recipe.FormatCodeContests, "testdata/programs/codecontests.jsonl")
	want := code.Tests{Type: code.Stdin, Inputs: []string{"1 2\n", "5 3\n"}, Outputs: []string{"2\n", "5\n"}, TimeSeconds: 1.5, MemoryBytes: 256000000}
	if got := testsOf(t, problems[0]); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

// TestLeetCode: asserts become calls, nodes their values.
func TestLeetCode(t *testing.T) {
	problems, _ := programs(t, recipe.FormatLeetCode, "testdata/programs/leetcode.jsonl")
	for i, want := range []struct{ nodes, cases string }{
		{"&{[list] list}", "[{[[1,2,3]] [3,2,1] []} {[[]] [] []}]"},
		{"&{[tree ] }", `[{[[3,9,20,null,null,15,7],{"a":1}] 3 []} {[[1,null,2],{}] 2 []}]`},
		{"<nil>", "[{[2] true []} {[3] false []}]"},
		{"&{[lists] list}", "[{[[[1,4],[2]]] [1,4] []}]"},
	} {
		got := testsOf(t, problems[i])
		if nodes := fmt.Sprint(got.Nodes); nodes != want.nodes || fmt.Sprintf("%s", got.Cases) != want.cases || !strings.Contains(got.Before, "class ListNode") {
			t.Errorf("%s: %s %s", problems[i].ID, nodes, got.Cases)
		}
	}
	if near := testsOf(t, problems[4]); near.Type != code.Assert || near.Asserts[0] != "check(Solution().mean)" || !strings.HasPrefix(near.Setup, near.Before) {
		t.Errorf("an assert of another form: %+v", near)
	}
}

// TestKodCode: one test for each function of pytest's.
func TestKodCode(t *testing.T) {
	problems, _ := programs(t, recipe.FormatKodCode, "testdata/programs/kodcode.jsonl")
	got := testsOf(t, problems[0])
	if want := []string{"test_add()", "test_more()", "test_inverse()", "TestMore().test_negative()"}; !slices.Equal(got.Asserts, want) {
		t.Errorf("asserts %q", got.Asserts)
	}
	if strings.Contains(got.Setup, "solution") || strings.Contains(got.Setup, "import pytest") || !strings.Contains(got.Setup, "class pytest:") {
		t.Errorf("setup %s", got.Setup)
	}
}

// TestWithoutSolution: tests find the program's names without its module.
func TestWithoutSolution(t *testing.T) {
	for tests, want := range map[string]string{
		"from solution import f\nassert f()":                             "pass\nassert f()",
		"import solution\nassert solution.f()":                           "\nassert f()",
		"from solution import (\n    f as g,\n    h)\nassert g() == h()": "pass; g = f\nassert g() == h()",
		"solution = Solution()\nassert solution.f()":                     "solution = Solution()\nassert solution.f()",
		"def test():\n    from solution import f\n    assert f()":        "def test():\n    pass\n    assert f()",
	} {
		if got := withoutSolution(tests); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if _, err := pytestCalls("def test_a(capsys):\n    pass\n"); err != (Unjudged{pytest.reason}) {
		t.Errorf("a fixture: %v", err)
	}
}

// TestArrayOfRows: one JSON array is as good as lines, and errors name its member.
func TestArrayOfRows(t *testing.T) {
	const row = `{"task_id":1,"text":"t","code":"","test_list":["assert f()"]}`
	d := recipe.Dataset{Format: recipe.FormatMBPP, Limit: 2}
	problems, _, err := Load("d", d, []byte("[\n"+row+",\n"+row+","+row+"]"), TokenFrame())
	if err != nil || len(problems) != 2 || problems[1].ID != "1" {
		t.Errorf("%v, %v", problems, err)
	}
	if _, _, err = Load("d", d, []byte("["+row+", {}]"), TokenFrame()); err == nil || err.Error() != `d member 2: field "prompt" is missing or empty` {
		t.Errorf("got %v", err)
	}
}

// TestRealPrograms: rows as they are published, all of them judged.
func TestRealPrograms(t *testing.T) {
	const root = "../../../shared/data/code/"
	for file, want := range map[string]struct {
		format recipe.Format
		n      int
		left   map[string]int
	}{
		"humaneval/HumanEval.jsonl":         {recipe.FormatHumanEval, 164, map[string]int{}},
		"mbpp/mbpp.jsonl":                   {recipe.FormatMBPP, 974, map[string]int{}},
		"mbpp/sanitized-mbpp.json":          {recipe.FormatMBPP, 427, map[string]int{}},
		"apps_five/problems.jsonl":          {recipe.FormatAPPS, 5, map[string]int{}},
		"code_contests_test/problems.jsonl": {recipe.FormatCodeContests, 152, map[string]int{images: 10, interactive: 3}},
	} {
		if _, err := os.Stat(root + file); err != nil {
			t.Skipf("rows of data sets are missing: %v", err)
		}
		problems, left := programs(t, want.format, root+file)
		if len(problems) != want.n || !maps.Equal(left, want.left) {
			t.Errorf("%s: %d problems, left out %v", file, len(problems), left)
		}
	}
}
