package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"temper/deploy/endpoints"
	"temper/model/artifact"
	"temper/model/experiment"
	"temper/model/recipe"
	"temper/starter/advice"
	"temper/workflows"
)

// experimentType is the workflow that an experiment is.
const experimentType = "Experiment"

func newExperimentRunCommand() *cobra.Command {
	var j job
	var source experimentSource
	cmd := &cobra.Command{
		Use:   "run NAME|FILE",
		Short: "Do the runs of an experiment and write the page that compares them",
		Long: `Do the runs of an experiment, each with every seed, and write the page that compares
them. What runs share is trained once for each seed. Every run is one like any other,
named NAME-VARIANT-sSEED: status, report and export take it. pause, resume and stop
take the experiment's own name too, and pass it on to the runs at work.

The experiment is durable. Given again, the command goes on where it was; of one
that has ended it does the runs that failed and what is new, more seeds for instance,
and nothing twice. --fresh does all of it anew.

Where the environment names a Temporal (TEMPORAL_ADDRESS), the experiment is started
there, elsewhere on the local stack as run does.`,
		Example: `  bin/starter experiment run tiny-pair
  bin/starter experiment run tiny-pair --seeds 3 --at-once 1`,
		Args: oneArg("experiment", experimentArgument()),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			source.word = args[0]
			return j.runExperiment(cmd, source)
		}),
	}
	cmd.Flags().StringVar(&j.name, "name", "", "name of the experiment, which begins those of its runs (default: its own)")
	cmd.Flags().BoolVar(&j.detach, "detach", false, "start the experiment and return")
	cmd.Flags().BoolVar(&j.fresh, "fresh", false, "do everything anew: end an experiment of this name that runs, and use nothing of an earlier one")
	source.flags(cmd)
	addAddressFlags(cmd)
	return cmd
}

func (j *job) runExperiment(cmd *cobra.Command, source experimentSource) error {
	j.out, j.data = cmd.OutOrStdout(), dataDir(cmd)
	e, plan, err := source.load(cmd.Context(), j.data)
	if err != nil {
		return err
	}
	if j.name == "" {
		j.name = e.Name
	}
	if err := recipe.CheckName("--name", j.name); err != nil {
		return err
	}
	for _, p := range plan {
		if err := recipe.CheckName("--name with "+p.Label, j.name+"-"+p.Label); err != nil {
			return err
		}
	}
	return j.onStack(cmd, *e.Base, func(ctx context.Context) error { return j.workOnExperiment(ctx, e, len(plan)) })
}

// workOnExperiment does everything between the stack's start and its end.
func (j *job) workOnExperiment(ctx context.Context, e experiment.Experiment, runs int) error {
	if j.stack != nil {
		if err := j.stack.up(ctx); err != nil {
			return j.interrupted(ctx, err)
		}
	}
	where, t, err := connect(ctx, j.data)
	if err != nil {
		return j.interrupted(ctx, err)
	}
	defer t.close()
	note, err := t.startExperiment(ctx, j.name, e, j.fresh)
	if err != nil {
		return j.interrupted(ctx, err)
	}
	j.print(fmt.Sprintf("%s: %d runs, %d at a time", note, runs, e.Concurrency()))
	d, err := t.describeWorkflow(ctx, j.name, experimentType)
	if err != nil {
		return j.interrupted(ctx, err)
	}
	if url := where.RunURL(j.name, d.id); url != "" {
		j.print("Temporal UI: " + url)
	}
	if j.detach {
		j.print("its page, as far as it has come: " + advice.Command(j.data, "experiment", "report", j.name))
		return nil
	}
	result, err := j.followExperiment(ctx, t)
	if err != nil {
		return j.interrupted(ctx, err)
	}
	return j.interrupted(ctx, j.finishExperiment(ctx, where, result))
}

// startExperiment starts it, or attaches to it where it runs, and says which.
func (t temporalRuns) startExperiment(ctx context.Context, name string, e experiment.Experiment, fresh bool) (string, error) {
	digest, err := artifact.Digest(e)
	if err != nil {
		return "", err
	}
	d, err := t.describeWorkflow(ctx, name, experimentType)
	if err != nil {
		return "", err
	}
	if d.status == statusRunning && !fresh {
		if d.digest != digest {
			return "", fmt.Errorf("experiment %s is running, and is another (digest %.12s, asked for %.12s); wait for it, choose another --name, or --fresh to end it", name, d.digest, digest)
		}
		return fmt.Sprintf("experiment %s is running since %s, going on with it", name, clock(d.started)), nil
	}
	options := client.StartWorkflowOptions{
		ID: name, TaskQueue: workflows.ControlQueue, StaticSummary: e.Title, Memo: map[string]any{memoDigest: digest},
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}
	if fresh {
		options.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
	}
	ctx, cancel := context.WithTimeout(ctx, 2*callTime)
	defer cancel()
	e.Fresh = e.Fresh || fresh
	if _, err := t.client.ExecuteWorkflow(ctx, options, experimentType, e); err != nil {
		return "", fmt.Errorf("start experiment %s: %s", name, why(err))
	}
	if d.status == statusAbsent || fresh {
		return fmt.Sprintf("experiment %s started", name), nil
	}
	return fmt.Sprintf("experiment %s has %s before and was started again, with what its runs have in the store", name, d.status), nil
}

// experimentProgress asks the experiment.
func (t temporalRuns) experimentProgress(ctx context.Context, name string) (workflows.ExperimentProgress, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var p workflows.ExperimentProgress
	value, err := t.client.QueryWorkflow(ctx, name, "", workflows.QueryProgress)
	if err != nil {
		return p, fmt.Errorf("ask experiment %s for its progress: %s", name, notReady(err))
	}
	return p, value.Get(&p)
}

// followExperiment shows each run when its state changes, until the experiment ends.
func (j *job) followExperiment(ctx context.Context, t temporalRuns) (workflows.ExperimentResult, error) {
	var result workflows.ExperimentResult
	shown := map[string]string{}
	for {
		if j.stack != nil {
			if err := j.stack.check(ctx); err != nil {
				return result, err
			}
		}
		d, err := t.describeWorkflow(ctx, j.name, experimentType)
		if err == nil && d.status == statusAbsent {
			return result, fmt.Errorf("experiment %s is gone: Temporal does not know it any more", j.name)
		}
		if err == nil && d.status != statusRunning {
			if err := t.client.GetWorkflow(ctx, j.name, "").Get(ctx, &result); err != nil {
				return result, runError(j.name, err)
			}
			j.showChanges(shown, result.Runs)
			return result, nil
		}
		if p, err := t.experimentProgress(ctx, j.name); err == nil {
			j.showState(shown, p)
			j.showChanges(shown, p.Runs)
		}
		select {
		case <-ctx.Done():
			return result, ctx.Err()
		case <-time.After(2 * pollTime):
		}
	}
}

// showState prints that the experiment is paused, stopping or goes on.
func (j *job) showState(shown map[string]string, p workflows.ExperimentProgress) {
	line := "experiment " + j.name + ": " + cmp.Or(string(p.State), string(workflows.StateRunning)) // an older worker says none
	if p.Reason != "" {
		line += ": " + p.Reason
	}
	if was := shown[j.name]; was != line && (was != "" || p.State != "" && p.State != workflows.StateRunning) {
		j.print(line)
	}
	shown[j.name] = line
}

// showChanges prints the runs whose state has changed.
func (j *job) showChanges(shown map[string]string, runs []workflows.ExperimentRun) {
	for _, r := range runs {
		if shown[r.Run.Name] == r.State || r.State == string(workflows.StateWaiting) {
			continue
		}
		shown[r.Run.Name] = r.State
		line := r.Run.Name + ": " + r.State
		if r.Why != "" {
			line += ": " + r.Why
		}
		if r.Score.Samples > 0 {
			line += ", " + scoreLine(r.Score)
		}
		j.print(line)
	}
}

// finishExperiment saves the page, and fails where a run has.
func (j *job) finishExperiment(ctx context.Context, e endpoints.Endpoints, result workflows.ExperimentResult) error {
	store, err := e.OpenStore(ctx)
	if err != nil {
		return err
	}
	page, err := fetchReport(ctx, store, result.Page)
	if err != nil {
		return err
	}
	path := filepath.Join(j.data, "reports", j.name+".html")
	if err := writeWhole(path, page); err != nil {
		return err
	}
	j.print("page: " + path)
	if result.State == workflows.StateStopped {
		j.print(fmt.Sprintf("experiment %s was stopped: %s", j.name, cmp.Or(result.Reason, "no reason is given")))
	}
	if failed := result.Failed(); len(failed) > 0 {
		return fmt.Errorf("%d of %d runs have not completed; the same command does them again", len(failed), len(result.Runs))
	}
	return nil
}
