package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"temper/activities/sandbox"
	"temper/model/library/jsonkind"
	"temper/model/library/spelling"
	"temper/model/reward"
	"temper/model/reward/code"
	"temper/starter/jsonlines"
)

func gradeCodeCommand() *cobra.Command {
	var o sandbox.Options
	extract := code.Extraction{Unthinking: true}
	lines := jsonlines.Options{Fields: []string{"code", "response", "tests", "limits"}}
	cmd := &cobra.Command{
		Use:   "code [FILE|-]...",
		Short: "Judge Python programs by their tests, JSON lines in and out",
		Long: `Judge Python programs by running them in the sandbox, with the standard library
only (what it needs: bin/starter doctor). Each line of the files, or of standard input (-, also if no file is
given), is a JSON object; it comes out with fields added, in the same order;
` + jsonlines.Help + `

Fields in, tests and exactly one of code and response:
  code       a program's source, a string
  response   what a model wrote, a string: its program is the last complete ` + "```python" + `
             block after </think>, of several the last that defines what the tests
             call, or all of that text where there is no block. A response without
             </think> is taken as an answer without reasoning, if it has a block
             (in a run it has no answer). Other rules, --extract: first (NeMo-Skills),
             livecodebench (between the last two lines with ` + "```" + `), toolkit (AceReason's:
             the last ` + "```python…```" + ` of the whole response)
  tests      one of
    {"type": "stdin", "inputs": ["1 2\n"], "outputs": ["3\n"]}
             the program reads each input and prints its output. "compare" is
             "whitespace" (default: runs of blanks count as one, empty lines do not
             count, nor does the case of yes and no; where a word is written with a
             point, numbers within 1e-6, absolute or relative), "exact", or "float"
             (all numbers within "tolerance", by default 1e-6; an integer wants that
             integer)
    {"type": "function", "name": "f", "cases": [{"args": [1, 2], "expect": 3}]}
             name is a function, or a method as "Class.method"; of class Solution
             the method's name alone will do. An integer wants
             that integer; floats within "tolerance", 1e-9
    {"type": "assert", "setup": "import math", "asserts": ["assert f(1) == 2"]}
             Python statements that call the program's functions
  limits     (optional) an object, every field optional:
    cpu_seconds        of one test (` + fmt.Sprint(sandbox.Default().CPUSeconds) + `)
    total_cpu_seconds  of all tests (20 times that, at least ` + fmt.Sprint(sandbox.Default().TotalCPUSeconds) + `)
    wall_seconds       that a test may idle (` + fmt.Sprint(sandbox.Default().WallSeconds) + `)
    memory_bytes       (` + fmt.Sprint(sandbox.Default().MemoryBytes) + `)
    output_bytes       of each stream (` + fmt.Sprint(sandbox.Default().OutputBytes) + `)
    disk_bytes         in /tmp (` + fmt.Sprint(sandbox.Default().DiskBytes) + `)
    processes          threads; no program can start a process (` + fmt.Sprint(sandbox.Default().Processes) + `)
Fields added:
  verdict    correct (every test passed), incorrect, or ungradable if the sandbox
             broke or the tests cannot be run: that says nothing of the program
  reason     in a line, why; it names the first test that failed
  tests      instead of the tests, what each did, up to the first that failed:
             [{"outcome": "passed" or "failed", "cpu_seconds": 0.01, "reason": …}]
  grader     the version of the rules, the sandbox and Python
  error, line
             instead of these, on a line that cannot be used: why, and its number.
             The others go on, and the exit code is 1.`,
		Example: `  echo '{"code": "print(int(input()) + 1)",
    "tests": {"type": "stdin", "inputs": ["1"], "outputs": ["2"]}}' | tr -d '\n' | bin/starter grade code
  bin/starter grade code programs.jsonl > verdicts.jsonl`,
		Args: cobra.ArbitraryArgs,
		RunE: action(func(cmd *cobra.Command, args []string) error {
			o.Progress = func(line string) { fmt.Fprintln(cmd.ErrOrStderr(), line) }
			return gradeCode(cmd.Context(), o, extract, lines, args, cmd.InOrStdin(), cmd.OutOrStdout())
		}),
	}
	sandboxFlags(cmd, &o)
	cmd.Flags().StringVar((*string)(&extract.Rule), "extract", string(code.Last), "`RULE` by which a response's program is found: "+ruleList())
	cmd.Flags().BoolVar(&lines.Pass, "pass", false, jsonlines.PassUsage)
	return cmd
}

// sandboxFlags are those of every command that opens a sandbox.
func sandboxFlags(cmd *cobra.Command, o *sandbox.Options) {
	cmd.Flags().StringVar(&o.Cell, "cell", "", "the helper `BINARY` (default: sandbox-cell beside starter)")
	cmd.Flags().StringVar(&o.Python, "python", "/usr/bin/python3", "the `INTERPRETER`, a file under /usr")
	cmd.Flags().StringVar(&o.Wall, "wall", "", "`WALL` to use, namespaces or landlock (default: the first that this machine allows)")
	cmd.Flags().StringVar(&o.ControlGroup, "cgroup", "", "an existing control `GROUP`, below which each cell gets one with limits on memory and tasks")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if walls := []string{"namespaces", "landlock"}; o.Wall != "" && !slices.Contains(walls, o.Wall) {
			return fmt.Errorf("--wall is %q; %svalid: %s", o.Wall, spelling.DidYouMean(o.Wall, walls), strings.Join(walls, ", "))
		}
		return nil
	}
	cmd.Flags().IntVar(&o.Slots, "slots", 0, "how many programs run at once (default: two per core)")
}

// ruleList is the rules of extraction, for people.
func ruleList() string {
	var list []string
	for _, r := range code.Rules() {
		list = append(list, string(r))
	}
	return strings.Join(list, ", ")
}

func gradeCode(ctx context.Context, o sandbox.Options, extract code.Extraction, lines jsonlines.Options, paths []string, in io.Reader, out io.Writer) error {
	if o.Slots < 0 {
		return fmt.Errorf("slots is %d, want at least 1, or 0 for two per core", o.Slots)
	}
	if !slices.Contains(code.Rules(), extract.Rule) {
		return fmt.Errorf("extract is %q; valid: %s", extract.Rule, ruleList())
	}
	sources, closeAll, err := jsonlines.Open(paths, in) // a missing file is told before the sandbox tests itself
	if err != nil {
		return err
	}
	defer closeAll()
	box, err := sandbox.New(ctx, o)
	if err != nil {
		return err
	}
	defer box.Close()
	do := jsonlines.Each(func(ctx context.Context, line *jsonlines.Line) error { return gradeCodeLine(ctx, box, extract, line) })
	lines.Workers = box.Probe().Slots
	return interrupted(jsonlines.Run(ctx, sources, out, lines, do))
}

// codeTest is what one test did, as it comes out.
type codeTest struct {
	Outcome string  `json:"outcome"`
	CPU     float64 `json:"cpu_seconds"`
	Reason  string  `json:"reason,omitempty"`
}

// gradeCodeLine adds the verdict on one program.
func gradeCodeLine(ctx context.Context, box *sandbox.Sandbox, extract code.Extraction, line *jsonlines.Line) error {
	var source, response string
	hasCode, err := line.Get("code", &source, "a string")
	if err != nil {
		return err
	}
	hasResponse, err := line.Get("response", &response, "a string")
	if err != nil {
		return err
	}
	var tests code.Tests
	var limits sandbox.Limits
	hasTests, err := strictField(line, "tests", &tests)
	if err != nil {
		return err
	}
	if _, err := strictField(line, "limits", &limits); err != nil {
		return err
	}
	switch {
	case hasCode && hasResponse:
		return errors.New("both code and response are given; valid: one of them")
	case !hasCode && !hasResponse:
		return errors.New("neither code nor response is given; valid: one of them")
	case !hasTests:
		return errors.New("tests is missing")
	}
	if err := cmp.Or(tests.Validate(), limits.Validate()); err != nil {
		return err
	}
	report := sandbox.Report{Result: reward.Result{Verdict: reward.Incorrect, Reason: "no program after </think>"}}
	if hasResponse {
		source = extract.Extract(response, tests)
	}
	if hasCode || source != "" {
		report, _ = box.Report(ctx, source, tests, limits) // its error is the reason of an ungradable verdict
	}
	outcomes := []codeTest{}
	for i, test := range report.Tests {
		out := codeTest{Outcome: "passed", CPU: test.CPU.Seconds()}
		if fault := tests.Failure(i, test); fault != "" {
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

// strictField decodes an object with known fields only.
func strictField(line *jsonlines.Line, name string, value any) (bool, error) {
	var raw json.RawMessage
	has, err := line.Get(name, &raw, "an object")
	if err != nil || !has {
		return false, err
	}
	if err := jsonkind.DecodeKnown(raw, value); err != nil {
		return true, jsonkind.In(name, err)
	}
	return true, nil
}
