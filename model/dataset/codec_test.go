package dataset

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"temper/model/recipe"
)

func TestProblemsRoundTrip(t *testing.T) {
	problems := []Problem{
		{ID: "m:9a-2b-3", Domain: recipe.DomainMath, Question: "9a-2b-3?", Prompt: TokenPrompt("9a-2b-3?"), Answer: "4"},
		{ID: "c", Domain: recipe.DomainCode, Question: "f é \n", Prompt: TokenPrompt("f é \n"), Tests: json.RawMessage(`{"type":"function","name":"f","cases":[{"args":[2],"expect":"<&>"}]}`)},
		{ID: "a", Domain: "activity", Question: "q", Prompt: "p", Fields: json.RawMessage(`{"level":3,"style":["<b>"]}`)},
	}
	data, err := EncodeProblems(problems)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"m:9a-2b-3","domain":"math","question":"9a-2b-3?","prompt":"<user>9a-2b-3?<asst><think>","answer":"4"}
{"id":"c","domain":"code","question":"f é \n","prompt":"<user>f é \n<asst><think>","tests":{"type":"function","name":"f","cases":[{"args":[2],"expect":"<&>"}]}}
{"id":"a","domain":"activity","question":"q","prompt":"p","fields":{"level":3,"style":["<b>"]}}
`
	if string(data) != want {
		t.Errorf("encoded\n%swant\n%s", data, want)
	}
	back, err := DecodeProblems(data)
	if err != nil || !reflect.DeepEqual(back, problems) {
		t.Errorf("came back as %v, %v", back, err)
	}
}

func TestExamplesRoundTrip(t *testing.T) {
	examples := []Example{{"a", "1a+1?", TokenPrompt("1a+1?"), `</think>\boxed{2}`, false}, {"b", "p", "p", "two\nlines \"quoted\"", true}}
	data, err := EncodeExamples(examples)
	if err != nil {
		t.Fatal(err)
	}
	back, err := DecodeExamples(data)
	if err != nil || !reflect.DeepEqual(back, examples) {
		t.Errorf("came back as %v, %v", back, err)
	}
	if none, err := DecodeExamples(nil); err != nil || none != nil {
		t.Errorf("no lines: %v, %v", none, err)
	}
}

func TestEncodeRefusesBrokenTests(t *testing.T) {
	_, err := EncodeProblems([]Problem{{ID: "ok"}, {ID: "c", Tests: json.RawMessage(`{`)}})
	if err == nil || !bytes.HasPrefix([]byte(err.Error()), []byte("encode problems: record 1: ")) {
		t.Errorf("got %v", err)
	}
}

func TestDecodeErrors(t *testing.T) {
	const good = `{"id":"a","domain":"math","question":"q","prompt":"p","answer":"4"}` + "\n"
	tests := []struct{ line, want string }{
		{`{"id":"a"`, `it is truncated: the JSON goes on after byte 9, the last`},
		{`[1]`, `want a JSON object, got an array`},
		{``, `the line is empty, want a JSON object`},
		{"{\"id\":\"\xff\"}", `byte 8 is not UTF-8`},
		{`{"id":"a"} {}`, `there is something after the JSON value, which ends at byte 10`},
		{`{"id":"a","id":"b"}`, `field "id" stands twice`},
		{`{"id":"a","domain":"math","question":"q","prompt":"p","Answer":"4"}`, `unknown field "Answer", the fields are id, domain, question, prompt, answer, tests, fields, golden, released, url, level`},
		{`{"id":"a","domain":"math","question":"q","answer":"4"}`, `field "prompt" is missing`},
		{`{"id":7,"domain":"math","question":"q","prompt":"p","answer":"4"}`, `field "id": want a string, got a number`},
		{`{"id":"a","domain":"math","question":"q","prompt":"  ","answer":"4"}`, `field "prompt" is empty`},
		{`{"id":"a","domain":"activity","question":"q","prompt":"p","fields":7}`, `field "fields": want an object, got a number`},
		{`{"id":"a","domain":"math","question":"q","prompt":"p","answer":""}`, `field "answer" is empty`},
		{`{"id":"a","domain":"code","question":"q","prompt":"p","tests":[]}`, `field "tests": want an object, got an array`},
	}
	for _, test := range tests {
		problems, err := DecodeProblems([]byte(good + test.line + "\n" + good))
		want := "decode problems: line 2: " + test.want
		if err == nil || err.Error() != want || problems != nil {
			t.Errorf("%s: got %v, want %s", test.line, err, want)
		}
	}
	_, err := DecodeExamples([]byte(`{"id":"a","question":"q","prompt":"p","response":null}`))
	if want := `decode examples: line 1: field "response": want a string, got null`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// What decodes encodes to something that decodes to the same; nothing panics.
func FuzzDecodeProblems(f *testing.F) {
	f.Add([]byte(`{"id":"a","domain":"math","question":"q","prompt":"p","answer":"4"}`))
	f.Add([]byte(`{"id":"a","domain":"code","question":"q","prompt":"p","tests":{ "a" : [1, "<"] }}` + "\n\n"))
	f.Add([]byte("{\"id\":\n{\"id\":\"\\ud800\"}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		problems, err := DecodeProblems(data)
		if err != nil {
			return
		}
		encoded, err := EncodeProblems(problems)
		if err != nil {
			t.Fatal(err)
		}
		again, err := DecodeProblems(encoded)
		if err != nil || !reflect.DeepEqual(again, problems) {
			t.Fatalf("%q: %v became %v, %v", data, problems, again, err)
		}
	})
}
