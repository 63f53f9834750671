package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"temper/activities/records"
	"temper/deploy/endpoints"
	"temper/model/artifact"
	"temper/model/recipe"
)

// branchHelp says what --from does.
const branchHelp = `--from RUN@STAGE:STEP branches: the run begins with the checkpoint that a stage of another run (or of an earlier one) had
after so many updates, and does what the recipe has from there on: the stages before it that train or evaluate are left out, and of
a stage of kind rl its remaining steps are done (a supervised one is done whole, as its epochs cannot be cut). RUN@STAGE is the stage's end.
It is the recipe's field parent, with the checkpoint's digest. Of a stage that is cut, the field done says how many steps were done: the others
take the place after them in the order of its data, its random numbers and its learning rate's schedule, so that where nothing else is
changed (and the temperature is a number, not a search) the branch ends as the stage did; --set stages.NAME.done=0 begins anew, with
steps of its own. The weights come with the optimizer's moments, which --set stages.NAME.optimizer.state=reset leaves behind.`

// branch makes a recipe begin with the checkpoint that from names, RUN@STAGE or RUN@STAGE:STEP, and leaves out what was done before it.
func branch(r *recipe.Recipe, from string) error {
	run, stage, found := strings.Cut(from, "@")
	if !found || run == "" || stage == "" {
		return fmt.Errorf("--from is %q; valid: RUN@STAGE, or RUN@STAGE:STEP for a checkpoint inside the stage", from)
	}
	if r.Parent != nil {
		return errors.New("the recipe has a parent and --from is given; valid: one of them")
	}
	name, step, inside := artifact.ParseInside(strings.Replace(stage, ":", "@", 1))
	if strings.Contains(stage, ":") && !inside {
		return fmt.Errorf("--from is %q; valid: RUN@STAGE, or RUN@STAGE:STEP with a number of the stage's updates", from)
	}
	r.Parent = &recipe.Parent{Run: run, Stage: name}
	if inside {
		r.Parent.Stage = artifact.Inside(name, step)
	}
	at := slices.IndexFunc(r.Stages, func(s recipe.Stage) bool { return s.Name == name })
	if at < 0 { // it is another recipe's
		return nil
	}
	var left []recipe.Stage
	for i, s := range r.Stages {
		switch {
		case i > at || s.Into() != "":
			left = append(left, s)
		case i < at || !inside:
		case s.RL == nil:
			left = append(left, s)
		case s.RL.Steps > step:
			rest := *s.RL
			s.RL = &rest
			if rest.DynamicSampling.On() || rest.Solved.On() || rest.DataPosition == recipe.StateCarry {
				rest.Steps -= step // where its data were by then is not known
			} else {
				rest.Done, rest.Optimizer.State = step, recipe.StateCarry
			}
			left = append(left, s)
		}
	}
	if len(left) == 0 {
		return fmt.Errorf("--from is %q, after which the recipe has nothing to do; valid: an earlier stage or step", from)
	}
	r.Stages = left
	return nil
}

func newCheckpointsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "checkpoints RUN",
		Short: "List the checkpoints of a run",
		Long: `List the durable checkpoints of a run, from what it has in the store: of which stage, after how many of its
updates, when and under which digest. Each can be exported (export RUN@STAGE@STEP), be what another run begins
with (run RECIPE --from RUN@STAGE:STEP), or what this one goes back to (rollback RUN STAGE@STEP).`,
		Example: "  bin/starter checkpoints demo",
		Args:    oneArg("RUN", "the name of a run"),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			return listCheckpoints(cmd.Context(), cmd.OutOrStdout(), dataDir(cmd), args[0])
		}),
	}
}

func listCheckpoints(ctx context.Context, out io.Writer, data, name string) error {
	store, err := endpoints.OpenReader(ctx, data)
	if err != nil {
		return err
	}
	keys, err := store.List(ctx, artifact.Root+name+"/")
	if err != nil || len(keys) == 0 {
		return noRun(ctx, store, data, name)
	}
	recorded, err := newestRecipe(ctx, store, keys, name, "")
	if err != nil {
		return err
	}
	stages, err := recordedStages(ctx, store, recorded)
	if err != nil {
		return err
	}
	book, err := records.Open(ctx, store, recorded.Run)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STAGE\tSTEP\tMADE\tCHECKPOINT")
	for _, s := range stages {
		made, err := checkpointsOf(ctx, book, s.Name)
		if err != nil {
			return err
		}
		for _, m := range made {
			fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", s.Name, m.Step, clock(m.Work.Ended), m.Outputs[artifact.OutputCheckpoint].SHA256)
		}
	}
	return w.Flush()
}

// checkpointsOf are the records of a stage's checkpoints, by their steps and then their age.
func checkpointsOf(ctx context.Context, book *records.Book, stage string) ([]artifact.Manifest, error) {
	var made []artifact.Manifest
	for _, key := range book.Keys() {
		p, ok := artifact.ParseKey(key)
		if !ok || p.Stage != stage || p.Kind != artifact.KindSFT && p.Kind != artifact.KindUpdate && p.Kind != artifact.KindCheckpoint {
			continue
		}
		m, err := book.Get(ctx, key)
		if errors.Is(err, artifact.ErrCorrupt) || errors.Is(err, records.ErrOutside) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if _, ok := m.Outputs[artifact.OutputCheckpoint]; ok {
			made = append(made, m)
		}
	}
	slices.SortStableFunc(made, func(a, b artifact.Manifest) int {
		if a.Step != b.Step {
			return a.Step - b.Step
		}
		return a.Work.Ended.Compare(b.Work.Ended)
	})
	return made, nil
}
