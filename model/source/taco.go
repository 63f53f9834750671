package source

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"temper/model/library/jsonl"
	"temper/model/recipe"
)

// apps and taco are {question, input_output, …}: input_output is {inputs, outputs} and, for
// a function, fn_name, as an object or as a string of JSON. TACO also has time_limit,
// memory_limit and picture_num; APPS from some mirrors {id, problem}.
var (
	apps = ofPrograms(recipe.FormatAPPS, tacoOf)
	taco = ofPrograms(recipe.FormatTACO, tacoOf)
)

func tacoOf(row jsonl.Object) (p Program, err error) {
	p.ID = name(row, "id", "problem_id", "name")
	if p.Question, err = question(row, "question", "problem"); err != nil {
		return p, err
	}
	if pictures := name(row, "picture_num"); pictures != "" && pictures != "0" {
		return p, Unjudged{images}
	}
	if err = checkText(p.Question, true); err != nil {
		return p, err
	}
	header, err := text(row, "starter_code")
	if err != nil {
		return p, err
	}
	p.Header = header
	var tests columns
	if err = structure(row, "input_output", &tests); errors.Is(err, errAbsent) {
		return p, Unjudged{noTests}
	} else if err != nil {
		return p, err
	}
	if p.Tests, err = tests.tests(); err != nil {
		return p, err
	}
	p.Tests.TimeSeconds = quantity(row, "time_limit", seconds)
	p.Tests.MemoryBytes = int64(quantity(row, "memory_limit", bytesOf))
	var solutions []string
	if structure(row, "solutions", &solutions) == nil && len(solutions) > 0 { // many rows have none
		p.Reference = solutions[0]
	}
	var metadata struct{ URL string }
	if url := name(row, "url"); url != "" || structure(row, "metadata", &metadata) != nil {
		metadata.URL = url
	}
	p.Released, p.URL = name(row, "date"), metadata.URL
	return p, nil
}

var measure = regexp.MustCompile(`^\s*([0-9]+(?:\.[0-9]+)?)\s*([a-zA-Z]*)`)

// quantity is a limit as data sets write it, such as "2.0 seconds" or "256 megabytes", in
// the unit of one; 0, as of a problem that states none, where it is in no such form.
func quantity(row jsonl.Object, field string, units map[string]float64) float64 {
	m := measure.FindStringSubmatch(name(row, field))
	if m == nil {
		return 0
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0
	}
	return n * units[strings.TrimSuffix(strings.ToLower(m[2]), "s")]
}

// Units without their plural's s; "" is what a bare number is in.
var (
	seconds = map[string]float64{"": 1, "second": 1, "sec": 1, "millisecond": 1e-3, "m": 1e-3, "minute": 60, "min": 60}
	bytesOf = map[string]float64{"": 1, "byte": 1, "b": 1, "kilobyte": 1 << 10, "kb": 1 << 10, "kib": 1 << 10,
		"megabyte": 1 << 20, "mb": 1 << 20, "mib": 1 << 20, "gigabyte": 1 << 30, "gb": 1 << 30, "gib": 1 << 30}
)
