package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"temper/deploy/endpoints"
	"temper/model/order"
	"temper/starter/advice"
	"temper/workflows"
)

// newControlCommands makes pause, resume and stop.
func newControlCommands() []*cobra.Command {
	return []*cobra.Command{
		newControlCommand(workflows.UpdatePause, "Pause a run, or an experiment, after the step that is being done"),
		newControlCommand(workflows.UpdateResume, "Let a paused run or experiment go on"),
		newChooseCommand(),
		newControlCommand(workflows.UpdateStop, "End a run, or an experiment, after the step that is being done, with a checkpoint and a report"),
	}
}

func newControlCommand(update, short string) *cobra.Command {
	var by func() order.Said
	cmd := &cobra.Command{
		Use:   update + " RUN",
		Short: short,
		Args:  oneArg("RUN", "the name of a run or of an experiment"),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			var state workflows.RunState
			what, err := control(cmd.Context(), dataDir(cmd), args[0], update, order.Control{Said: by()}, &state)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s %s is %s\n", what, args[0], state)
			return nil
		}),
	}
	by = said(cmd)
	return cmd
}

// newChooseCommand makes choose.
func newChooseCommand() *cobra.Command {
	var by func() order.Said
	cmd := &cobra.Command{
		Use:   "choose RUN CANDIDATE",
		Short: "Choose the policy that a stage hands on, where the recipe leaves it to a person",
		Long: `Choose the policy that a stage hands on, where the recipe leaves it to a person
(hand_on: {policy: person}). The run waits; status shows the candidates and what they
were measured at. A candidate is a stage's policy after a number of updates, as in
"starter choose my-run sft@20 --reason 'as good on math, better on code'". The
choice and its reason are recorded, and the run goes on with the policy.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return errors.New("RUN and CANDIDATE are needed; valid: the name of a run and of a candidate that status shows")
			}
			return tooMany(args[2:], "CANDIDATE")
		},
		RunE: action(func(cmd *cobra.Command, args []string) error {
			var state workflows.RunState
			_, err := control(cmd.Context(), dataDir(cmd), args[0], workflows.UpdateChoose, order.Control{Candidate: args[1], Said: by()}, &state)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "run %s goes on with %s: it is %s\n", args[0], args[1], state)
			return nil
		}),
	}
	by = said(cmd)
	return cmd
}

// control sends an update to a run or an experiment, says which it is, and reads the answer into into. Where it cannot be
// done, the error says how the run stands.
func control(ctx context.Context, data, name, update string, input, into any) (what string, err error) {
	_, rs, err := connect(ctx, data)
	if errors.Is(err, endpoints.ErrNotRunning) {
		return "run", endedRun(ctx, data, name, update)
	}
	if err != nil {
		return "run", err
	}
	defer rs.close()
	if d, err := rs.describeWorkflow(ctx, name, experimentType); err == nil && d.status != statusAbsent {
		return "experiment", rs.controlExperiment(ctx, data, d, update, input, into)
	}
	return "run", controlOn(ctx, rs, data, name, update, input, into)
}

func controlOn(ctx context.Context, rs runs, data, name, update string, input, into any) error {
	err := rs.control(ctx, name, update, input, into)
	switch {
	case errors.Is(err, errUnanswered):
		if line := rs.absence(ctx, data); line != "" {
			return fmt.Errorf("%s run %s: %s", update, name, line)
		}
		return fmt.Errorf("%s run %s: %w; see %s", update, name, err, advice.Command(data, "status", name))
	case !errors.Is(err, errNoRun):
		return err
	}
	d, err := rs.describe(ctx, name)
	if err != nil {
		return err
	}
	if d.status == statusAbsent {
		return endedRun(ctx, data, name, update)
	}
	return notAtWork(data, name, d.state, update)
}

// notAtWork says that a run that has ended takes no orders.
func notAtWork(data, name, state, update string) error {
	return fmt.Errorf("run %s is %s: there is nothing to %s; see %s", name, state, update, advice.Command(data, "status", name))
}

// endedRun says what the store knows of a run that Temporal cannot be asked for.
func endedRun(ctx context.Context, data, name, update string) error {
	store, err := endpoints.OpenReader(ctx, data)
	if err != nil {
		return err
	}
	s, err := readRun(ctx, store, name)
	switch {
	case errors.Is(err, errNoRun):
		return noRun(ctx, store, data, name)
	case err != nil:
		return err
	case !s.page.IsZero():
		return notAtWork(data, name, s.state(), update)
	}
	return fmt.Errorf("nothing runs on %s, so run %s waits already; with %s it goes on and can be told to %s", data, name, advice.Command(data, "up"), update)
}
