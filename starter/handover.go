package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"
)

// newModelCommands are the commands that compute with a model. The work is
// done by the worker program beside this one, which has what it takes; so that
// the starter stays small, it hands itself over.
func newModelCommands() []*cobra.Command {
	var commands []*cobra.Command
	for _, c := range []struct{ name, short string }{
		{"logprobs", "Log-probabilities and entropies of token sequences under a model, as JSON lines"},
		{"generate", "Sample responses to prompts from a model, as JSON lines"},
	} {
		cmd := &cobra.Command{
			Use: c.name + " --model DIR [FILE|-]…", Short: c.short,
			DisableFlagParsing: true, // the worker reads them
			RunE:               action(func(_ *cobra.Command, args []string) error { return becomeWorker(c.name, args) }),
		}
		cmd.SetHelpFunc(func(*cobra.Command, []string) {
			if err := becomeWorker(c.name, []string{"--help"}); err != nil {
				fmt.Fprintln(os.Stderr, "starter:", err)
			}
		})
		commands = append(commands, cmd)
	}
	return commands
}

// becomeWorker replaces this process by a command of the worker program. It
// returns only if that fails.
func becomeWorker(command string, args []string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the worker program: %w", err)
	}
	worker := filepath.Join(filepath.Dir(self), "worker")
	if err := syscall.Exec(worker, append([]string{"worker", command}, args...), os.Environ()); err != nil {
		return fmt.Errorf("start %s: %w", worker, err)
	}
	return nil
}
