// Command starter is what a person types: it starts, shows, pauses, resumes and
// stops runs, fetches their reports, and knows the recipes. On a machine of
// one's own it also starts what a run needs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"temper/deploy/version"
	"temper/starter/advice"
)

// The exit codes.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// screen is how many lines of errors are shown: those after them are rarely news.
const screen = 15

// errInterrupted ends a command that Ctrl-C has stopped, when all is said.
var errInterrupted = errors.New("interrupted")

// interrupted is err, or errInterrupted where Ctrl-C is what ended the work.
func interrupted(err error) error {
	if errors.Is(err, context.Canceled) {
		return errInterrupted
	}
	return err
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	code := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// execute runs one command line and returns the exit code. Errors go to stderr,
// each on one line.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := checkHelp(args)
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	var failed *failure
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.As(err, &failed):
		lines := strings.Split(strings.TrimRight(failed.Error(), "\n"), "\n")
		for _, line := range lines[:min(len(lines), screen)] {
			fmt.Fprintln(stderr, "starter:", line)
		}
		if more := len(lines) - screen; more > 0 {
			fmt.Fprintf(stderr, "starter: … and %d more\n", more)
		}
		return exitFailure
	}
	// What is left are mistakes on the command line, which cobra and the argument checks find.
	first, _, _ := strings.Cut(err.Error(), "\n")
	fmt.Fprintf(stderr, "starter: %s; see %s\n", first, helpFor(root, args))
	return exitUsage
}

// helpFor names the help that fits a mistake in args.
func helpFor(root *cobra.Command, args []string) string {
	var words []string
	if c, _, err := root.Find(args); err == nil {
		words = strings.Fields(c.CommandPath())[1:]
	}
	return advice.Command("", append(words, "--help")...)
}

// failure marks an error of a command that was typed correctly.
type failure struct{ err error }

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// action is a command's work. Its errors are failures, not mistakes on the command line.
func action(do func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := do(cmd, args); err != nil {
			return &failure{err}
		}
		return nil
	}
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "starter",
		Short: "Run post-training recipes as durable Temporal workflows",
		Long: `starter runs post-training recipes as durable Temporal workflows.

Temporal and the S3 store are found in the environment (TEMPORAL_ADDRESS,
TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPER_S3_ENDPOINT, TEMPER_S3_BUCKET,
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), else in the devstack of the data
directory.`,
		Example:       "  bin/starter recipe list\n  bin/starter status",
		SilenceErrors: true,
		SilenceUsage:  true,

		PersistentPreRunE: checkData,
		Args:              noArgs, // an unknown command is a mistake
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.Version = version.Text()
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(advice.FlagMistake)
	root.PersistentFlags().String("data", advice.DefaultData, "`DIR` of the local Temporal, its store, logs and reports")
	root.AddCommand(newDemoCommand(), newRunCommand(), newEvaluateCommand(), newStatusCommand(), newReportCommand(), newComputeCommand(), newSamplesCommand(), newCompareCommand(), newMetricsCommand(), newCheckpointsCommand(), newAuditCommand(), newRecipeCommand())
	root.AddCommand(newExportCommand(), newUpCommand(), newDownCommand(), newKeepCommand())
	root.AddCommand(newTokenizeCommand())
	root.AddCommand(newExperimentCommand())
	root.AddCommand(gradeCommand(), newDoctorCommand())
	root.AddCommand(newModelCommands()...)
	root.AddCommand(newControlCommands()...)
	root.AddCommand(newOrderCommands()...)
	completeArgs(root)
	return root
}

// dataDir is the value of --data.
func dataDir(cmd *cobra.Command) string {
	return cmd.Flag("data").Value.String()
}
