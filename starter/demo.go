package main

import (
	"context"

	"github.com/spf13/cobra"

	"temper/model/recipe"
)

func newDemoCommand() *cobra.Command {
	var j job
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run the whole recipe on this machine, with everything that it needs",
		Long: `Run the whole recipe on this machine: demo starts Temporal with its web UI, an S3
store and a worker where they do not run, starts the run, and shows its progress
until it ends with a table of accuracies and a report.

The run is durable. Ctrl-C stops what demo started; the same command goes on
with the run where it stood, also where it failed, was stopped, cancelled or
terminated, or Temporal no longer knows it. Once it is finished the same command
shows its table again, and --fresh starts over.

Needed: the programs devstack and worker beside this one (make build), ports
7233, 8233 and 9233 on 127.0.0.1 (or others: --temporal, --ui, --s3), and
/usr/bin/python3 for recipes that grade code.`,
		Example: `  bin/starter demo`,
		Args:    noArgs,
		RunE:    action(func(cmd *cobra.Command, _ []string) error { return j.run(cmd) }),
	}
	cmd.Flags().StringVar(&j.name, "name", "demo", "name of the `RUN`")
	cmd.Flags().StringVar(&j.source.name, "recipe", "demo", "`NAME` of a recipe; `bin/starter recipe list` lists them")
	j.flags(cmd)
	return cmd
}

func newRunCommand() *cobra.Command {
	var j job
	cmd := &cobra.Command{
		Use:   "run NAME|FILE",
		Short: "Run a recipe by name or from a file",
		Long: `Run a recipe, by name or from a file (YAML or JSON), and show its progress until
it ends. A run of the name that has ended before its end goes on from what it has
in the store, if the recipe is the same; --fresh starts over.

A recipe with a parent begins with what a stage of another run has left, as in
--set parent=RUN@STAGE; model and tokenizer come with it where the recipe leaves
them out.

` + branchHelp + `

Where the environment names a Temporal (TEMPORAL_ADDRESS), the run is started
there, and Ctrl-C only ends the watching. Elsewhere run uses the local stack as
demo does. --detach starts the run on what runs already (see up), and returns.`,
		Example: `  bin/starter recipe show smoke > mine.yaml
  bin/starter run mine.yaml --set stages.math.steps=2
  bin/starter run smoke --name first`,
		Args: atMostOneArg("recipe"),
		PreRunE: func(cmd *cobra.Command, args []string) error {
			return j.choose(args)
		},
		RunE: action(func(cmd *cobra.Command, _ []string) error { return j.run(cmd) }),
	}
	cmd.Flags().StringVar(&j.name, "name", "", "name of the `RUN` (default: the recipe's name)")
	cmd.Flags().StringVar(&j.source.name, "recipe", "", "`NAME` of a recipe; `bin/starter recipe list` lists them")
	cmd.Flags().StringVar(&j.source.from, "from", "", "`RUN@STAGE:STEP`, the checkpoint to begin with; bin/starter checkpoints RUN lists them")
	cmd.Flags().BoolVar(&j.detach, "detach", false, "start the run and return")
	j.flags(cmd)
	return cmd
}

// flags are those that demo and run share.
func (j *job) flags(cmd *cobra.Command) {
	addSetFlag(cmd, &j.source.sets)
	cmd.Flags().BoolVar(&j.fresh, "fresh", false, "start over: end a run of this name that runs, replace one that is finished")
	cmd.Flags().BoolVar(&j.keep, "keep", false, "when the run has ended keep Temporal, its UI and the worker up until Ctrl-C")
	addAddressFlags(cmd)
}

// addAddressFlags are those of every command that may start the local stack.
func addAddressFlags(cmd *cobra.Command) {
	for flag, usage := range map[string]string{
		"temporal": "`ADDRESS` of the local Temporal (default 127.0.0.1:7233)",
		"ui":       "`ADDRESS` of its web UI (default 127.0.0.1:8233)",
		"s3":       "`ADDRESS` of the local S3 store (default 127.0.0.1:9233)",
	} {
		cmd.Flags().String(flag, "", usage)
	}
}

// devstackArgs passes the addresses on to devstack.
func devstackArgs(cmd *cobra.Command) []string {
	var args []string
	for _, flag := range []string{"temporal", "ui", "s3"} {
		if value := cmd.Flag(flag).Value.String(); value != "" {
			args = append(args, "-"+flag, value)
		}
	}
	return args
}

// load reads the recipe and settles the run's name.
func (j *job) load(ctx context.Context) (recipe.Recipe, error) {
	r, err := j.source.load(ctx, j.data)
	if err != nil {
		return r, err
	}
	if j.name == "" {
		j.name = r.Name
	}
	return r, recipe.CheckName("--name", j.name)
}
