package recipe

import (
	"testing"

	"temper/model/library/jsonpath"
)

// TestValidateFields: what cannot be a row's fields is told before any row is read.
func TestValidateFields(t *testing.T) {
	const train = "data.train={uri: /a.jsonl, format: rows, fields: "
	for _, test := range []struct {
		set  []string
		want []string
	}{
		{[]string{train + "{question: q, answer: a.b, solution: s}}"}, nil},
		{[]string{train + "{question: q, tests: t, response: 'r[]'}}", "stages[1].domain=code"}, nil},
		{[]string{"data.train={uri: /a.jsonl, format: rows}"}, []string{
			"data.train.fields.question is empty; valid: where a row has its question: " + jsonpath.Form,
			`stages[0].data is "train" of format rows, whose fields have no response and no solution; valid: a dataset that has, for instance of format rows`,
			`stages[1].data is "train" of format rows, whose fields have no answer; valid: a dataset that has, for instance of format rows`}},
		{[]string{train + "{question: 'q[]', answer: 'a[', response: r}}"}, []string{
			`data.train.fields.question is "q[]", which are several; valid: [] in response only, elsewhere a number, as in [0]`,
			`data.train.fields.answer is "a["; valid: ` + jsonpath.Form}},
		{[]string{train + "{question: q, question_in: Q, answer: a, answer_form: box, solution: s, tests: t}}"}, []string{
			`data.train.fields.answer_form is "box"; valid: whole, boxed, gsm8k`,
			`data.train.fields.question_in is "Q"; valid: a text with {question} in it once`,
			`data.train.fields.tests is "t", but there is an answer too; valid: one of them`}},
		{[]string{train + "{question: q, answer_form: boxed, solution: s}}", "stages[1].domain=activity", "stages[1].reward={task_queue: q, activity: a, version: v1, timeout_seconds: 9}"}, []string{
			`data.train.fields.answer_form is "boxed", but there is no answer; valid: absent`,
			`data.train.fields.solution is "s", but there is no answer to put after it; valid: response instead, or an answer too`}},
		{[]string{"data.train={uri: /a.jsonl, format: openthoughts, fields: {question: q}}"}, []string{
			`data.train.fields are given, but the format is "openthoughts"; valid: only with the format rows`,
			`stages[1].data is "train" of format openthoughts, whose fields have no answer; valid: a dataset that has, for instance of format rows`}},
		{[]string{"data.train={uri: /a.jsonl, format: numinamath}", "tokenizer=synthetic", "data.test.format=problems"}, []string{
			`data.train.format is "numinamath", whose text the synthetic tokenizer cannot write; valid with it: problems, examples; or tokenizer: bytes`}},
	} {
		r := named(t, "gsm8k-tiny")
		for _, assignment := range append([]string{"data.test=/b.jsonl"}, test.set...) {
			if err := Set(&r, assignment); err != nil {
				t.Fatal(err)
			}
		}
		if test.want == nil {
			if err := r.Validate(); err != nil {
				t.Errorf("%s: %v", test.set, err)
			}
			continue
		}
		wantLines(t, r.Validate(), test.want...)
	}
}

// TestUnknownField: a field that was misspelt is refused, with the one that was meant.
func TestUnknownField(t *testing.T) {
	r := named(t, "gsm8k-tiny")
	err := Set(&r, "data.train={uri: /a.jsonl, format: rows, fields: {qestion: q}}")
	wantLines(t, err, "set data.train: data.train.fields.qestion is unknown; did you mean question? valid: question, question_in, answer, answer_form, tests, starter, solution, golden, released, url, response, domain, id")
}
