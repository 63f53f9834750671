package source

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"temper/model/recipe"
)

const splitFile = "../../../shared/data/code/lcb_split_acereason.json"

// TestLiveCodeBenchSets: the two sets of the papers come out by release and day, or by their names,
// and not by a day alone.
func TestLiveCodeBenchSets(t *testing.T) {
	data, err := os.ReadFile(splitFile)
	if err != nil {
		t.Skipf("AceReason's lists of problems are missing: %v", err)
	}
	var lists map[string][]string
	if err := json.Unmarshal(data, &lists); err != nil {
		t.Fatal(err)
	}
	// Rows of release_v6, by the lists' months: the first day of each, the last of January for what release_v5 has not.
	added := map[string]bool{}
	for _, id := range lists["v6"] {
		added[id] = true
	}
	var before, after []string // up to release_v5, and what release_v6 added
	for month, ids := range lists {
		for _, id := range ids {
			row := fmt.Sprintf(`{"question_id":%q,"question_content":"q","contest_date":"%s-01T00:00:00","public_test_cases":"[{\"input\":\"1\",\"output\":\"1\",\"testtype\":\"stdin\"}]"}`, id, month)
			switch {
			case month == "v5" || month == "v6":
			case added[id]:
				after = append(after, row)
			default:
				before = append(before, row)
			}
		}
	}
	frame := TokenFrame()
	frame.Domain = recipe.DomainCode
	read := func(d recipe.Dataset, frame Frame, rows []string) (ids []string) {
		t.Helper()
		d.Format = recipe.FormatLiveCodeBench
		problems, err := loadOne(d, frame, rows...)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			ids = append(ids, p.ID)
		}
		slices.Sort(ids)
		return ids
	}
	same := func(what string, got []string, list string) {
		t.Helper()
		want := slices.Sorted(slices.Values(lists[list]))
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d problems, which are not the %d of %s", what, len(got), len(want), list)
		}
		if n := recipe.BenchmarkProblems("livecodebench-" + list); n != len(want) {
			t.Errorf("the table says %d problems of %s, the list has %d", n, list, len(want))
		}
	}
	_, _, err = recipe.NamedBenchmark("livecodebench-v5")
	if err != nil {
		t.Fatal(err)
	}
	same("release_v5 since the day", read(recipe.Dataset{Since: "2024-08-01"}, frame, before), "v5")
	same("what release_v6 added", read(recipe.Dataset{}, frame, after), "v6")
	whole := slices.Concat(before, after)
	for _, list := range []string{"v5", "v6"} {
		ids, err := IDs(data, list)
		if err != nil {
			t.Fatal(err)
		}
		frame := frame
		frame.Only = NewSelection(ids)
		same("by their names", read(recipe.Dataset{}, frame, whole), list)
		if missing := frame.Only.Missing(); missing != "" {
			t.Error(missing)
		}
	}
	late := read(recipe.Dataset{Since: "2025-02-01"}, frame, whole)
	if misplaced := len(lists["v6"]) - len(late); misplaced != 44 {
		t.Errorf("a cut at 2025-02-01 misplaces %d problems, not 44", misplaced)
	}
}

func TestIDs(t *testing.T) {
	for text, want := range map[string]string{
		`["a", 12]`: "a 12", "a\r\n\n12 \n": "a 12", `{"v": [1, "b"], "w": []}`: "1 b",
		`[]`: "it lists no name", `{}`: `list is "v", which it does not have; valid: `, `[true]`: "member 1 is no text and no number", `[1`: "it is not JSON",
		`{"vv": [1]}`: `list is "v", which it does not have; did you mean vv? valid: vv`,
	} {
		list := ""
		if strings.HasPrefix(text, "{") {
			list = "v"
		}
		ids, err := IDs([]byte(text), list)
		got := strings.Join(ids, " ")
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if _, err := IDs([]byte(`["a"]`), "v5"); err == nil || err.Error() != `list is "v5", but it is one list; valid: absent` {
		t.Error(err)
	}
	s := NewSelection([]string{"a", "b", "c", "d"})
	s["a"] = true
	if got := s.Missing(); got != "3 of its 4 names are no row's: b, c, d" {
		t.Error(got)
	}
}

// TestContest: a competition's problems under the names that their files have.
func TestContest(t *testing.T) {
	for row, want := range map[string]string{
		`{"problem":"p","answer":"204"}`: "line-1 204",
		`{"id":"aime24-0","problem":"p","reference_solution":"s","expected_answer":"204"}`: "aime24-0 204",
		`{"ID":"2024-II-4","Problem":"p","Solution":"s","Answer":33}`:                      "2024-II-4 33",
		`{"problem_idx":1,"problem":"p","answer":"103","problem_type":["Number Theory"]}`:  "1 103",
		`{"id":0,"problem":"p","answer":27.0,"url":"u","question":"p"}`:                    "0 27.0",
		`{"problem":"p","solution":"s"}`:                                                   `d line 1: field "answer" is missing or empty (or Answer, expected_answer)`,
		`{"answer":"1"}`:                                                                   `d line 1: field "problem" is missing or empty`,
		`{"problem":"p","answer":["1"]}`:                                                   `d line 1: field "answer" is missing or empty (or Answer, expected_answer)`,
	} {
		problems, err := loadOne(recipe.Dataset{Format: recipe.FormatContest}, TokenFrame(), row)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = problems[0].ID + " " + problems[0].Answer
		}
		if got != want {
			t.Errorf("%s: %s, want %s", row, got, want)
		}
	}
	for file, n := range map[string]int{"aime24": 30, "amc23": 40} {
		data, err := os.ReadFile("../../../shared/data/math_eval/" + file + ".jsonl")
		if err != nil {
			t.Skipf("%s is missing: %v", file, err)
		}
		b, format, err := recipe.NamedBenchmark(file)
		if err != nil {
			t.Fatal(err)
		}
		problems, err := loadOne(recipe.Dataset{Format: format}, TokenFrame(), string(data))
		if err != nil || len(problems) != n || recipe.BenchmarkProblems(file) != n || b.Domain != recipe.DomainMath {
			t.Errorf("%s: %d problems, %v", file, len(problems), err)
		}
	}
}
