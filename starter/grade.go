package main

import "github.com/spf13/cobra"

// gradeCommand holds the commands that judge responses without a run.
func gradeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "grade",
		Short: "Judge answers and programs, JSON lines in and out",
		Long: `Judge answers and programs with the verifiers of the runs. A verdict is correct,
incorrect or ungradable; ungradable says that no verdict could be had.`,
		Args: noArgs, // an unknown command is a mistake
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(gradeMathCommand())
	cmd.AddCommand(gradeGoldCommand())
	cmd.AddCommand(gradeCodeCommand())
	return cmd
}
