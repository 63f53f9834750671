package activities_test

import (
	"testing"

	"temper/activities"
	"temper/model/recipe"
)

// TestPrepareSaysNothing: data of which no row says what a rule of curation reads are refused, by name.
func TestPrepareSaysNothing(t *testing.T) {
	const tests = `{"problem":"add","tests":{"type":"stdin","inputs":["1"],"outputs":["1"]}`
	p := newPlace(t, nil)
	in := p.fileInput("f.jsonl", recipe.FormatProblems, "bytes")
	in.Domain, in.MaxPromptTokens, in.Said = recipe.DomainCode, 1000, recipe.Said{Released: true}
	p.sources["f.jsonl"] = []byte(tests + `,"golden":"pass"}` + "\n" + tests + "}\n")
	_, err := do(p, p.acts.PrepareData, in)
	const want = "data.train: none of its 2 problems has the day on which it was released, which a rule of curation reads; valid: rows that have it in the field released, or fields.released where it is"
	if app := checkFailure(t, err, activities.UserErrorType, false); app.Message() != want {
		t.Errorf("message is %q, want %q", app.Message(), want)
	}
	in.Said = recipe.Said{Golden: true, URL: true}
	if got := must(p, p.acts.PrepareData, in); got.NumProblems != 2 {
		t.Errorf("of two rows of which one has a golden solution %d are prepared", got.NumProblems)
	}
}
