package activities_test

import (
	"strings"
	"testing"

	"temper/activities"
	"temper/model/recipe"
)

// TestCheckData: all files that are not what the recipe says are named at once.
// checkFiles has CheckData look at files of the format gsm8k, as datasets a, b, and so on.
func (p *place) checkFiles(uris ...string) error {
	in := activities.CheckDataInput{Run: testRun, Prompt: recipe.Prompt{Format: recipe.PromptTokens}, Data: map[string]recipe.Dataset{}}
	for i, uri := range uris {
		in.Data[string(rune('a'+i))] = recipe.Dataset{URI: uri, Format: recipe.FormatGSM8K}
	}
	_, err := p.env.ExecuteActivity(p.acts.CheckData, in)
	return err
}

func TestCheckData(t *testing.T) {
	p := newPlace(t, nil)
	long := `{"question": "` + strings.Repeat("x", 2<<20) + `", "answer": "1\n#### 1"}`
	for uri, text := range map[string]string{
		"/data/good.jsonl": gsm8kLines, "/data/cut.jsonl": strings.Repeat(gsm8kLines, 6000), "/data/long.jsonl": long, "s3://corpora/good.jsonl": gsm8kLines,
		"/data/empty.jsonl": "", "/data/train.xz": "\xfd7zXZ\x00", "/data/problems.jsonl": `{"problem": "1?", "answer": "1"}`,
	} {
		p.sources[uri] = []byte(text)
	}
	if err := p.checkFiles("/data/good.jsonl", "/data/cut.jsonl", "/data/long.jsonl", "s3://corpora/good.jsonl"); err != nil {
		t.Error(err)
	}
	app := checkFailure(t, p.checkFiles("/data/good.jsonl", "/data/none.jsonl", "/data/empty.jsonl", "/data/train.xz", "/data/problems.jsonl"), activities.UserErrorType, false)
	for _, want := range []string{
		"data.b: /data/none.jsonl: no such file", "data.c: /data/empty.jsonl: the file is empty", "data.d: /data/train.xz: the file is ",
		"data.e: /data/problems.jsonl line 1: unknown field", "(on worker test-worker)",
	} {
		if !strings.Contains(app.Message(), want) || strings.Contains(app.Message(), "\n") || strings.Contains(app.Message(), "data.a") {
			t.Errorf("got %q, want %q in it", app.Message(), want)
		}
	}
	p.acts.Sources = awaySources{}
	checkFailure(t, p.checkFiles("s3://corpora/good.jsonl"), activities.TransientType, true)
}
