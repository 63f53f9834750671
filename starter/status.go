package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"temper/activities/objectstore"
	"temper/deploy/endpoints"
	"temper/starter/advice"
	"temper/workflows"
)

func newStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status [RUN]",
		Short: "List the runs and experiments, or show how one stands",
		Long: `List the runs and experiments, or show how one stands. Where Temporal does not run, or no longer
knows a run, what the run has recorded in the store is shown.`,
		Example: `  bin/starter status
  bin/starter status demo`,
		Args: atMostOneArg("RUN"),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listRuns(cmd.Context(), cmd.OutOrStdout(), dataDir(cmd))
			}
			return showStatus(cmd.Context(), cmd.OutOrStdout(), dataDir(cmd), args[0])
		}),
	}
}

// listRuns lists what Temporal knows, and after it what only the store knows.
func listRuns(ctx context.Context, out io.Writer, data string) error {
	_, rs, err := connect(ctx, data)
	if errors.Is(err, endpoints.ErrNotRunning) {
		store, err := endpoints.StoredFiles(data)
		if err != nil {
			return err
		}
		found, err := storedRuns(ctx, store, nil)
		if err != nil {
			return err
		}
		if err := writeRuns(out, data, found); err != nil || len(found) == 0 {
			return err
		}
		fmt.Fprintf(out, "nothing runs on %s now; runs that have not ended go on with %s\n", data, advice.Command(data, "up"))
		return nil
	}
	if err != nil {
		return err
	}
	defer rs.close()
	found, err := rs.list(ctx)
	if err != nil {
		return err
	}
	if !endpoints.TemporalFromEnvironment() { // the store is here, and quickly read
		store, err := endpoints.StoredFiles(data)
		if err != nil {
			return err
		}
		more, err := storedRuns(ctx, store, found)
		if err != nil {
			return err
		}
		found = append(found, more...)
	}
	if err := writeRuns(out, data, found); err != nil {
		return err
	}
	if slices.ContainsFunc(found, func(d description) bool { return d.status == statusRunning }) {
		if line := rs.absence(ctx, data); line != "" {
			fmt.Fprintln(out, line)
		}
	}
	return nil
}

// storedRuns describes the runs in the store that are not among known.
func storedRuns(ctx context.Context, store objectstore.Reader, known []description) ([]description, error) {
	names, err := storedNames(ctx, store)
	if err != nil {
		return nil, err
	}
	var found []description
	for _, name := range names {
		if slices.ContainsFunc(known, func(d description) bool { return d.name == name }) {
			continue
		}
		s, err := readRun(ctx, store, name)
		if err != nil {
			found = append(found, description{name: name, state: "unreadable: " + err.Error()})
			continue
		}
		found = append(found, description{name: name, state: s.state(), digest: s.digest, started: s.started, closed: s.shown.Ended})
	}
	return found, nil
}

func writeRuns(out io.Writer, data string, found []description) error {
	if len(found) == 0 {
		fmt.Fprintf(out, "there are no runs on %s\n", data)
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RUN\tSTATUS\tSTARTED\tTOOK\tRECIPE")
	for _, d := range found {
		took, digest := "", d.digest
		if !d.closed.IsZero() {
			took = d.closed.Sub(d.started).Round(time.Second).String()
		}
		if len(digest) > 12 {
			digest = digest[:12]
		}
		if d.experiment {
			digest = "experiment"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", d.name, d.state, clock(d.started), took, digest)
	}
	return w.Flush()
}

// clock is a time for people.
func clock(t time.Time) string { return t.Local().Format(time.DateTime) }

// showStatus shows how one run stands: as Temporal knows it, else as the store does.
func showStatus(ctx context.Context, out io.Writer, data, name string) error {
	e, rs, err := connect(ctx, data)
	if err == nil {
		defer rs.close()
		if d, err := rs.describeWorkflow(ctx, name, experimentType); err == nil && d.status != statusAbsent {
			return rs.showExperiment(ctx, out, data, d, e.RunURL(name, d.id))
		}
		err = showRun(ctx, out, rs, data, name, e)
	}
	running := errors.Is(err, errNoRun)
	if !errors.Is(err, endpoints.ErrNotRunning) && !running {
		return err
	}
	store, err := endpoints.OpenReader(ctx, data)
	if err != nil {
		return err
	}
	s, err := readRun(ctx, store, name)
	if errors.Is(err, errNoRun) {
		if err := showStoredExperiment(ctx, out, store, data, name); !errors.Is(err, errNoExperiment) {
			return err
		}
		return noRun(ctx, store, data, name)
	}
	if err != nil {
		return err
	}
	return s.show(out, data, running)
}

// showRun shows stages and scores. A failed run shows its error.
func showRun(ctx context.Context, out io.Writer, rs runs, data, name string, e endpoints.Endpoints) error {
	d, err := rs.describe(ctx, name)
	if err != nil {
		return err
	}
	if d.status == statusAbsent {
		return errNoRun
	}
	p, silent := workflows.Progress{}, ""
	switch d.status {
	case statusRunning:
		if p, err = rs.progress(ctx, name); err != nil {
			silent = rs.absence(ctx, data)
			if silent == "" {
				silent = fmt.Sprintf("no stages are shown: %v", err)
			}
		} else {
			d.state = string(p.State)
		}
	case statusCompleted:
		result, err := rs.result(ctx, name)
		if err != nil {
			return err
		}
		d.state, p.Scores = string(result.State), result.Scores
		// The stages need a worker that answers; the result does not.
		if answer, err := rs.progress(ctx, name); err == nil {
			p = answer
		}
	}
	fmt.Fprintf(out, "run %s: %s, started %s\n", name, d.state, clock(d.started))
	if p.Reason != "" {
		fmt.Fprintln(out, "reason:", p.Reason)
	}
	if p.Parent != nil {
		fmt.Fprintln(out, "begins with", p.Parent.Text())
	}
	if url := e.RunURL(name, d.id); url != "" {
		fmt.Fprintln(out, "Temporal UI:", url)
	}
	if silent != "" {
		fmt.Fprintln(out, silent)
	}
	writeStages(out, p.Stages)
	for _, line := range remarkLines(p.Remarks) {
		fmt.Fprintln(out, line)
	}
	if err := writeOrders(out, p.Orders); err != nil {
		return err
	}
	if p.Approval != "" {
		fmt.Fprintf(out, "%s waits for approval: %s, or %s\n", p.Approval, advice.Command(data, "approve", name), advice.Command(data, "stop", name))
	}
	if p.Choice != nil {
		if err := writeChoice(out, *p.Choice, advice.Command(data, "choose", name, "CANDIDATE")); err != nil {
			return err
		}
	}
	if d.status == statusRunning {
		delays, err := rs.delays(ctx, name)
		if err != nil {
			return err
		}
		for _, delay := range delays {
			fmt.Fprintln(out, " ", delay)
		}
	}
	if d.status != statusRunning && d.status != statusCompleted {
		_, err := rs.result(ctx, name)
		return err
	}
	return writeScores(out, p.Scores)
}
