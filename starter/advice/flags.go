package advice

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"temper/model/library/spelling"
)

// FlagMistake says of a mistake that cobra found in a command's flags which flag
// was meant, or what its value may be.
func FlagMistake(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var empty *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name := "--" + unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			name = "-" + unknown.GetSpecifiedShortnames()
		}
		names := flagNames(cmd)
		return fmt.Errorf("%s has no flag %s; %svalid: %s", cmd.Name(), name, spelling.DidYouMean(name, names), strings.Join(names, ", "))
	case errors.As(err, &empty):
		return fmt.Errorf("--%s has no value; valid: %s", empty.GetFlag().Name, validValue(empty.GetFlag()))
	case errors.As(err, &wrong):
		return fmt.Errorf("--%s is %q; valid: %s", wrong.GetFlag().Name, wrong.GetValue(), validValue(wrong.GetFlag()))
	}
	return err
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	add := func(f *pflag.Flag) { names = append(names, "--"+f.Name) }
	cmd.LocalFlags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	return names
}

// validValue says what a flag takes: its type, or what its usage puts in backquotes.
func validValue(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int":
		return "a whole number"
	case "float64":
		return "a number"
	case "bool":
		return "true, false, or the flag alone"
	}
	name, usage := pflag.UnquoteUsage(f)
	return name + ", " + usage
}
