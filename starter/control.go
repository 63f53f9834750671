package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"temper/workflows"
)

// newControlCommands makes pause, resume and stop.
func newControlCommands() []*cobra.Command {
	return []*cobra.Command{
		newControlCommand(workflows.UpdatePause, "Pause a run after the step that is being done"),
		newControlCommand(workflows.UpdateResume, "Let a paused run go on"),
		newControlCommand(workflows.UpdateStop, "End a run after the step that is being done, with a checkpoint and a report"),
	}
}

func newControlCommand(update, short string) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   update + " RUN",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			_, rs, err := connect(cmd.Context(), dataDir(cmd))
			if err != nil {
				return err
			}
			defer rs.close()
			state, err := rs.control(cmd.Context(), args[0], update, reason)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "run %s is %s\n", args[0], state)
			return nil
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`TEXT` that the run's details and history keep")
	return cmd
}
