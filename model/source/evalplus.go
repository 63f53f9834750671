package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"temper/model/library/jsonl"
	"temper/model/reward/code"
)

// EvalPlus (github.com/evalplus/evalplus; Liu et al. 2023) has more tests for the problems of
// HumanEval and MBPP. Its own files, HumanEvalPlus.jsonl and MbppPlus.jsonl, hold inputs alone,
// {task_id, prompt, entry_point, canonical_solution, base_input, plus_input, atol}: what is
// expected is what canonical_solution returns, which is computed when a program is judged, in
// the process of the tests. The copies on the Hugging Face Hub hold a text of tests instead.

// evalPlusPace is EvalPlus's rule for time: a test may take the larger of a second and four
// times what the data set's solution takes (DEFAULT_MIN_TIME_LIMIT, gt_time_limit_factor).
var evalPlusPace = code.Pace{Factor: 4, LeastSeconds: 1}

// hubTests is how the tests of the Hub's copies begin to list what they try.
var hubTests = regexp.MustCompile(`(?m)^\s*inputs = \[`)

// withPlus refuses a row that has no tests beyond those of the first data set: a figure of
// HumanEval is none of HumanEval+.
func withPlus(of func(jsonl.Object) (Program, error)) func(jsonl.Object) (Program, error) {
	return func(row jsonl.Object) (Program, error) {
		tests, err := text(row, "test")
		if err != nil {
			return Program{}, err
		}
		if row["plus_input"] == nil && !hubTests.MatchString(tests) {
			return Program{}, errors.New(`field "plus_input" is missing: it has none of EvalPlus's tests; valid: HumanEvalPlus.jsonl and MbppPlus.jsonl of EvalPlus, or the format humaneval or mbpp`)
		}
		return of(row)
	}
}

// againstReference makes tests of a row's inputs, the base ones first, that compare with what
// the data set's own solution returns, by EvalPlus's rule: see evalplus.py.
func againstReference(p *Program, row jsonl.Object, entry string) error {
	var all []json.RawMessage
	for _, field := range []string{"base_input", "plus_input"} {
		var inputs []json.RawMessage
		if err := structure(row, field, &inputs); err != nil && !errors.Is(err, errAbsent) {
			return err
		}
		all = append(all, inputs...)
	}
	if len(all) == 0 || p.Reference == "" {
		return Unjudged{noTests}
	}
	inputs, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("inputs: %w", err)
	}
	tolerance := name(row, "atol")
	if tolerance == "" {
		tolerance = "0"
	}
	if _, err := strconv.ParseFloat(tolerance, 64); err != nil {
		return fmt.Errorf("field %q is %q, want a number", "atol", tolerance)
	}
	p.Tests.Type, p.Tests.Asserts, p.Tests.Pace = code.Assert, nil, &evalPlusPace
	for i := range all {
		p.Tests.Asserts = append(p.Tests.Asserts, fmt.Sprintf("compare(%s, %d)", entry, i))
	}
	p.Tests.Setup = fmt.Sprintf("SOURCE, INPUTS, ENTRY, ATOL, SHAPE = %s, %s, %q, %s, %q\n",
		strconv.QuoteToASCII(p.Reference), strconv.QuoteToASCII(string(inputs)), entry, tolerance, shapeOf(name(row, "task_id"))) + evalPlusPython
	return nil
}

// mbppShapes are the forms of arguments that JSON has no word for, of MBPP's problems by their
// numbers, as EvalPlus reads its file: tuples where the file has arrays, sets, complex numbers.
var mbppShapes = []struct {
	shape string
	tasks []int
}{
	{"each argument", []int{2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630, 726, 740, 744, 809}},
	{"each member", []int{63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780}},
	{"members of the first", []int{75, 413, 444, 753}},
	{"the second", []int{106, 750}},
	{"the first", []int{250, 307, 405, 446, 617, 720, 763, 808}},
	{"each argument and member", []int{259, 401, 445}},
	{"the first and its arrays", []int{278}},
	{"sets in the first", []int{115}},
	{"a float and a complex", []int{124}},
	{"a complex", []int{252}},
	{"values of the first", []int{722}},
	{"all", []int{580, 615, 791}},
}

// shapeOf is the form of the arguments of a problem by its name, "" where they are as JSON has them.
func shapeOf(task string) string {
	number, ok := strings.CutPrefix(task, "Mbpp/")
	n, err := strconv.Atoi(number)
	if !ok || err != nil {
		return ""
	}
	for _, s := range mbppShapes {
		if slices.Contains(s.tasks, n) {
			return s.shape
		}
	}
	return ""
}
