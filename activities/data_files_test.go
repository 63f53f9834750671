package activities_test

import (
	"slices"
	"strings"
	"testing"

	"temper/activities"
	"temper/model/dataset"
	"temper/model/recipe"
)

// TestSeveralFiles: a pattern is all files that it matches, in the order of their names, each in its own form.
func TestSeveralFiles(t *testing.T) {
	p := newPlace(t, nil)
	line := func(n string) string { return `{"question": "` + n + `?", "answer": "s\n#### ` + n + `"}` + "\n" }
	p.sources["/data/train-1.jsonl.gz"], p.sources["/data/train-0.jsonl"] = gzipped(t, line("3")+line("4")), []byte(line("1")+line("2"))
	p.sources["/data/train-2.jsonl"], p.sources["/data/test-0.jsonl"], p.sources["/data/old/train-0.jsonl"] = []byte(line("5")), []byte(line("6")), []byte(line("7"))
	for limit, want := range map[int][]string{0: {"1", "2", "3", "4", "5"}, 3: {"1", "2", "3"}, 4: {"1", "2", "3", "4"}} {
		in := p.fileInput("/data/train-*.jsonl*", recipe.FormatGSM8K, "bytes")
		in.Dataset.Limit = limit
		problems, err := dataset.DecodeProblems(p.get(must(p, p.acts.PrepareData, in).Problems))
		var answers []string
		for _, problem := range problems {
			answers = append(answers, problem.Answer)
		}
		if err != nil || !slices.Equal(answers, want) || problems[2].ID != "train-1.jsonl.gz:line-1" {
			t.Errorf("limit %d: %+v, %v", limit, problems, err)
		}
	}
	one := must(p, p.acts.PrepareData, p.fileInput("/data/test-*", recipe.FormatGSM8K, "bytes"))
	if problems, err := dataset.DecodeProblems(p.get(one.Problems)); err != nil || len(problems) != 1 || problems[0].ID != "line-1" {
		t.Errorf("a pattern of one file: %+v, %v", problems, err)
	}
	p.sources["/data/train-3.jsonl"] = []byte("{}")
	check := func(uri string) error {
		_, err := p.env.ExecuteActivity(p.acts.CheckData, activities.CheckDataInput{Run: testRun, Prompt: recipe.Prompt{Format: recipe.PromptTokens},
			Data: map[string]recipe.Dataset{"a": {URI: uri, Format: recipe.FormatGSM8K}}})
		return err
	}
	if err := check("/data/train-*.gz"); err != nil {
		t.Error(err)
	}
	for uri, want := range map[string]string{
		"/data/train-*.jsonl": `data.a: /data/train-3.jsonl line 1: field "question" is missing`, "/data/*.csv": "data.a: no file is /data/*.csv (on worker test-worker)",
	} {
		if app := checkFailure(t, check(uri), activities.UserErrorType, false); !strings.Contains(app.Message(), want) {
			t.Errorf("got %s, want %s", app.Message(), want)
		}
	}
}
