package source

import (
	"reflect"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
)

func TestLoadMATH(t *testing.T) {
	data := `{"problem":"What is $1+1$?","solution":"It is $\\boxed{2}$.","answer":"2","subject":"Algebra","level":1,"unique_id":"test/algebra/1.json"}
{"problem":"And $2+2$?","answer":"4"}`
	problems, examples, err := Load("data.x: f", recipe.Dataset{Format: recipe.FormatMATH}, []byte(data), TokenFrame())
	want := []dataset.Problem{
		{ID: "test/algebra/1.json", Domain: recipe.DomainMath, Question: "What is $1+1$?", Prompt: "<user>What is $1+1$?<asst><think>", Answer: "2"},
		{ID: "line-2", Domain: recipe.DomainMath, Question: "And $2+2$?", Prompt: "<user>And $2+2$?<asst><think>", Answer: "4"},
	}
	if err != nil || !reflect.DeepEqual(problems, want) {
		t.Errorf("problems %+v, %v", problems, err)
	}
	example := dataset.Example{ID: want[0].ID, Question: want[0].Question, Prompt: want[0].Prompt, Response: `It is $\boxed{2}$.</think>\boxed{2}`}
	if len(examples) != 1 || examples[0] != example {
		t.Errorf("examples %+v", examples)
	}
	for row, want := range map[string]string{
		`{"problem":"p","solution":"s"}`:                `data.x: f line 1: field "answer" is missing`,
		`{"problem":"p","answer":"1","solution":""}`:    `data.x: f line 1: field "solution" is empty`,
		`{"problem":"p<eos>","answer":"1"}`:             `data.x: f line 1: field "problem" contains the chat token <eos>`,
		`{"problem":"p","answer":"1","hint":"h"}`:       `data.x: f line 1: unknown field "hint", the fields are unique_id, problem, solution, answer, subject, level`,
		`{"problem":"p","answer":"1","unique_id":1}`:    `data.x: f line 1: field "unique_id": want a string, got a number`,
		`{"problem":"p","answer":"1","tests":{"a":{}}}`: `data.x: f line 1: unknown field "tests", the fields are unique_id, problem, solution, answer, subject, level`,
	} {
		if _, _, err := Load("data.x: f", recipe.Dataset{Format: recipe.FormatMATH}, []byte(row), TokenFrame()); err == nil || err.Error() != want {
			t.Errorf("%s: %v", row, err)
		}
	}
	frame := TokenFrame()
	frame.Domain = recipe.DomainActivity
	problems, _, err = Load("data.x: f", recipe.Dataset{Format: recipe.FormatMATH, Limit: 1}, []byte(data), frame)
	if err != nil || string(problems[0].Fields) != `{"level":1,"subject":"Algebra"}` {
		t.Errorf("fields for a reward of the user's: %s, %v", problems[0].Fields, err)
	}
}

// TestMATH500 reads the benchmark's file as it is published.
func TestMATH500(t *testing.T) {
	problems, examples, err := Load("data.x: f", recipe.Dataset{Format: recipe.FormatMATH}, sharedFile(t, "math/math500.jsonl"), TokenFrame())
	if err != nil || len(problems) != 500 || len(examples) != 500 {
		t.Errorf("%d problems, %d examples, %v", len(problems), len(examples), err)
	}
}
