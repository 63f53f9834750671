package source

import (
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
)

// TestSaid: rows of each form say what rules of curation ask for, where a rule does, and their bytes are the same where none does.
func TestSaid(t *testing.T) {
	const tests = `{"type":"stdin","inputs":["1\n"],"outputs":["1\n"]}`
	fields := recipe.Fields{Question: "q", Tests: "tests", Golden: "solutions[0]", Released: "meta.date", URL: "meta.url"}
	for name, c := range map[string]struct {
		d                     recipe.Dataset
		row                   string
		golden, released, url string
	}{
		"rows":            {recipe.Dataset{Format: recipe.FormatRows, Fields: &fields}, `{"q":"add","tests":` + tests + `,"solutions":["` + "```python\\nprint(1)\\n```" + `"],"meta":{"date":"Aug 1, 2024","url":"https://a.b/c"}}`, "print(1)", "2024-08-01", "https://a.b/c"},
		"rows without it": {recipe.Dataset{Format: recipe.FormatRows, Fields: &fields}, `{"q":"add","tests":` + tests + `,"solutions":[],"meta":{"date":null}}`, "", "", ""},
		"seconds":         {recipe.Dataset{Format: recipe.FormatRows, Fields: &fields}, `{"q":"add","tests":` + tests + `,"meta":{"date":1722470400}}`, "", "2024-08-01", ""},
		"problems":        {recipe.Dataset{Format: recipe.FormatProblems}, `{"problem":"add","tests":` + tests + `,"golden":"print(1)","released":"2024-08-01T10:00:00","url":"a.b/c"}`, "print(1)", "2024-08-01", "a.b/c"},
		"taco": {recipe.Dataset{Format: recipe.FormatTACO}, `{"question":"add","input_output":{"inputs":["1"],"outputs":["1"]},"solutions":["print(1)"],"date":"2018-10-15","url":"https://codeforces.com/problemset/problem/1/A"}`,
			"print(1)", "2018-10-15", "https://codeforces.com/problemset/problem/1/A"},
		"apps": {recipe.Dataset{Format: recipe.FormatAPPS}, `{"problem":"add","input_output":"{\"inputs\":[\"1\"],\"outputs\":[\"1\"]}","solutions":"[\"print(1)\"]","metadata":"{\"url\":\"https://a.b/c\"}"}`, "print(1)", "", "https://a.b/c"},
		"codecontests": {recipe.Dataset{Format: recipe.FormatCodeContests}, `{"description":"add","public_tests":{"input":["1"],"output":["1"]},"solutions":{"language":[2,3],"solution":["int","print(1)"]},"cf_contest_id":1575,"cf_index":"A"}`,
			"print(1)", "", "https://codeforces.com/problemset/problem/1575/A"},
		"livecodebench": {recipe.Dataset{Format: recipe.FormatLiveCodeBench}, `{"question_content":"add","question_title":"Ann's Two Sums","question_id":"3000","platform":"leetcode","contest_date":"2024-01-06T00:00:00","public_test_cases":[{"input":"1","output":"1","testtype":"stdin"}]}`,
			"", "2024-01-06", "https://leetcode.com/problems/anns-two-sums"},
		"leetcode": {recipe.Dataset{Format: recipe.FormatLeetCode}, `{"problem_description":"add","task_id":"two-sum","entry_point":"Solution().add","starter_code":"class Solution:\n    def add(self, a):\n","prompt":"","test":"def check(candidate):\n    assert candidate(a = 1) == 1\n","completion":"class Solution: pass","estimated_date":"2015-08-07"}`,
			"class Solution: pass", "2015-08-07", "https://leetcode.com/problems/two-sum"},
	} {
		for _, said := range []recipe.Said{{Golden: true, Released: true, URL: true}, {}} {
			frame := Frame{Prompt: recipe.Prompt{Format: recipe.PromptPlain, Code: "{question}"}, Domain: recipe.DomainCode, Said: said}
			problems, _, err := Load("x", c.d, []byte(c.row+"\n"), frame)
			if err != nil || len(problems) != 1 {
				t.Errorf("%s: %d problems, %v", name, len(problems), err)
				continue
			}
			p := problems[0]
			data, err := dataset.EncodeProblems(problems)
			if again, e := dataset.DecodeProblems(data); err != nil || e != nil || again[0].Golden != p.Golden || again[0].Released != p.Released || again[0].URL != p.URL {
				t.Errorf("%s is stored as %s: %v, %v", name, data, err, e)
			}
			if said == (recipe.Said{}) {
				if p.Golden+p.Released+p.URL != "" || strings.Contains(string(data), `"released"`) {
					t.Errorf("%s: nobody asks, and it says %q, %q, %q", name, p.Golden, p.Released, p.URL)
				}
			} else if p.Golden != c.golden || p.Released != c.released || p.URL != c.url {
				t.Errorf("%s says %q, %q, %q", name, p.Golden, p.Released, p.URL)
			}
		}
	}
	frame := Frame{Prompt: recipe.Prompt{Format: recipe.PromptPlain}, Domain: recipe.DomainCode, Said: recipe.Said{Released: true}}
	_, _, err := Load("x", recipe.Dataset{Format: recipe.FormatRows, Fields: &fields}, []byte(`{"q":"add","tests":`+tests+`,"meta":{"date":"last spring"}}`), frame)
	if err == nil || !strings.Contains(err.Error(), `field "meta.date": it is "last spring", and no day`) {
		t.Errorf("a day of no form: %v", err)
	}
}
