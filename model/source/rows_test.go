package source

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
)

// rowsOf loads rows by fields.
func rowsOf(t *testing.T, f recipe.Fields, frame Frame, lines ...string) ([]dataset.Problem, []dataset.Example) {
	t.Helper()
	p, e, err := Load("d", recipe.Dataset{Format: recipe.FormatRows, Fields: &f}, []byte(strings.Join(lines, "\n")), frame)
	if err != nil {
		t.Fatal(err)
	}
	return p, e
}

func TestRows(t *testing.T) {
	const row = `{"uid": 12, "ask": [{"role": "system", "content": "s"}, {"role": "user", "content": "Q: 1+1? A:"}], "model": "{\"truth\": [2]}",
 "worked": "1+1=2, so \\boxed{2}", "said": ["<think>one</think>\\boxed{2}", "two"], "more": {"k": 1}}`
	line := strings.ReplaceAll(row, "\n", "")
	f := recipe.Fields{Question: "ask[role=user].content", QuestionIn: "Q: {question} A:", Answer: "model.truth", Solution: "worked", Response: "said[]", ID: "uid"}
	problems, examples := rowsOf(t, f, TokenFrame(), line)
	const prompt = "<user>1+1?<asst><think>"
	if want := (dataset.Problem{ID: "12", Domain: recipe.DomainMath, Question: "1+1?", Prompt: prompt, Answer: "2"}); len(problems) != 1 || !reflect.DeepEqual(problems[0], want) {
		t.Errorf("problems %+v", problems)
	}
	want := []dataset.Example{
		{ID: "12/1", Question: "1+1?", Prompt: prompt, Response: `one</think>\boxed{2}`},
		{ID: "12/2", Question: "1+1?", Prompt: prompt, Response: "two"},
		{ID: "12/3", Question: "1+1?", Prompt: prompt, Response: `1+1=2, so \boxed{2}</think>\boxed{2}`},
	}
	if !reflect.DeepEqual(examples, want) {
		t.Errorf("examples %+v", examples)
	}
	frame := TokenFrame()
	frame.Domain = recipe.DomainActivity
	f = recipe.Fields{Question: "ask[1].content", Answer: "model.truth", ID: "uid"}
	problems, _ = rowsOf(t, f, frame, line)
	if got := string(problems[0].Fields); !strings.HasPrefix(got, `{"ask":[{`) || !strings.Contains(got, `"more":{"k":1}`) || strings.Contains(got, "uid") {
		t.Errorf("the rest for a reward of the user's: %s", got)
	}
}

// TestRowsAsked: rows with a question alone are problems where they are only asked.
func TestRowsAsked(t *testing.T) {
	f := recipe.Fields{Question: "q", ID: "n"}
	frame := TokenFrame()
	frame.Domain = recipe.DomainCode
	if problems, _ := rowsOf(t, f, frame, `{"q": "sort", "n": 3}`); len(problems) != 0 {
		t.Errorf("without a use they are %+v", problems)
	}
	frame.Asked = true
	want := []dataset.Problem{{ID: "3", Domain: recipe.DomainCode, Question: "sort", Prompt: "<user>sort<asst><think>"}}
	if problems, _ := rowsOf(t, f, frame, `{"q": "sort", "n": 3}`); !reflect.DeepEqual(problems, want) {
		t.Errorf("got %+v", problems)
	}
}

// TestRowsOfPrograms: tests in our form, in columns and as a list are the same.
func TestRowsOfPrograms(t *testing.T) {
	f := recipe.Fields{Question: "q", Tests: "t", Starter: "h"}
	problems, _ := rowsOf(t, f, TokenFrame(),
		`{"q": "double", "h": "", "t": {"type": "stdin", "inputs": ["1"], "outputs": ["2"]}}`,
		`{"q": "double", "h": "", "t": {"inputs": ["1"], "outputs": ["2"]}}`,
		`{"q": "double", "h": "", "t": "[{\"input\": \"1\", \"output\": \"2\"}]"}`,
		`{"q": "double", "h": "def f(x):", "t": "{\"fn_name\": \"f\", \"inputs\": [[1]], \"outputs\": [2]}"}`)
	for i, p := range problems {
		want := `{"type":"stdin","inputs":["1"],"outputs":["2"]}`
		if i == 3 {
			want = `{"type":"function","name":"f","cases":[{"args":[1],"expect":2}],"int_keys":true}`
		}
		if p.Domain != recipe.DomainCode || string(p.Tests) != want || strings.Contains(p.Question, "def f(x):") != (i == 3) {
			t.Errorf("row %d: %+v with tests %s", i+1, p, p.Tests)
		}
	}
}

// TestRowsThatAreTests: inputs and outputs may stand beside the question, and a row may lack a header.
func TestRowsThatAreTests(t *testing.T) {
	problems, _ := rowsOf(t, recipe.Fields{Question: "q", Tests: "$", Starter: "h"}, TokenFrame(), `{"q": "double", "inputs": ["1"], "outputs": ["2"]}`)
	if len(problems) != 1 || string(problems[0].Tests) != `{"type":"stdin","inputs":["1"],"outputs":["2"]}` || strings.Contains(problems[0].Question, "\n\n") {
		t.Errorf("got %+v", problems)
	}
}

// TestRowsSayTheirDomain: the prompt of a response is that of the row's domain.
func TestRowsSayTheirDomain(t *testing.T) {
	frame := Frame{Prompt: recipe.Prompt{Format: recipe.PromptPlain, Math: "M {question} ", Code: "C {question} ", Prefix: "<think>\n"}}
	_, examples := rowsOf(t, recipe.Fields{Question: "q", Response: "r", Domain: "k"}, frame,
		`{"q": "1+1?", "r": "<think>\ntwo</think>2", "k": "Math"}`, `{"q": "1+1?", "r": "two</think>2", "k": "code"}`)
	for i, want := range []string{"M 1+1? <think>\n", "C 1+1? <think>\n"} {
		if examples[i].Prompt != want || examples[i].Response != "two</think>2" {
			t.Errorf("got %+v", examples[i])
		}
	}
}

func TestRowsThatCannotBeUsed(t *testing.T) {
	math := recipe.Fields{Question: "q", Answer: "a"}
	for _, test := range []struct {
		fields    recipe.Fields
		row, want string
	}{
		{math, `{"a": "1"}`, `field "q" is missing: there is no "q", but a`},
		{math, `{"q": "x", "a": null}`, `field "a": want a string, got null`},
		{math, `{"q": "x", "a": " "}`, `field "a" is empty`},
		{math, `{"q": "x", "a": "proof"}`, `field "a" is "proof", which is no answer`},
		{math, `{"q": "x", "a": ["1", "2"]}`, `field "a": want a string, got an array`},
		{math, `{"q": "<asst>", "a": "1"}`, `field "q" contains the chat token <asst>`},
		{recipe.Fields{Question: "q", QuestionIn: "Q {question}", Answer: "a"}, `{"q": "x", "a": "1"}`, `field "q" holds no question in the text that question_in says`},
		{recipe.Fields{Question: "q", Answer: "a", AnswerForm: recipe.AnswerBoxed}, `{"q": "x", "a": "1"}`, `field "a": no \boxed{} that holds an answer`},
		{recipe.Fields{Question: "q", Answer: "a", AnswerForm: recipe.AnswerGSM8K}, `{"q": "x", "a": "1"}`, `field "a": no final answer after "####"`},
		{recipe.Fields{Question: "q", Response: "r[]"}, `{"q": "x", "r": []}`, `field "r[]" has no response`},
		{recipe.Fields{Question: "q", Response: "r"}, `{"q": "x", "r": "y<eos>"}`, `field "r" contains the chat token <eos>`},
		{recipe.Fields{Question: "q", Response: "r", Domain: "k"}, `{"q": "x", "r": "y", "k": "art"}`, `field "k" is "art"; valid: math, code`},
		{recipe.Fields{Question: "q", Tests: "t"}, `{"q": "x", "t": {"type": "stdin"}}`, `tests: inputs is empty, want at least one`},
	} {
		d := recipe.Dataset{Format: recipe.FormatRows, Fields: &test.fields}
		if _, _, err := Load("data.x: f", d, []byte(test.row), TokenFrame()); err == nil || err.Error() != "data.x: f line 1: "+test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

// TestPublishedRows: data sets are read by the fields that they have.
func TestPublishedRows(t *testing.T) {
	const reasoned = "Five and two are seven.\n</think>\n\nThe answer is \\boxed{7}."
	frame := Frame{Prompt: recipe.Prompt{Format: recipe.PromptPlain, Math: "M {question} ", Code: "C {question} ", Prefix: "<think>\n"}}
	for format, want := range map[recipe.Format]struct {
		problems  int
		id        string
		responses []string
	}{
		recipe.FormatAceReasonSFT:      {0, "line-1", []string{reasoned, "Double it.\n</think>\n\n```python\nprint(2 * int(input()))\n```"}},
		recipe.FormatAceReasonMath:     {1, "line-1", nil},
		recipe.FormatOpenR1Math:        {1, "0f1a", []string{reasoned}},
		recipe.FormatNuminaMath:        {1, "line-1", []string{"Adding, we find $5 + 2 = \\boxed{7}$.\n</think>\n\n\\boxed{7}"}},
		recipe.FormatNuminaMath15:      {1, "line-1", []string{"5 + 2 = 7.\n</think>\n\n\\boxed{7}"}},
		recipe.FormatOpenMathReasoning: {1, "line-1", []string{reasoned}},
		recipe.FormatDAPO:              {1, "9a9b", nil},
		recipe.FormatOpenThoughts:      {0, "line-1", []string{reasoned, reasoned}},
	} {
		data, err := os.ReadFile("testdata/published/" + string(format) + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		problems, examples, err := Load("d", recipe.Dataset{Format: format}, data, frame)
		if err != nil || len(problems) != want.problems || len(examples) != len(want.responses) {
			t.Errorf("%s: %d problems, %d examples, %v", format, len(problems), len(examples), err)
			continue
		}
		for _, p := range problems {
			if p.ID != want.id || p.Question != "What is 5 + 2?" || p.Answer != "7" || p.Prompt != "M What is 5 + 2? <think>\n" {
				t.Errorf("%s: %+v", format, p)
			}
		}
		for i, e := range examples {
			if e.Response != want.responses[i] || i == 0 && e.ID != want.id || e.Prompt[0] == 'C' != strings.Contains(e.Response, "python") {
				t.Errorf("%s: %+v", format, e)
			}
		}
	}
}

// TestGSM8KByFields: the same file by its fields and by its format is the same data.
func TestGSM8KByFields(t *testing.T) {
	data := sharedFile(t, "gsm8k/train.jsonl")
	problems, examples, err := Load("d", recipe.Dataset{Format: recipe.FormatGSM8K}, data, TokenFrame())
	if err != nil {
		t.Fatal(err)
	}
	f := recipe.Fields{Question: "question", Answer: "answer", AnswerForm: recipe.AnswerGSM8K, Solution: "answer"}
	byFields, examplesByFields := rowsOf(t, f, TokenFrame(), string(data))
	if len(problems) != 7473 || !reflect.DeepEqual(byFields, problems) || !reflect.DeepEqual(examplesByFields, examples) {
		t.Errorf("%d problems and %d examples by fields, %d and %d by the format, or they differ", len(byFields), len(examplesByFields), len(problems), len(examples))
	}
}
