package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"temper/model/recipe"
)

func newRecipeCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "recipe", Short: "List, show and check recipes", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(
		&cobra.Command{
			Use:   "list",
			Short: "List the named recipes",
			Args:  cobra.NoArgs,
			RunE:  action(func(cmd *cobra.Command, _ []string) error { return listRecipes(cmd) }),
		},
		newRecipeShowCommand(),
		&cobra.Command{
			Use:   "check FILE",
			Short: "Check a recipe file: every fault at once, with the valid values",
			Args:  cobra.ExactArgs(1),
			RunE:  action(func(cmd *cobra.Command, args []string) error { return checkRecipe(cmd, args[0]) }),
		},
	)
	return cmd
}

func newRecipeShowCommand() *cobra.Command {
	var sets []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Print a named recipe whole, as YAML, with the source of each number",
		Long: `Print a named recipe whole, as YAML, with the source of each number: the paper,
a measurement, or that the paper does not print it. The output is a recipe file:
  starter recipe show demo > mine.yaml
  starter run mine.yaml
With --json it is the input of a workflow that any Temporal client starts:
  starter recipe show demo --json > recipe.json
  temporal workflow start --type PostTraining --task-queue temper --workflow-id RUN --input-file recipe.json`,
		Args: cobra.ExactArgs(1),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			r, err := recipe.Named(args[0])
			if err != nil {
				return err
			}
			if err := applySets(&r, sets); err != nil {
				return err
			}
			text := recipe.ShowYAML(r)
			if asJSON {
				if text, err = recipe.Encode(r); err != nil {
					return err
				}
				text = append(text, '\n')
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, as Temporal clients pass it")
	addSetFlag(cmd, &sets)
	return cmd
}

func listRecipes(cmd *cobra.Command) error {
	for _, name := range recipe.Names() {
		r, err := recipe.Named(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%-12s %s\n", name, strings.Join(r.StageNames(), " → "))
	}
	return nil
}

func checkRecipe(cmd *cobra.Command, path string) error {
	r, err := recipeSource{file: path}.load()
	if err != nil {
		return err
	}
	digest, err := r.Digest()
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s is a valid recipe: %s, stages %s, digest %s\n", path, r.Name, strings.Join(r.StageNames(), ", "), digest)
	return nil
}

// recipeSource says where a recipe comes from: a file or a name, and changes.
type recipeSource struct {
	file, name string
	sets       []string
}

func addSetFlag(cmd *cobra.Command, sets *[]string) {
	cmd.Flags().StringArrayVar(sets, "set", nil, "change a value, `PATH=VALUE`: rl.math-short.steps=10, data.train=FILE or s3://BUCKET/KEY (repeatable)")
}

// load reads the recipe, applies the changes and validates the result. Local
// paths of data become absolute, since a worker may run in another folder.
func (s recipeSource) load() (recipe.Recipe, error) {
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
	if err := r.Validate(); err != nil {
		return recipe.Recipe{}, s.in(err)
	}
	return r, nil
}

func (s recipeSource) read() (recipe.Recipe, error) {
	if s.file == "" {
		return recipe.Named(s.name)
	}
	data, err := os.ReadFile(s.file)
	if err != nil {
		return recipe.Recipe{}, fmt.Errorf("read recipe: %w", err)
	}
	decode := recipe.Decode
	if len(s.sets) > 0 { // only with the changes may it become valid
		decode = recipe.Parse
	}
	r, err := decode(data)
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
	return fmt.Errorf("%s: %s", s.file, strings.ReplaceAll(err.Error(), "\n", "\n"+s.file+": "))
}

func applySets(r *recipe.Recipe, sets []string) error {
	for _, assignment := range sets {
		if err := recipe.Set(r, assignment); err != nil {
			return err
		}
	}
	return nil
}
