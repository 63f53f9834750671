package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"temper/activities/sandbox"
	"temper/model/library/jsonl"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/code"
	"temper/model/source"
	"temper/starter/jsonlines"
)

// codeGrader judges lines with programs.
type codeGrader struct {
	sandbox sandbox.Options
	extract code.Extraction
	grading recipe.Grading
	// format is that of the rows; "" for lines with tests.
	format                   recipe.Format
	timeFactor, memoryFactor float64
}

// formatList is the formats of data sets of programs, for people.
func formatList() string {
	var list []string
	for _, f := range recipe.ProgramFormats() {
		list = append(list, string(f))
	}
	return strings.Join(list, ", ")
}

func (g codeGrader) check() error {
	if err := checkGrading(g.grading, recipe.DomainCode); err != nil {
		return err
	}
	switch {
	case g.sandbox.Slots < 0:
		return fmt.Errorf("slots is %d, want at least 1, or 0 for two per core", g.sandbox.Slots)
	case !slices.Contains(recipe.Extracts(), g.extract.Rule):
		return fmt.Errorf("extract is %q; valid: %s", g.extract.Rule, ruleList())
	case g.format != "" && !slices.Contains(recipe.ProgramFormats(), g.format):
		return fmt.Errorf("format is %q; valid: %s", g.format, formatList())
	case !(g.timeFactor >= 0 && g.timeFactor <= recipe.MaxLimitFactor):
		return fmt.Errorf("time-factor is %v; valid: 0 to %d", g.timeFactor, recipe.MaxLimitFactor)
	case !(g.memoryFactor >= 0 && g.memoryFactor <= recipe.MaxLimitFactor):
		return fmt.Errorf("memory-factor is %v; valid: 0 to %d", g.memoryFactor, recipe.MaxLimitFactor)
	}
	return nil
}

func (g codeGrader) grade(ctx context.Context, lines jsonlines.Options, paths []string, in io.Reader, out io.Writer) error {
	if err := g.check(); err != nil {
		return err
	}
	g.extract.Toolkit = g.grading == recipe.GradingToolkit
	sources, closeAll, err := jsonlines.Open(paths, in) // a missing file is told before the sandbox tests itself
	if err != nil {
		return err
	}
	defer closeAll()
	box, err := sandbox.New(ctx, g.sandbox)
	if err != nil {
		return err
	}
	defer box.Close()
	lines.Workers = box.Probe().Slots
	if g.format != "" {
		lines.Pass = true
		for i := range sources {
			sources[i] = jsonlines.OrArray(sources[i])
		}
	}
	do := jsonlines.Each(func(ctx context.Context, line *jsonlines.Line) error { return g.line(ctx, box, line) })
	return interrupted(jsonlines.Run(ctx, sources, out, lines, do))
}

// codeTask is what a line asks for.
type codeTask struct {
	source  string
	has     bool // there is a program
	tests   code.Tests
	limits  sandbox.Limits
	unasked string // why no program can be judged by the row, or ""
}

// codeTest is what one test did, as it comes out.
type codeTest struct {
	Outcome string  `json:"outcome"`
	CPU     float64 `json:"cpu_seconds"`
	Reason  string  `json:"reason,omitempty"`
}

// line adds the verdict on one program.
func (g codeGrader) line(ctx context.Context, box *sandbox.Sandbox, line *jsonlines.Line) error {
	read := g.task
	if g.format != "" {
		read = g.row
	}
	task, err := read(line)
	if err != nil {
		return err
	}
	if g.grading == recipe.GradingToolkit {
		task.tests = task.tests.Toolkit()
	}
	task.tests = task.tests.Limited(g.timeFactor, g.memoryFactor)
	report := sandbox.Report{Result: reward.Result{Verdict: reward.Incorrect, Reason: "no program after </think>"}}
	switch {
	case task.unasked != "":
		report.Result = reward.Result{Verdict: reward.Ungradable, Reason: task.unasked}
	case task.has:
		report, _ = box.Report(ctx, task.source, task.tests, task.limits) // its error is the reason of an ungradable verdict
	}
	outcomes := []codeTest{}
	for i, test := range report.Tests {
		out := codeTest{Outcome: "passed", CPU: test.CPU.Seconds()}
		if fault := task.tests.Failure(i, test); fault != "" {
			out.Outcome, out.Reason = "failed", fault
		}
		outcomes = append(outcomes, out)
	}
	line.Add("verdict", report.Verdict)
	line.Add("reason", report.Reason)
	line.Add("tests", outcomes)
	line.Add("grader", box.Version())
	return nil
}

// task reads a line with tests of its own.
func (g codeGrader) task(line *jsonlines.Line) (t codeTask, err error) {
	hasTests, err := strictField(line, "tests", &t.tests)
	if err != nil {
		return t, err
	}
	if t.source, t.has, err = g.program(line, t.tests); err != nil {
		return t, err
	}
	if _, err := strictField(line, "limits", &t.limits); err != nil {
		return t, err
	}
	var any bool
	for _, name := range []string{"code", "response"} {
		any = any || line.Has(name)
	}
	switch {
	case !any:
		return t, errors.New("neither code nor response is given; valid: one of them")
	case !hasTests:
		return t, errors.New("tests is missing")
	}
	return t, cmp.Or(t.tests.Validate(), t.limits.Validate())
}

// program is what a line has as code or response; false if there is none.
func (g codeGrader) program(line *jsonlines.Line, tests code.Tests) (program string, has bool, err error) {
	var response string
	hasCode, err := line.Get("code", &program, "a string")
	if err != nil {
		return "", false, err
	}
	hasResponse, err := line.Get("response", &response, "a string")
	if err != nil {
		return "", false, err
	}
	if hasResponse && hasCode && g.format == "" {
		return "", false, errors.New("both code and response are given; valid: one of them")
	}
	if hasResponse {
		program = g.extract.Extract(response, tests)
		return program, program != "", nil
	}
	return program, hasCode, nil
}

// names are the fields of rows that say which they are.
var names = []string{"id", "task_id", "question_id", "problem_id", "name"}

// row reads a row of a data set. Of its fields only its names come out.
func (g codeGrader) row(line *jsonlines.Line) (t codeTask, err error) {
	defer line.Keep(names...)
	from, err := source.Of(recipe.Dataset{Format: g.format})
	if err != nil {
		return t, err
	}
	row := jsonl.Object{}
	for name, value := range line.Fields() {
		row[name] = value
	}
	p, err := from.Program(row)
	var left source.Unjudged
	switch {
	case errors.As(err, &left):
		t.unasked = left.Error()
	case err != nil:
		return t, err
	}
	t.tests = p.Tests
	completion := ""
	if t.source, t.has, err = g.program(line, t.tests); err != nil {
		return t, err
	}
	if p.Opening != "" {
		if _, err = line.Get("completion", &completion, "a string"); err != nil {
			return t, err
		}
	}
	switch {
	case line.Has("response") || line.Has("code"):
	case completion != "":
		t.source, t.has = p.Opening+completion, true
	case p.Reference != "":
		t.source, t.has = p.Reference, true
	case t.unasked == "":
		return t, errors.New("neither code nor response is given, and the row has no solution; valid: one of them")
	}
	return t, nil
}
