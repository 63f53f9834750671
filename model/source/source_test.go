package source

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
)

func TestLoadGSM8K(t *testing.T) {
	line := `{"question":"Tom has 2 boxes of 1,000 pens. How many pens?","answer":"He has 2*1,000 = <<2*1000=2000>>2,000 pens.\nSo <<1=1>>all.\n#### 2,000"}`
	problems, examples, err := Load("data.train: x", recipe.Dataset{Format: recipe.FormatGSM8K}, []byte("\ufeff"+line+"\r\n"+line+"\n\n"), TokenFrame())
	if err != nil || len(problems) != 2 || len(examples) != 2 {
		t.Fatalf("got %v, %v, %v", problems, examples, err)
	}
	prompt := "<user>Tom has 2 boxes of 1,000 pens. How many pens?<asst><think>"
	if want := (dataset.Problem{ID: "line-2", Domain: recipe.DomainMath, Question: "Tom has 2 boxes of 1,000 pens. How many pens?", Prompt: prompt, Answer: "2000"}); !reflect.DeepEqual(problems[1], want) {
		t.Errorf("problem %+v, want %+v", problems[1], want)
	}
	want := dataset.Example{ID: "line-1", Question: "Tom has 2 boxes of 1,000 pens. How many pens?", Prompt: prompt, Response: "He has 2*1,000 = 2,000 pens.\nSo all.</think>\\boxed{2000}"}
	if examples[0] != want {
		t.Errorf("example %+v, want %+v", examples[0], want)
	}
}

func TestLoadProblemsAndExamples(t *testing.T) {
	data := `{"problem":"1+1?","answer":"2"}
{"id":"mine","problem":"double it","tests":{"type": "stdin", "inputs": ["1"], "outputs": ["2"]}}`
	problems, examples, err := Load("s", recipe.Dataset{Format: recipe.FormatProblems}, []byte(data), TokenFrame())
	want := []dataset.Problem{
		{ID: "line-1", Domain: recipe.DomainMath, Question: "1+1?", Prompt: "<user>1+1?<asst><think>", Answer: "2"},
		{ID: "mine", Domain: recipe.DomainCode, Question: "double it", Prompt: "<user>double it<asst><think>", Tests: []byte(`{"type":"stdin","inputs":["1"],"outputs":["2"]}`)},
	}
	if err != nil || examples != nil || !reflect.DeepEqual(problems, want) {
		t.Errorf("problems: %v, %v, %v", problems, examples, err)
	}
	problems, examples, err = Load("s", recipe.Dataset{Format: recipe.FormatExamples}, []byte(`{"prompt":"9a-2?","response":"soa9-2=7"}`), TokenFrame())
	if err != nil || problems != nil || len(examples) != 1 || examples[0] != (dataset.Example{ID: "line-1", Question: "9a-2?", Prompt: "9a-2?", Response: "soa9-2=7"}) {
		t.Errorf("examples: %v, %v, %v", problems, examples, err)
	}
}

func TestLoadLimitLooksNoFurther(t *testing.T) {
	data := []byte(strings.Repeat(`{"prompt":"p","response":"r"}`+"\n", 3) + "broken")
	_, examples, err := Load("s", recipe.Dataset{Format: recipe.FormatExamples, Limit: 3}, data, TokenFrame())
	if err != nil || len(examples) != 3 {
		t.Errorf("limit 3: %v, %v", examples, err)
	}
	_, examples, err = Load("s", recipe.Dataset{Format: recipe.FormatExamples, Limit: 9}, data[:60], TokenFrame())
	if err != nil || len(examples) != 2 {
		t.Errorf("limit above the file's length: %v, %v", examples, err)
	}
}

func TestLoadErrorsAreOneLine(t *testing.T) {
	const gsm = `{"question":"q","answer":"s\n#### 1"}` + "\n"
	tests := []struct {
		format recipe.Format
		data   string
		limit  int
		want   string
	}{
		{"csv", gsm, 0, `: format "csv": valid values are gsm8k, math, problems, contest, examples, rows, acereason-sft, acereason-math, openr1-math, numinamath, numinamath-1.5, openmathreasoning, dapo, openthoughts, livecodebench, taco, apps, prime, deepcoder, codecontests, humaneval, humaneval-plus, mbpp, mbpp-plus, kodcode, leetcode`},
		{recipe.FormatGSM8K, gsm, -1, `: limit is -1: want 0 (all lines) or more`},
		{recipe.FormatGSM8K, " \n\n", 0, `: the file is empty; want one JSON object per line, in UTF-8`},
		{recipe.FormatGSM8K, gsm + gsm + `{"question":"q"`, 0, ` line 3: it is truncated: the JSON goes on after byte 15, the last`},
		{recipe.FormatGSM8K, gsm + `{"question":"\ud800"}`, 0, ` line 2: byte 14: \ud800 is half of a surrogate pair, and no character`},
		{recipe.FormatGSM8K, gsm + `{"question":"q","Answer":"s #### 1"}`, 0, ` line 2: unknown field "Answer", the fields are question, answer`},
		{recipe.FormatGSM8K, gsm + `[` + gsm + `]`, 0, ` line 2: it is truncated: the JSON goes on after byte 38, the last`},
		{recipe.FormatGSM8K, "question,answer\nq,a\n", 0, ` line 1: it is not JSON: byte 1: invalid character 'q' looking for beginning of value`},
		{recipe.FormatGSM8K, `[` + strings.TrimSpace(gsm) + `]`, 0, `: the file is one JSON array; want one JSON object per line, in UTF-8 (jq -c '.[]')`},
		{recipe.FormatGSM8K, "[\n" + gsm + ",\n" + gsm + "]\n", 0, `: the file is one JSON array; want one JSON object per line, in UTF-8 (jq -c '.[]')`},
		{recipe.FormatGSM8K, "[]", 0, `: the file is one JSON array; want one JSON object per line, in UTF-8 (jq -c '.[]')`},
		{recipe.FormatGSM8K, "{\n \"data\": []\n}\n", 0, `: the file is one JSON object over several lines; want one JSON object per line, in UTF-8 (jq -c .)`},
		{recipe.FormatGSM8K, "\xff\xfe{\x00", 0, `: the file is UTF-16 text; want one JSON object per line, in UTF-8 (store it as UTF-8: iconv -f UTF-16 -t UTF-8)`},
		{recipe.FormatGSM8K, "{\x00\"\x00q\x00", 0, `: the file is UTF-16 text; want one JSON object per line, in UTF-8 (store it as UTF-8: iconv -f UTF-16 -t UTF-8)`},
		{recipe.FormatGSM8K, "\x1f\x8b\x08\x00", 1, `: the file is gzip-compressed; want one JSON object per line, in UTF-8 (unpack it with gunzip)`},
		{recipe.FormatProblems, "\x28\xb5\x2f\xfd\x04", 0, `: the file is zstd-compressed; want one JSON object per line, in UTF-8 (unpack it with unzstd)`},
		{recipe.FormatExamples, "PAR1\x15\x04", 0, `: the file is a Parquet file; want one JSON object per line, in UTF-8 (convert it, with pandas: read_parquet(…).to_json(…, orient="records", lines=True))`},
		{recipe.FormatGSM8K, gsm + "\n" + gsm, 0, ` line 2: the line is empty, want a JSON object`},
		{recipe.FormatGSM8K, gsm + `{"question":"q"}`, 0, ` line 2: field "answer" is missing`},
		{recipe.FormatGSM8K, `{"question":"q","answer":12}`, 0, ` line 1: field "answer": want a string, got a number`},
		{recipe.FormatGSM8K, `{"question":"q","answer":"s"}`, 0, ` line 1: field "answer" has no final answer after "####"`},
		{recipe.FormatGSM8K, `{"question":"q","answer":"s ####  "}`, 0, ` line 1: field "answer" needs a solution, "####" and a final answer`},
		{recipe.FormatGSM8K, `{"question":"q<asst>","answer":"<eos> #### 1"}`, 0, ` line 1: field "question" contains the chat token <asst>`},
		{recipe.FormatGSM8K, `{"question":"q","answer":"a","id":"1"}`, 0, ` line 1: unknown field "id", the fields are question, answer`},
		{recipe.FormatProblems, `{"problem":"p","answer":"a","level":1,"hint":2}`, 0, ` line 1: unknown field "hint", the fields are id, problem, answer, tests, starter, golden, released, url`},
		{recipe.FormatProblems, `{"problem":"p"}`, 0, ` line 1: neither field "answer" (math) nor field "tests" (code) is there`},
		{recipe.FormatProblems, `{"problem":"p","answer":"a","tests":{}}`, 0, ` line 1: field "answer" is of domain math; a problem of domain code is judged by field "tests"`},
		{recipe.FormatProblems, `{"problem":"p","answer":"1"}` + "\n" + `{"problem":"p","tests":{"type":"stdin"}}`, 0, ` line 2: tests: inputs is empty, want at least one`},
		{recipe.FormatExamples, `{"prompt":"p","response":"r<eos>"}`, 0, ` line 1: field "response" contains the chat token <eos>`},
		{recipe.FormatExamples, `{"prompt":"p","response":""}`, 0, ` line 1: field "response" is empty`},
		{recipe.FormatExamples, `{"prompt":"p","response":"r","id":3}`, 0, ` line 1: field "id": want a string, got a number`},
	}
	const source = "data.train: /path/train.jsonl"
	for _, test := range tests {
		problems, examples, err := Load(source, recipe.Dataset{Format: test.format, Limit: test.limit}, []byte(test.data), TokenFrame())
		if err == nil || err.Error() != source+test.want || problems != nil || examples != nil {
			t.Errorf("got %v, want %s", err, source+test.want)
		}
	}
}

// TestLoadChecksTheDomain: what a row lacks that its stage judges by is known when it is read.
func TestLoadChecksTheDomain(t *testing.T) {
	const right, program = `{"problem":"p","answer":"1"}`, `{"problem":"p","tests":{"type":"stdin","inputs":["1"],"outputs":["2"]}}`
	for _, test := range []struct {
		domain    recipe.Domain
		row, want string
	}{
		{recipe.DomainMath, program, `field "tests" is of domain code; a problem of domain math is judged by field "answer"`},
		{recipe.DomainMath, `{"problem":"p"}`, `field "answer" is missing, which a problem of domain math is judged by`},
		{recipe.DomainMath, `{"problem":"p","answer":"` + strings.Repeat("1", 5000) + `"}`, `field "answer" is too long`},
		{recipe.DomainCode, right, `field "answer" is of domain math; a problem of domain code is judged by field "tests"`},
		{recipe.DomainCode, `{"problem":"p"}`, `field "tests" is missing, which a problem of domain code is judged by`},
		{recipe.DomainCode, `{"problem":"p","tests":{"type":"stdin"}}`, `tests: inputs is empty, want at least one`},
		{recipe.DomainCode, `{"problem":"p","tests":{"type":"stdin","inpts":[]}}`, `tests: unknown field "inpts"`},
		{"chess", right, `domain is "chess"; valid: math, code, graph, activity`},
	} {
		frame := TokenFrame()
		frame.Domain = test.domain
		good := right
		if test.domain == recipe.DomainCode {
			good = program
		}
		data := []byte(good + "\n" + test.row)
		want := "data.train: f line 2: " + test.want
		if test.domain == "chess" {
			want = "data.train: f line 1: " + test.want
		}
		if _, _, err := Load("data.train: f", recipe.Dataset{Format: recipe.FormatProblems}, data, frame); err == nil || err.Error() != want {
			t.Errorf("domain %s: got %v, want %s", test.domain, err, want)
		}
	}
}

// TestFieldsOfTheUser: a row for a reward of the user's may hold anything, and all of it is kept.
func TestFieldsOfTheUser(t *testing.T) {
	frame := TokenFrame()
	frame.Domain = recipe.DomainActivity
	for _, test := range []struct {
		format              recipe.Format
		row, fields, answer string
	}{
		{recipe.FormatProblems, `{"style": ["a", "<b>"], "problem": "p", "answer": 4}`, `{"answer":4,"style":["a","<b>"]}`, ""},
		{recipe.FormatProblems, `{"problem": "p"}`, ``, ""},
		{recipe.FormatGSM8K, `{"question": "p", "answer": "x #### 7", "level": {"a": null}}`, `{"level":{"a":null}}`, "7"},
	} {
		problems, _, err := Load("s", recipe.Dataset{Format: test.format}, []byte(test.row), frame)
		if err != nil || len(problems) != 1 || string(problems[0].Fields) != test.fields || problems[0].Domain != "activity" || problems[0].Answer != test.answer {
			t.Errorf("%s: %+v, %v", test.row, problems, err)
		}
	}
}

// TestWordsOfTheRecipe: the table and the recipe's words for formats are the same.
func TestWordsOfTheRecipe(t *testing.T) {
	if got, want := Formats(), recipe.Formats(); !slices.Equal(got, want) {
		t.Errorf("the table has %v, recipes %v", got, want)
	}
}

// sharedFile reads a file of the real data, which is not part of the repository.
func sharedFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", name))
	if os.IsNotExist(err) {
		t.Skip("../shared is absent")
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestLoadRealGSM8K(t *testing.T) {
	for file, count := range map[string]int{"gsm8k/train.jsonl": 7473, "gsm8k/test.jsonl": 1319} {
		problems, examples, err := Load("data.x: "+file, recipe.Dataset{Format: recipe.FormatGSM8K}, sharedFile(t, file), TokenFrame())
		if err != nil || len(problems) != count || len(examples) != count {
			t.Fatalf("%s: %d problems, %d examples, %v", file, len(problems), len(examples), err)
		}
		for i, e := range examples {
			if strings.Contains(e.Response, "<<") || strings.Contains(e.Response, ">>") || strings.Contains(e.Response, "####") {
				t.Errorf("%s: annotation left in %q", e.ID, e.Response)
			}
			if answer := problems[i].Answer; strings.Trim(answer, "-0123456789.") != "" || !strings.HasSuffix(e.Response, `</think>\boxed{`+answer+"}") {
				t.Errorf("%s: answer %q", e.ID, answer)
			}
		}
	}
}
