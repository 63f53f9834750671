package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"temper/model/library/spelling"
)

// The checks of a command line. Each error names what is wrong and what is valid.

// noArgs refuses arguments, as the names of commands that do not exist.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("%q is one argument too many; %s takes none", args[0], cmd.Name())
	}
	return fmt.Errorf("%s has no command %q; %svalid: %s", cmd.Name(), args[0], spelling.DidYouMean(args[0], names), strings.Join(names, ", "))
}

// oneArg wants one argument: what says what it is.
func oneArg(name, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 || args[0] == "" {
			return fmt.Errorf("%s is missing; valid: %s", name, what)
		}
		return tooMany(args[1:], name)
	}
}

// atMostOneArg is oneArg for an argument that may be left out.
func atMostOneArg(name string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return tooMany(args[1:], name)
	}
}

func tooMany(rest []string, name string) error {
	if len(rest) > 0 {
		return fmt.Errorf("%q is one argument too many; valid: one %s", rest[0], name)
	}
	return nil
}

// checkData refuses a --data that can be no folder.
func checkData(cmd *cobra.Command, _ []string) error {
	data := dataDir(cmd)
	info, err := os.Stat(data)
	switch {
	case data == "":
		return errors.New("--data is empty; valid: a folder")
	case err == nil && !info.IsDir(), errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("--data is %s, which is not a folder; valid: a folder, or a name that is free", data)
	}
	return nil
}
