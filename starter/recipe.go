package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"temper/model/library/spelling"
	"temper/model/recipe"
	"temper/starter/advice"
)

func newRecipeCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "recipe", Short: "List, show, check and plan recipes", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(
		&cobra.Command{
			Use:   "list",
			Short: "List the named recipes",
			Args:  noArgs,
			RunE:  action(func(cmd *cobra.Command, _ []string) error { return listRecipes(cmd) }),
		},
		newRecipeShowCommand(), newRecipeCheckCommand(), newRecipePlanCommand(), newRecipeBenchmarksCommand(),
	)
	return cmd
}

func newRecipeShowCommand() *cobra.Command {
	var source recipeSource
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show NAME|FILE",
		Short: "Print a recipe whole, as YAML, with the source of each number",
		Long: `Print a recipe whole, as YAML, with the source of each number: the paper, a
measurement, or that the paper does not print it. A source is the comment beside
a number in the recipe's file, or beside the group of numbers that it stands in.
The output is a recipe file.
With --json it is the input of a workflow that any Temporal client starts, such
as Temporal's own program temporal.`,
		Example: `  bin/starter recipe show demo > mine.yaml
  bin/starter recipe check mine.yaml
  bin/starter recipe show demo --json > recipe.json`,
		Args: oneArg("recipe", recipeArgument()),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			source.choose(args[0])
			text, err := source.show(asJSON)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, as Temporal clients pass it")
	addSetFlag(cmd, &source.sets)
	return cmd
}

func newRecipeCheckCommand() *cobra.Command {
	var source recipeSource
	cmd := &cobra.Command{
		Use:   "check NAME|FILE",
		Short: "Check a recipe: every fault at once, with the valid values",
		Long: `Check a recipe: every fault at once, with the valid values. A recipe that leaves
its data files to who runs it is valid, and check says how to name them.`,
		Example: `  bin/starter recipe check gsm8k-tiny
  bin/starter recipe check demo --set stages.code.steps=50`,
		Args: oneArg("recipe", recipeArgument()),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			source.choose(args[0])
			return checkRecipe(cmd, args[0], source)
		}),
	}
	addSetFlag(cmd, &source.sets)
	return cmd
}

// recipeArgument says what the argument of a command on recipes may be.
func recipeArgument() string { return "a file, or one of " + strings.Join(recipe.Names(), ", ") }

func listRecipes(cmd *cobra.Command) error {
	width := 0
	for _, name := range recipe.Names() {
		width = max(width, len(name))
	}
	for _, name := range recipe.Names() {
		r, err := recipe.Named(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%-*s  %s\n", width, name, strings.Join(r.StageNames(), " → "))
	}
	return nil
}

func checkRecipe(cmd *cobra.Command, word string, source recipeSource) error {
	r, err := source.load(cmd.Context(), dataDir(cmd))
	var faults *recipe.FaultsError
	lacks := errors.As(err, &faults) && faults.OnlyToGive()
	if err != nil && !lacks {
		return err
	}
	digest, err := r.Digest()
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "%s is a valid recipe: %s, stages %s, digest %s\n", word, r.Name, strings.Join(r.StageNames(), ", "), digest)
	if lacks {
		words := []string{"run", word}
		for _, f := range faults.Faults {
			words = append(words, "--set", strings.TrimSuffix(f.Field, ".uri")+"=FILE")
		}
		fmt.Fprintf(out, "its data files are named when it is run: %s\n", advice.Command(dataDir(cmd), words...))
	}
	return nil
}

// recipeSource says where a recipe comes from: a file or a name, and changes.
type recipeSource struct {
	file, name string
	sets       []string
	// from is the checkpoint of a run that the recipe is to begin with, "" for none.
	from string
	// written is a recipe that a command has made, in the place of file and name.
	written []byte
}

func addSetFlag(cmd *cobra.Command, sets *[]string) {
	cmd.Flags().StringArrayVar(sets, "set", nil, "change a value, `PATH=VALUE`: stages.math-short.steps=10, data.train=FILE or s3://BUCKET/KEY, parent=RUN@STAGE (repeatable)")
}

// choose takes a word for the recipe's name, or else for a file. A file that has
// the name of a recipe is ./NAME.
func (s *recipeSource) choose(word string) {
	if slices.Contains(recipe.Names(), word) {
		s.name = word
	} else {
		s.file = word
	}
}

// load reads the recipe, applies the changes and validates the result. Local
// paths of data become absolute, since a worker may run in another folder. A parent
// is looked up in the store of the data directory. Beside a *recipe.FaultsError is
// the recipe that has them.
func (s recipeSource) load(ctx context.Context, data string) (recipe.Recipe, error) {
	r, err := s.read()
	if err != nil {
		return recipe.Recipe{}, err
	}
	if err := applySets(&r, s.sets); err != nil {
		return recipe.Recipe{}, err
	}
	if err := absolutePaths(&r); err != nil {
		return recipe.Recipe{}, err
	}
	if s.from != "" {
		if err := branch(&r, s.from); err != nil {
			return recipe.Recipe{}, err
		}
	}
	if err := resolveMade(ctx, data, &r); err != nil {
		return r, err
	}
	if err := resolveParent(ctx, data, &r); err != nil {
		return recipe.Recipe{}, err
	}
	if err := r.Validate(); err != nil {
		return r, s.in(err)
	}
	return r, nil
}

// show is the recipe with the changes, as JSON or as YAML with its sources.
func (s recipeSource) show(asJSON bool) ([]byte, error) {
	r, err := s.read()
	if err != nil {
		return nil, err
	}
	if err := applySets(&r, s.sets); err != nil {
		return nil, err
	}
	if asJSON {
		data, err := recipe.Encode(r)
		return append(data, '\n'), err
	}
	text, err := s.text()
	if err != nil {
		return nil, err
	}
	sources, err := recipe.SourcesOf(text)
	if err != nil {
		return nil, s.in(err)
	}
	return recipe.ShowYAML(r, sources)
}

// text is the recipe as it is written.
func (s recipeSource) text() ([]byte, error) {
	if s.written != nil {
		return s.written, nil
	}
	if s.file == "" {
		return recipe.Text(s.name)
	}
	data, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(s.file, "/.") {
		return nil, fmt.Errorf("there is no recipe and no file %q; %svalid: %s", s.file, spelling.DidYouMean(s.file, recipe.Names()), recipeArgument())
	}
	if err != nil {
		return nil, fmt.Errorf("read recipe: %w; valid: %s", err, recipeArgument())
	}
	return data, nil
}

func (s recipeSource) read() (recipe.Recipe, error) {
	data, err := s.text()
	if err != nil {
		return recipe.Recipe{}, err
	}
	// Only with the changes may it become valid, so that is looked at afterwards.
	r, err := recipe.Parse(data)
	var faults *recipe.FaultsError
	if errors.As(err, &faults) && len(s.sets) == 0 {
		_, err = recipe.Decode(data) // all faults at once
	}
	if err != nil {
		return recipe.Recipe{}, s.in(err)
	}
	return r, nil
}

// in names the file in each line of an error.
func (s recipeSource) in(err error) error {
	if s.file == "" {
		return err
	}
	return inFile{s.file, err}
}

// inFile is an error about a file, with its name in each line.
type inFile struct {
	name string
	err  error
}

func (e inFile) Error() string {
	return e.name + ": " + strings.ReplaceAll(e.err.Error(), "\n", "\n"+e.name+": ")
}
func (e inFile) Unwrap() error { return e.err }

func applySets(r *recipe.Recipe, sets []string) error {
	for _, assignment := range sets {
		if err := recipe.Set(r, assignment); err != nil {
			return err
		}
	}
	return nil
}
