package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"temper/activities/sandbox"
	"temper/model/recipe"
)

func newDoctorCommand() *cobra.Command {
	var o sandbox.Options
	cmd := &cobra.Command{
		Use:   "doctor [RECIPE.yaml|NAME]...",
		Short: "Print which recipes this machine can serve, and what judging programs takes",
		Long: `Print what this machine has of what judging untrusted programs needs, try both
walls of the sandbox with the attack programs of its self-test, and say what to
install or set. The first wall that stands is the one that workers and starter
grade code use. Then print which recipes a worker here can serve from beginning
to end, of those given, or of the named ones: without a wall only those that
judge no programs; others do all else, and their programs wait for a worker on
another machine. The exit code is 1 if no wall stands, for then no program is run here; with
recipes given, if one of them cannot be served.`,
		RunE: action(func(cmd *cobra.Command, args []string) error {
			given := len(args) > 0
			if !given {
				args = recipe.Names()
			}
			recipes, err := loadRecipes(args) // a missing file is told before the sandbox tests itself
			if err != nil {
				return err
			}
			o.Progress = func(line string) { fmt.Fprintln(cmd.ErrOrStderr(), line) }
			out := cmd.OutOrStdout()
			serves := sandbox.Doctor(cmd.Context(), o, func(c sandbox.Check) { printCheck(out, c) })
			unserved := printRecipes(out, args, recipes, serves)
			if !serves && (unserved || !given) {
				return errors.New("untrusted programs cannot be judged on this machine; see what there is to do above")
			}
			return nil
		}),
	}
	sandboxFlags(cmd, &o)
	return cmd
}

// loadRecipes reads recipes, each from a file or by name.
func loadRecipes(names []string) ([]recipe.Recipe, error) {
	all := make([]recipe.Recipe, len(names))
	for i, name := range names {
		r, err := recipe.Named(name)
		if err != nil {
			if r, err = (recipeSource{file: name}).read(); err != nil {
				return nil, fmt.Errorf("%w; valid: a recipe's file, or one of %s", err, strings.Join(recipe.Names(), ", "))
			}
		}
		all[i] = r
	}
	return all, nil
}

// printCheck prints a line about what was looked at, and one more for what to do about it.
func printCheck(out io.Writer, c sandbox.Check) {
	state := "ok"
	if !c.OK {
		state = "no"
	}
	fmt.Fprintf(out, "%-16s %s  %s\n", c.Name, state, c.Found)
	if c.Do != "" {
		fmt.Fprintf(out, "%-16s     to do: %s\n", "", c.Do)
	}
}

// printRecipes prints a line per recipe: whether a worker on this machine does all of it.
// It returns whether there is one of which it does not.
func printRecipes(out io.Writer, names []string, recipes []recipe.Recipe, judges bool) (unserved bool) {
	for i, r := range recipes {
		state, why := "ok", "judges no programs"
		switch programs := r.RunsPrograms(); {
		case programs && judges:
			why = "judges programs, which this machine can"
		case programs:
			state, why = "no", "judges programs: they wait for a worker on a machine where a wall stands; all else is done here"
			unserved = true
		}
		fmt.Fprintf(out, "%-16s %s  %s: %s\n", "recipe", state, names[i], why)
	}
	return unserved
}
