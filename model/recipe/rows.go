package recipe

import (
	"slices"
	"strings"

	"temper/model/library/jsonpath"
)

// Fields says where rows of any names hold what is read from them. Each is a path, as
// in reward_model.ground_truth, prompt[0].content or messages[role=user].content; a string
// that holds JSON is gone into as that JSON. A row gives a problem where there is an
// answer or there are tests, and an example for each response and for a solution.
type Fields struct {
	// Question is the text that is asked.
	Question string `json:"question"`
	// QuestionIn is the text that the question stands in in the data, with {question} for it,
	// and that is left out: the recipe's prompt asks instead.
	QuestionIn string `json:"question_in,omitempty"`
	// Answer is what a math problem is judged by, AnswerForm how it stands there.
	Answer     string     `json:"answer,omitempty"`
	AnswerForm AnswerForm `json:"answer_form,omitempty"`
	// Tests are what a code problem is judged by: in our form (package reward/code), as
	// {inputs, outputs, fn_name}, or as [{input, output}]; $ where these are the row's own fields.
	Tests string `json:"tests,omitempty"`
	// Starter is the header that a program has to begin with; it may be empty in a row, and a row may lack it.
	Starter string `json:"starter,omitempty"`
	// Solution is a worked solution, after which the answer is put as the verifier reads it.
	Solution string `json:"solution,omitempty"`
	// Golden is a code problem's golden solution, a Python program, bare or in a Markdown block; Released the day on which a
	// problem was published; URL where. A row may lack them. They are read where a rule of curation asks for them.
	Golden   string `json:"golden,omitempty"`
	Released string `json:"released,omitempty"`
	URL      string `json:"url,omitempty"`
	// Response is a whole response, with its reasoning; generations[] are several.
	Response string `json:"response,omitempty"`
	// Domain says by a row's value, math or code, which of the recipe's prompts asks where no
	// stage says so.
	Domain string `json:"domain,omitempty"`
	// ID is the row's own name.
	ID string `json:"id,omitempty"`
}

// AnswerForm is how an answer stands in its field; "" is AnswerWhole.
type AnswerForm string

// How answers stand in their fields.
const (
	// AnswerWhole is all of the field.
	AnswerWhole AnswerForm = "whole"
	// AnswerBoxed is what the last \boxed{} of a solution holds.
	AnswerBoxed AnswerForm = "boxed"
	// AnswerGSM8K is what follows "####" in a solution, without the commas that group digits.
	AnswerGSM8K AnswerForm = "gsm8k"
)

func (AnswerForm) words() []string { return texts(AnswerWhole, AnswerBoxed, AnswerGSM8K) }

// dapoQuestion is the text around each question of DAPO-Math-17k.
const dapoQuestion = "Solve the following math problem step by step. The last line of your response should be of the form Answer: $Answer (without quotes) " +
	"where $Answer is the answer to the problem.\n\n" + QuestionPlaceholder + "\n\nRemember to put your answer on its own line after \"Answer:\"."

type publishedFormat struct {
	format Format
	fields Fields
}

// published are the fields of data sets as their cards on Hugging Face document them.
var published = []publishedFormat{
	{FormatAceReasonSFT, Fields{Question: "input", Response: "output", Domain: "category"}},
	{FormatAceReasonMath, Fields{Question: "problem", Answer: "answer"}},
	// messages are those of the data set's own training, one of the generations.
	{FormatOpenR1Math, Fields{Question: "problem", Answer: "answer", Response: "messages[role=assistant].content", ID: "uuid"}},
	{FormatNuminaMath, Fields{Question: "problem", Answer: "solution", AnswerForm: AnswerBoxed, Solution: "solution"}},
	{FormatNuminaMath15, Fields{Question: "problem", Answer: "answer", Solution: "solution"}},
	{FormatOpenMathReasoning, Fields{Question: "problem", Answer: "expected_answer", Response: "generated_solution"}},
	{FormatDAPO, Fields{Question: "prompt[role=user].content", QuestionIn: dapoQuestion, Answer: "reward_model.ground_truth", ID: "extra_info.index"}},
	{FormatOpenThoughts, Fields{Question: "conversations[0].value", Response: "conversations[1].value"}},
}

// Mapped are the fields of the format rows, or of a published data set that is read by its
// fields; false for other datasets.
func (d Dataset) Mapped() (Fields, bool) {
	if d.Format == FormatRows && d.Fields != nil {
		return *d.Fields, true
	}
	i := slices.IndexFunc(published, func(p publishedFormat) bool { return p.format == d.Format })
	if i < 0 {
		return Fields{}, d.Format == FormatRows
	}
	return published[i].fields, true
}

// mappedFormats are rows, and the published formats whose fields have something.
func mappedFormats(has func(Fields) bool) []string {
	list := texts(FormatRows)
	for _, p := range published {
		if has(p.fields) {
			list = append(list, string(p.format))
		}
	}
	return list
}

func (f Fields) givesExamples() bool { return f.Response != "" || f.Solution != "" }

func (f Fields) givesAnswers() bool { return f.Answer != "" }

// fields checks what a file's rows are read by.
func (v *validator) fields(at string, d Dataset) {
	if d.Format != FormatRows {
		v.check(at, d.Fields == nil, "are given, but the format is %q; valid: only with the format rows", d.Format)
		return
	}
	if d.Fields == nil || d.Fields.Question == "" {
		v.fault(at+".question", "is empty; valid: where a row has its question: %s", jsonpath.Form)
		return
	}
	f := *d.Fields
	for _, p := range []struct{ name, path string }{
		{"question", f.Question}, {"answer", f.Answer}, {"tests", f.Tests}, {"starter", f.Starter}, {"solution", f.Solution}, {"golden", f.Golden}, {"released", f.Released}, {"url", f.URL}, {"response", f.Response}, {"domain", f.Domain}, {"id", f.ID},
	} {
		if p.path == "" {
			continue
		}
		path, err := jsonpath.Parse(p.path)
		if err != nil {
			v.fault(at+"."+p.name, "is %q; valid: %s", p.path, jsonpath.Form)
			continue
		}
		v.check(at+"."+p.name, p.name == "response" || !path.Many(), "is %q, which are several; valid: [] in response only, elsewhere a number, as in [0]", p.path)
	}
	if f.AnswerForm != "" {
		v.word(at+".answer_form", f.AnswerForm)
		v.check(at+".answer_form", f.Answer != "", "is %q, but there is no answer; valid: absent", f.AnswerForm)
	}
	v.check(at+".question_in", f.QuestionIn == "" || strings.Count(f.QuestionIn, QuestionPlaceholder) == 1, "is %q; valid: a text with %s in it once", f.QuestionIn, QuestionPlaceholder)
	v.check(at+".solution", f.Solution == "" || f.Answer != "", "is %q, but there is no answer to put after it; valid: response instead, or an answer too", f.Solution)
	v.check(at+".tests", f.Tests == "" || f.Answer == "", "is %q, but there is an answer too; valid: one of them", f.Tests)
}

// mapped checks that the rows of a mapped dataset have what field needs of it.
func (v *validator) mapped(field, data string, d Dataset, has bool, names string) {
	v.check(field, has, "is %q of format %s, whose fields have no %s; valid: a dataset that has, for instance of format rows", data, d.Format, names)
}
