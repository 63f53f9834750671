package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"temper/model/reward"
	"temper/model/reward/math"
	"temper/starter/jsonlines"
)

func gradeGoldCommand() *cobra.Command {
	var field string
	var options jsonlines.Options
	cmd := &cobra.Command{
		Use:   "gold [--field NAME] [FILE|-]...",
		Short: "Check gold answers of mathematics before a run, JSON lines in and out",
		Long: `Check that gold answers can be compared with. Each line of the files, or of
standard input (-, also if no file is given), is a JSON object; it comes out with
fields added, in the same order; ` + jsonlines.Help + `

Field in:
  gold       the gold answer, a string or a number; --field gives it another name
Fields added:
  form       what it is read as, one of
             ` + formList() + `.
             A text is compared as a text only: a right answer that is written in
             another way is incorrect
  verdict    on a response that gives it back in a box: where it is not correct,
             no response is
  extracted  the answer in the gold answer, which may be a text with a box
  reason     in a few words, why
  error, line
             instead of these, on a line that cannot be used: why, and its number.
             The others go on, and the exit code is 1.

At the end, how many are of each form, and how many fail against themselves, goes
to standard error.`,
		Example: `  bin/starter grade gold --field answer problems.jsonl > golds.jsonl`,
		Args:    cobra.ArbitraryArgs,
		RunE: action(func(cmd *cobra.Command, args []string) error {
			if field == "" {
				return errors.New("--field is empty; valid: the name of a field")
			}
			options.Fields = []string{field}
			count := goldCount{forms: map[math.Form]int{}}
			do := jsonlines.Each(func(_ context.Context, line *jsonlines.Line) error { return count.line(line, field) })
			err := jsonlines.RunFiles(cmd.Context(), args, cmd.InOrStdin(), cmd.OutOrStdout(), options, do)
			count.write(cmd.ErrOrStderr())
			return interrupted(err)
		}),
	}
	cmd.Flags().BoolVar(&options.Pass, "pass", false, jsonlines.PassUsage)
	cmd.Flags().StringVar(&field, "field", "gold", "the `NAME` of the field that holds the gold answer")
	return cmd
}

// formList is the forms of gold answers, for people.
func formList() string {
	var list strings.Builder
	for i, f := range math.Forms() {
		switch {
		case i == 0:
		case i%6 == 0:
			list.WriteString(",\n             ")
		default:
			list.WriteString(", ")
		}
		list.WriteString(string(f))
	}
	return list.String()
}

// goldCount counts gold answers, which are read on several cores.
type goldCount struct {
	mu             sync.Mutex
	forms          map[math.Form]int
	total, failing int
}

// line adds what is made of one gold answer.
func (c *goldCount) line(line *jsonlines.Line, field string) error {
	text, has, err := answerField(line, field)
	if err != nil {
		return err
	}
	if !has {
		return fmt.Errorf("%s is missing", field)
	}
	gold := math.ReadGold(text)
	line.Add("form", gold.Form)
	line.Add("verdict", gold.Self.Verdict)
	line.Add("extracted", gold.Value)
	line.Add("reason", gold.Self.Reason)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total++
	c.forms[gold.Form]++
	if gold.Self.Verdict != reward.Correct {
		c.failing++
	}
	return nil
}

// write writes the shares.
func (c *goldCount) write(to io.Writer) {
	if c.total == 0 {
		return
	}
	share := func(n int) string { return fmt.Sprintf("%d (%.2f %%)", n, 100*float64(n)/float64(c.total)) }
	fmt.Fprintf(to, "of %d gold answers %s are compared as texts only, %s are not correct against themselves\n", c.total, share(c.forms[math.FormText]), share(c.failing))
	for _, f := range math.Forms() {
		if n := c.forms[f]; n > 0 {
			fmt.Fprintf(to, "  %-10s %s\n", f, share(n))
		}
	}
}
