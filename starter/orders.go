package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"temper/model/order"
	"temper/model/recipe"
	"temper/workflows"
)

// newOrderCommands make the commands that change what a run at work does.
func newOrderCommands() []*cobra.Command {
	return []*cobra.Command{newApproveCommand(), newRetuneCommand(), newExtendCommand(), newEndCommand(), newSkipCommand(), newRollbackCommand()}
}

// said adds the flags that every order has, and returns what they say once they are read.
func said(cmd *cobra.Command) func() order.Said {
	var s order.Said
	cmd.Flags().StringVar(&s.Reason, "reason", "", "`TEXT` that the run's details, its record and its report keep")
	cmd.Flags().StringVar(&s.By, "by", "", "`NAME` of who gives the order, recorded as said to be; by default the user of this machine")
	return func() order.Said {
		s.By = cmp.Or(s.By, whoami())
		return s
	}
}

// orderCommand makes a command whose input is made of its arguments; what names the arguments after RUN, for messages.
func orderCommand(name order.Name, use, short, long string, what []string, input func(args []string) (any, error)) *cobra.Command {
	return &cobra.Command{
		Use: string(name) + " RUN" + use, Short: short, Long: short + ".\n\n" + long,
		Args: func(_ *cobra.Command, args []string) error {
			if need := append([]string{"RUN"}, what...); len(args) < len(need) {
				return fmt.Errorf("%s needed", isOrAre(need[len(args):]))
			} else if len(args) > len(need) {
				return tooMany(args[len(need):], need[len(need)-1])
			}
			return nil
		},
		RunE: action(func(cmd *cobra.Command, args []string) error {
			in, err := input(args[1:])
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			var accepted workflows.Accepted
			if _, err := control(cmd.Context(), dataDir(cmd), args[0], string(name), in, &accepted); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "run %s is %s: %s\n", args[0], accepted.State, accepted.Text)
			return nil
		}),
	}
}

func isOrAre(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names, " and ") + " are"
}

// stageFlag adds the flag of orders that are for the stage at work where it is left out.
func stageFlag(cmd *cobra.Command, stage *string) {
	cmd.Flags().StringVar(stage, "stage", "", "`STAGE`, the one at work by default")
}

func newApproveCommand() *cobra.Command {
	var in order.ApproveInput
	var by func() order.Said
	cmd := orderCommand(order.Approve, "", "Let a run go on that waits for a person's approval",
		`A recipe's stage with "approval: before" waits before it begins, one with "approval: after"
when it has been evaluated. Status shows what waits; "starter stop RUN" is the other answer.`,
		nil, func([]string) (any, error) { in.Said = by(); return in, nil })
	by = said(cmd)
	cmd.Flags().StringVar(&in.Stage, "stage", "", "`STAGE` that is meant, for safety")
	return cmd
}

func newRetuneCommand() *cobra.Command {
	var in order.RetuneInput
	var by func() order.Said
	cmd := orderCommand(order.Retune, " TEMPERATURE", "Change the sampling temperature of an RL stage from its next policy step on",
		`TEMPERATURE is a number, or "search": the one at which the entropy meets the recipe's target,
searched for anew. Every step records the temperature that it sampled and trained at. As in
"starter retune my-run 0.85 --reason 'the entropy rises'".`,
		[]string{"TEMPERATURE"}, func(args []string) (any, error) {
			t, err := temperatureOf(args[0])
			in.Temperature, in.Said = t, by()
			return in, err
		})
	by = said(cmd)
	stageFlag(cmd, &in.Stage)
	return cmd
}

// temperatureOf reads a number or the word "search".
func temperatureOf(text string) (*recipe.Temperature, error) {
	if text == "search" {
		return &recipe.Temperature{Search: true}, nil
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || !(value > 0) || value > 1e6 {
		return nil, fmt.Errorf(`temperature is %q; valid: a number above 0, or "search"`, text)
	}
	return &recipe.Temperature{Value: value}, nil
}

func newExtendCommand() *cobra.Command {
	var in order.ExtendInput
	var by func() order.Said
	var schedule string
	cmd := orderCommand(order.Extend, "", "Give a stage another length, longer or shorter",
		`A stage of kind rl has --steps, one of kind sft --epochs. A constant learning rate stays what it is; of a
decaying one --schedule says what becomes: keep leaves its schedule as it was, and the steps beyond its end have
its last learning rate, and follow makes it as long as the stage from the next step on. As in
"starter extend my-run --stage math --steps 40 --reason 'it still rises'".`,
		nil, func([]string) (any, error) { in.Schedule, in.Said = order.Schedule(schedule), by(); return in, nil })
	by = said(cmd)
	stageFlag(cmd, &in.Stage)
	cmd.Flags().IntVar(&in.Steps, "steps", 0, "`N` policy steps in all")
	cmd.Flags().IntVar(&in.Epochs, "epochs", 0, "`N` epochs in all")
	cmd.Flags().StringVar(&schedule, "schedule", string(order.Keep), "`keep` or follow")
	return cmd
}

func newEndCommand() *cobra.Command {
	var in order.EndInput
	var by func() order.Said
	cmd := orderCommand(order.End, "", "End the stage at work after the step that is being done, as finished",
		`The stage leaves its policy as a checkpoint, is evaluated, and the run goes on with the next one. (stop ends the
whole run, skip ends a stage without effect.)`,
		nil, func([]string) (any, error) { in.Said = by(); return in, nil })
	by = said(cmd)
	stageFlag(cmd, &in.Stage)
	return cmd
}

func newSkipCommand() *cobra.Command {
	var in order.SkipInput
	var by func() order.Said
	cmd := orderCommand(order.Skip, " STAGE", "Leave out a stage that has not ended",
		`The policy is the one of before the stage, and the stage is not evaluated. The work of one that is being done is cut
off; what it has done stays in the store, without effect. A stage whose dataset or policy a later one needs cannot be
skipped before that one is.`,
		[]string{"STAGE"}, func(args []string) (any, error) { in.Stage, in.Said = args[0], by(); return in, nil })
	by = said(cmd)
	return cmd
}

func newRollbackCommand() *cobra.Command {
	var in order.RollbackInput
	var by func() order.Said
	var temperature string
	cmd := orderCommand(order.Rollback, " STAGE@STEP", "Go back to where a stage was after STEP updates, and go on from there",
		`STAGE@0 is where the stage began. An RL stage can go back to any of its steps, a supervised one to the ends of its
segments ("starter checkpoints RUN" lists them). What was done after it stays in the store, and is recorded as
abandoned; orders that were obeyed from there on are taken back. Where nothing is changed the same steps repeat: they
are found in the store, and the run ends as it would have. With --redraw the responses are sampled with other random
numbers, to the same problems in the same order; a supervised stage takes its examples in another order, so that of
the epoch that is under way some come twice and some not. Another --temperature holds from there on. As in
"starter rollback my-run math@20 --redraw --reason 'the reward fell after it'".`,
		[]string{"STAGE@STEP"}, func(args []string) (any, error) {
			stage, step, err := stageAndStep(args[0])
			if err == nil && temperature != "" {
				in.Temperature, err = temperatureOf(temperature)
			}
			in.Stage, in.Step, in.Said = stage, &step, by()
			return in, err
		})
	by = said(cmd)
	cmd.Flags().BoolVar(&in.Redraw, "redraw", false, "draw anew instead of repeating the same steps")
	cmd.Flags().StringVar(&temperature, "temperature", "", "`T` from there on, a number or search")
	return cmd
}

// stageAndStep reads STAGE@STEP; STAGE:STEP is the same.
func stageAndStep(text string) (stage string, step int, err error) {
	stage, after, found := strings.Cut(strings.Replace(text, ":", "@", 1), "@")
	step, err = strconv.Atoi(after)
	if !found || stage == "" || err != nil || step < 0 {
		return "", 0, fmt.Errorf("%q is no STAGE@STEP; valid: the name of a stage and a number of its updates, as in math@20", text)
	}
	return stage, step, nil
}

// writeOrders prints what people have ordered of a run.
func writeOrders(out io.Writer, orders []order.Order) error {
	if len(orders) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ORDER\tSTAGE\tWHEN\tWHAT")
	for _, o := range orders {
		what := o.Text()
		if o.Step == order.Next {
			what = string(o.Update) + ", after the step that is being done"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s%s\n", o.Number, o.Stage, clock(o.Given.At), what, order.By(o.Given))
	}
	return w.Flush()
}
