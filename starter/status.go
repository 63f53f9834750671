package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"temper/workflows"
)

func newStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status [RUN]",
		Short: "List the runs, or show how one stands",
		Args:  cobra.MaximumNArgs(1),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			e, rs, err := connect(cmd.Context(), dataDir(cmd))
			if err != nil {
				return err
			}
			defer rs.close()
			if len(args) == 0 {
				return listRuns(cmd.Context(), cmd.OutOrStdout(), rs)
			}
			return showRun(cmd.Context(), cmd.OutOrStdout(), rs, args[0], e.RunURL(args[0]))
		}),
	}
}

func listRuns(ctx context.Context, out io.Writer, rs runs) error {
	found, err := rs.list(ctx)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		fmt.Fprintln(out, "there are no runs")
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
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", d.name, d.status, d.started.Local().Format("2006-01-02 15:04:05"), took, digest)
	}
	return w.Flush()
}

// showRun shows stages and scores. A failed run shows its error.
func showRun(ctx context.Context, out io.Writer, rs runs, name, url string) error {
	d, err := rs.describe(ctx, name)
	if err != nil {
		return err
	}
	if d.status == statusAbsent {
		return fmt.Errorf("there is no run %q; see `starter status`", name)
	}
	state, p := string(d.status), workflows.Progress{}
	switch d.status {
	case statusRunning:
		if p, err = rs.progress(ctx, name); err != nil {
			return err
		}
		state = string(p.State)
	case statusCompleted:
		result, err := rs.result(ctx, name)
		if err != nil {
			return err
		}
		state, p.Scores = string(result.State), result.Scores
		// The stages need a worker that answers; the result does not.
		if answer, err := rs.progress(ctx, name); err == nil {
			p = answer
		}
	}
	fmt.Fprintf(out, "run %s: %s, started %s\n", name, state, d.started.Local().Format("2006-01-02 15:04:05"))
	if p.Reason != "" {
		fmt.Fprintln(out, "reason:", p.Reason)
	}
	if url != "" {
		fmt.Fprintln(out, "Temporal UI:", url)
	}
	for _, stage := range p.Stages {
		fmt.Fprintln(out, " ", stageLine(stage))
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
