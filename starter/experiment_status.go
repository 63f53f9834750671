package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/starter/advice"
	"temper/workflows"
)

// controlExperiment passes the operator's order to an experiment, and reads its answer into into.
func (t temporalRuns) controlExperiment(ctx context.Context, data string, d description, update string, input, into any) error {
	if !slices.Contains([]string{workflows.UpdatePause, workflows.UpdateResume, workflows.UpdateStop}, update) {
		return fmt.Errorf("%s is an experiment; valid: one of its runs, see %s", d.name, advice.Command(data, "status", d.name))
	}
	if d.status != statusRunning {
		return fmt.Errorf("experiment %s is %s: there is nothing to %s; see %s", d.name, d.state, update, advice.Command(data, "status", d.name))
	}
	err := t.control(ctx, d.name, update, input, into)
	if errors.Is(err, errUnanswered) {
		if line := t.absence(ctx, data); line != "" {
			return fmt.Errorf("%s experiment %s: %s", update, d.name, line)
		}
	}
	if err != nil { // which speaks of a run
		return errors.New(strings.Replace(err.Error(), "run "+d.name, "experiment "+d.name, 1))
	}
	return nil
}

// showExperiment shows how an experiment stands as Temporal knows it.
func (t temporalRuns) showExperiment(ctx context.Context, out io.Writer, data string, d description, url string) error {
	var p workflows.ExperimentProgress
	var err error
	silent := ""
	if d.status == statusRunning {
		if p, err = t.experimentProgress(ctx, d.name); err != nil {
			if silent = t.absence(ctx, data); silent == "" {
				silent = fmt.Sprintf("no runs are shown: %v", err)
			}
		} else {
			d.state = string(p.State)
		}
	} else {
		var result workflows.ExperimentResult
		if err := t.client.GetWorkflow(ctx, d.name, "").Get(ctx, &result); err != nil {
			return runError(d.name, err)
		}
		p.Runs, p.Reason = result.Runs, result.Reason
		if result.State != "" {
			d.state = string(result.State)
		}
	}
	fmt.Fprintf(out, "experiment %s: %s, started %s\n", d.name, d.state, clock(d.started))
	if p.Reason != "" {
		fmt.Fprintln(out, "reason:", p.Reason)
	}
	if url != "" {
		fmt.Fprintln(out, "Temporal UI:", url)
	}
	if silent != "" {
		fmt.Fprintln(out, silent)
	}
	if err := writeExperimentRuns(out, p.Runs); err != nil {
		return err
	}
	fmt.Fprintln(out, "its page, as far as it has come:", advice.Command(data, "experiment", "report", d.name))
	return nil
}

// writeExperimentRuns prints a line for each run.
func writeExperimentRuns(out io.Writer, runs []workflows.ExperimentRun) error {
	if len(runs) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range runs {
		score := r.Why
		if score == "" && r.Score.Samples > 0 {
			score = fmt.Sprintf("%s avg@%d %.3f ± %.3f", r.Score.Benchmark, r.Score.Samples, r.Score.Avg, r.Score.AvgSE)
		}
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %s\t%s\t%s", r.Run.Name, r.State, score), "\t "))
	}
	return w.Flush()
}

// showStoredExperiment shows what the store alone knows of an experiment.
func showStoredExperiment(ctx context.Context, out io.Writer, store objectstore.Reader, data, name string) error {
	in, err := storedExperiment(ctx, store, data, name)
	if err != nil {
		return err
	}
	_, written, err := pageOfExperiment(ctx, store, in.Run)
	if err != nil {
		return err
	}
	state := "unfinished"
	switch {
	case in.Stopped != "":
		state = string(workflows.StateStopped)
	case written:
		state = string(workflows.StateCompleted)
	}
	fmt.Fprintf(out, "experiment %s: %s, as recorded in the store\n", name, state)
	if in.Stopped != "" {
		fmt.Fprintln(out, "reason:", in.Stopped)
	}
	var runs []workflows.ExperimentRun
	for _, r := range in.Runs {
		runs = append(runs, workflows.ExperimentRun{RunOfExperiment: r})
	}
	if err := writeExperimentRuns(out, runs); err != nil {
		return err
	}
	fmt.Fprintln(out, "its page, as far as it has come:", advice.Command(data, "experiment", "report", name))
	return nil
}

// pageOfExperiment is what the page of a stored experiment was written of, once it is.
func pageOfExperiment(ctx context.Context, store objectstore.Reader, run artifact.RunID) (in activities.WriteExperimentPageInput, written bool, err error) {
	keys, err := store.List(ctx, artifact.ExperimentRoot+run.Name+"/"+run.ID+"/run/"+string(artifact.KindPage)+"-")
	if err != nil || len(keys) == 0 {
		return in, false, err
	}
	m, err := records.Read(ctx, store, keys[len(keys)-1])
	if err != nil {
		return in, false, err
	}
	data, err := store.Get(ctx, m.Input)
	if err != nil {
		return in, false, err
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return in, false, fmt.Errorf("read what the page of experiment %s was written of: %w", run.Name, err)
	}
	return in, true, nil
}
