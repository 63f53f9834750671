package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"

	"temper/model/library/jsonl"
	"temper/model/recipe"
)

// codeContests is {description, public_tests, private_tests, generated_tests, time_limit,
// memory_limit_bytes, …}, as DeepMind's CodeContests has it, each of the tests {input, output}
// in columns; or {problem, inputs, outputs}. All tests are used, the public ones first.
var codeContests = ofPrograms(recipe.FormatCodeContests, codeContestsOf)

func codeContestsOf(row jsonl.Object) (p Program, err error) {
	p.ID = name(row, "id", "name")
	if p.Question, err = question(row, "description", "problem"); err != nil {
		return p, err
	}
	if err = checkText(p.Question, true); err != nil {
		return p, err
	}
	if file, err := text(row, "input_file"); err != nil || file != "" {
		return p, errors.Join(err, Unjudged{fromFile})
	}
	all := columns{}
	if row["inputs"] != nil {
		if err = errors.Join(structure(row, "inputs", &all.Inputs), structure(row, "outputs", &all.Outputs)); err != nil {
			return p, err
		}
	}
	for _, field := range []string{"public_tests", "private_tests", "generated_tests"} {
		var some struct {
			Input  []json.RawMessage `json:"input"`
			Output []json.RawMessage `json:"output"`
		}
		if err = structure(row, field, &some); err != nil && !errors.Is(err, errAbsent) {
			return p, err
		}
		if len(some.Input) != len(some.Output) {
			return p, Unjudged{unpaired}
		}
		all.Inputs, all.Outputs = append(all.Inputs, some.Input...), append(all.Outputs, some.Output...)
	}
	if p.Tests, err = all.tests(); err != nil {
		return p, err
	}
	p.Reference, p.URL = pythonSolution(row), codeforcesURL(row)
	return p, codeContestsLimits(row, &p)
}

// limitsInText are the limits where a mirror has put them at the end of the question.
var limitsInText = regexp.MustCompile(`Time Limit: \{'seconds': (\d+), 'nanos': (\d+)\}\s*Memory Limit: (\d+)\b`)

// codeContestsLimits reads time_limit, {seconds, nanos} or as a text, and memory_limit_bytes.
func codeContestsLimits(row jsonl.Object, p *Program) (err error) {
	var limit struct {
		Seconds float64 `json:"seconds"`
		Nanos   float64 `json:"nanos"`
	}
	if m := limitsInText.FindStringSubmatch(p.Question); m != nil {
		limit.Seconds, _ = strconv.ParseFloat(m[1], 64) // digits
		limit.Nanos, _ = strconv.ParseFloat(m[2], 64)
		memory, err := strconv.ParseInt(m[3], 10, 64)
		p.Tests.TimeSeconds, p.Tests.MemoryBytes = limit.Seconds+limit.Nanos/1e9, memory
		return err
	}
	if bytes.HasPrefix(bytes.TrimSpace(row["time_limit"]), []byte("{")) {
		err = structure(row, "time_limit", &limit)
		p.Tests.TimeSeconds = limit.Seconds + limit.Nanos/1e9
	} else {
		p.Tests.TimeSeconds = quantity(row, "time_limit", seconds)
	}
	if err != nil {
		return err
	}
	p.Tests.MemoryBytes = int64(quantity(row, "memory_limit_bytes", bytesOf))
	return nil
}

// python3 is the language of a solution in CodeContests' numbers.
const python3 = 3

// pythonSolution is the first right solution in Python 3, "" if there is none.
func pythonSolution(row jsonl.Object) string {
	var s struct {
		Language []int    `json:"language"`
		Solution []string `json:"solution"`
	}
	if structure(row, "solutions", &s) != nil { // mirrors without solutions
		return ""
	}
	for i, language := range s.Language {
		if language == python3 && i < len(s.Solution) {
			return s.Solution[i]
		}
	}
	return ""
}

// codeforcesURL is where a problem of Codeforces stands: a contest's number is above 0 in its rows alone.
func codeforcesURL(row jsonl.Object) string {
	contest, index := name(row, "cf_contest_id"), name(row, "cf_index")
	if contest == "" || contest == "0" || index == "" {
		return ""
	}
	return "https://codeforces.com/problemset/problem/" + contest + "/" + index
}
