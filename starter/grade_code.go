package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"temper/activities/sandbox"
	"temper/model/library/jsonkind"
	"temper/model/library/spelling"
	"temper/model/recipe"
	"temper/model/reward/code"
	"temper/starter/jsonlines"
)

func gradeCodeCommand() *cobra.Command {
	g := codeGrader{grading: recipe.GradingStrict, extract: code.Extraction{WithoutReasoning: true}}
	lines := jsonlines.Options{Fields: []string{"code", "response", "tests", "limits"}}
	cmd := &cobra.Command{
		Use:   "code [FILE|-]...",
		Short: "Judge Python programs by their tests, JSON lines in and out",
		Long: `Judge Python programs by running them in the sandbox, with the standard library,
and numpy and sortedcontainers where the interpreter has them (what it needs: bin/starter
doctor). Each line of the files, or of standard input (-, also if no file is given), is a
JSON object; it comes out with fields added, in the same order;
` + jsonlines.Help + `

Fields in, tests and exactly one of code and response:
  code       a program's source, a string
  response   what a model wrote, a string: its program is the last complete ` + "```python" + `
             block after </think>, of several the last that defines what the tests
             call, or all of that text where there is no block. A response without
             </think> is taken as an answer without reasoning, if it has a block
             (in a run it has no answer). Other rules, --extract: first (NeMo-Skills),
             livecodebench (between the last two lines with ` + "```" + `). With --grading
             acereason-toolkit it is the last ` + "```python…```" + ` of the whole response, and
             LiveCodeBench's tests compare numbers within 1e-5 of the expected one
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
             all (optional): "before", Python that programs may use; "time_seconds"
             and "memory_bytes", the problem's own limits (see --time-factor)
             stdin and function: "unordered" (lines, or a list, in any order),
             "ignore_case", "checker" (Python with check(input, output, expected),
             which says True or False), "accept" (further right outputs, a list for
             each input, or in a case), "compare": "livecodebench", "acereason-toolkit"
             or, function, "evalplus", as these compare
             function: "int_keys" (objects' names become integers where all are),
             "nodes": {"args": ["list", "tree", ""], "result": "list"} (LeetCode's
             ListNode and TreeNode). A call that returns nothing where a value is
             expected gives its first argument as it left it
  limits     (optional) an object, every field optional:
    cpu_seconds        of one test (` + fmt.Sprint(sandbox.Default().CPUSeconds) + `)
    total_cpu_seconds  of all tests (20 times that, at least ` + fmt.Sprint(sandbox.Default().TotalCPUSeconds) + `)
    wall_seconds       that a test may idle (` + fmt.Sprint(sandbox.Default().WallSeconds) + `)
    memory_bytes       (` + fmt.Sprint(sandbox.Default().MemoryBytes) + `)
    output_bytes       of each stream (` + fmt.Sprint(sandbox.Default().OutputBytes) + `)
    disk_bytes         in /tmp (` + fmt.Sprint(sandbox.Default().DiskBytes) + `)
    processes          threads; no program can start a process (` + fmt.Sprint(sandbox.Default().Processes) + `)
  With --format NAME each line, or each member of one JSON array, is a row of that data
  set, with code or response, or completion (what goes on from the row's prompt), added
  by you; the data set's own solution is judged where a row has none of them. What
  names the row (id, task_id, question_id, problem_id, name) comes out with the verdict.
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
			g.sandbox.Progress = func(line string) { fmt.Fprintln(cmd.ErrOrStderr(), line) }
			return g.grade(cmd.Context(), lines, args, cmd.InOrStdin(), cmd.OutOrStdout())
		}),
	}
	sandboxFlags(cmd, &g.sandbox)
	cmd.Flags().StringVar((*string)(&g.extract.Rule), "extract", string(recipe.ExtractLast), "`RULE` by which a response's program is found: "+ruleList())
	gradingFlag(cmd, &g.grading, recipe.DomainCode)
	cmd.Flags().StringVar((*string)(&g.format), "format", "", "the lines are rows of a data set as it is published, `NAME`: "+formatList())
	cmd.Flags().Float64Var(&g.timeFactor, "time-factor", 0, "a problem's own time limit counts times `FACTOR`; 0: where it is above the default")
	cmd.Flags().Float64Var(&g.memoryFactor, "memory-factor", 0, "and its memory limit times `FACTOR`")
	cmd.Flags().BoolVar(&lines.Pass, "pass", false, jsonlines.PassUsage)
	return cmd
}

// sandboxFlags are those of every command that opens a sandbox.
func sandboxFlags(cmd *cobra.Command, o *sandbox.Options) {
	cmd.Flags().StringVar(&o.Cell, "cell", "", "the helper `BINARY` (default: sandbox-cell beside starter)")
	cmd.Flags().StringVar(&o.Python, "python", "/usr/bin/python3", "the `INTERPRETER`, a file under /usr")
	cmd.Flags().StringVar(&o.Packages, "packages", "", "`FOLDER` under /usr in which programs find numpy and sortedcontainers (default: the interpreter's own)")
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
	for _, r := range recipe.Extracts() {
		list = append(list, string(r))
	}
	return strings.Join(list, ", ")
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
