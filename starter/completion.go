package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"temper/deploy/endpoints"
	"temper/model/recipe"
)

// completeArgs has the shell complete the names of runs and of recipes, where a command's usage
// line says that it takes one.
func completeArgs(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		completeArgs(c)
	}
	words := strings.Fields(cmd.Use)
	if len(words) < 2 || cmd.ValidArgsFunction != nil {
		return
	}
	switch strings.Trim(words[1], "[].") {
	case "RUN":
		cmd.ValidArgsFunction = completeRuns
	case "NAME|FILE", "RECIPE.yaml|NAME":
		cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return recipe.Names(), cobra.ShellCompDirectiveDefault // or a file
		}
	}
}

// completeRuns are the runs in the store of the data directory.
func completeRuns(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	store, err := endpoints.OpenReader(cmd.Context(), dataDir(cmd))
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names, err := storedNames(cmd.Context(), store)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// checkHelp refuses --help of a command that does not exist: cobra would show the help of the
// commands around it, as if it had been asked for that.
func checkHelp(args []string) error {
	if !slices.Contains(args, "--help") && !slices.Contains(args, "-h") {
		return nil
	}
	root := newRootCommand() // of its own: flags are read once
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	cmd, rest, err := root.Find(args)
	if err != nil || !cmd.HasSubCommands() {
		return nil
	}
	cmd.InitDefaultHelpFlag()
	if cmd.ParseFlags(rest) != nil {
		return nil // it is said when the command runs
	}
	if help, err := cmd.Flags().GetBool("help"); err != nil || !help {
		return nil
	}
	return noArgs(cmd, cmd.Flags().Args())
}
