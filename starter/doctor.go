package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"temper/activities/sandbox"
)

func newDoctorCommand() *cobra.Command {
	var o sandbox.Options
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Print what this machine can do to judge untrusted programs",
		Long: `Print what this machine has of what judging untrusted programs needs, try both
walls of the sandbox with the attack programs of its self-test, and say what to
install or set. The first wall that stands is the one that workers and starter
grade code use. The exit code is 1 if none does: then no program is run here.`,
		Args: cobra.NoArgs,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			checks, serves := sandbox.Doctor(cmd.Context(), o)
			return printChecks(cmd.OutOrStdout(), checks, serves)
		}),
	}
	sandboxFlags(cmd, &o)
	return cmd
}

// printChecks prints one line per check, and one more for what to do about it.
func printChecks(out io.Writer, checks []sandbox.Check, serves bool) error {
	for _, c := range checks {
		state := "ok"
		if !c.OK {
			state = "no"
		}
		fmt.Fprintf(out, "%-16s %s  %s\n", c.Name, state, c.Found)
		if c.Do != "" {
			fmt.Fprintf(out, "%-16s     to do: %s\n", "", c.Do)
		}
	}
	if !serves {
		return errors.New("untrusted programs cannot be judged on this machine; see what there is to do above")
	}
	return nil
}
