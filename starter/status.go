package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"temper/activities/objectstore"
	"temper/deploy/endpoints"
	"temper/starter/advice"
)

// statusOptions are the flags of status.
type statusOptions struct {
	data        string
	json, watch bool
}

// watchEvery is how often status --watch asks.
const watchEvery = 2 * time.Second

func newStatusCommand() *cobra.Command {
	var options statusOptions
	cmd := &cobra.Command{
		Use:   "status [RUN]",
		Short: "List the runs and experiments, or show how one stands",
		Long: `List the runs and experiments, or show how one stands. Where Temporal does not run, or no longer
knows a run, what the run has recorded in the store is shown.

With --watch it is shown again as it changes, until the run has ended. With --json a run is one JSON
document on a line: state, what it waits for, stages with their figures, scores, the next command.`,
		Example: `  bin/starter status
  bin/starter status demo
  bin/starter status demo --json`,
		Args: atMostOneArg("RUN"),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			options.data = dataDir(cmd)
			if options.json && len(args) == 0 {
				return errors.New("--json needs a run; valid: status RUN --json")
			}
			return printStatus(cmd.Context(), cmd.OutOrStdout(), options, strings.Join(args, ""))
		}),
	}
	cmd.Flags().BoolVar(&options.json, "json", false, "print how a run stands as JSON")
	cmd.Flags().BoolVar(&options.watch, "watch", false, "show it again as it changes, until the run has ended")
	return cmd
}

// printStatus prints how the run stands, or all of them, once or as long as it changes.
func printStatus(ctx context.Context, out io.Writer, o statusOptions, name string) error {
	show := func(out io.Writer) (ended bool, err error) {
		if name == "" {
			return false, listRuns(ctx, out, o.data)
		}
		return showStatus(ctx, out, o, name)
	}
	if !o.watch {
		_, err := show(out)
		return err
	}
	again := func() (string, bool, error) {
		var text bytes.Buffer
		ended, err := show(&text)
		return text.String(), ended, err
	}
	file, ok := out.(*os.File)
	over := ok && term.IsTerminal(int(file.Fd())) && os.Getenv("TERM") != "dumb" && !o.json
	return watch(ctx, watchEvery, again, func(text string) {
		if over {
			text = "\x1b[H\x1b[2J" + text // from the top of an empty screen
		}
		_, _ = io.WriteString(out, text) // a terminal that is gone ends the command otherwise
	})
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

// showStatus shows how one run stands: as Temporal knows it, else as the store does. ended says that it will not change.
func showStatus(ctx context.Context, out io.Writer, o statusOptions, name string) (ended bool, err error) {
	e, rs, err := connect(ctx, o.data)
	if err == nil {
		defer rs.close()
		if d, err := rs.describeWorkflow(ctx, name, experimentType); err == nil && d.status != statusAbsent {
			if o.json {
				return false, fmt.Errorf("%s is an experiment; --json shows runs, and %s has its figures", name, advice.Command(o.data, "experiment", "report", name))
			}
			return d.status != statusRunning, rs.showExperiment(ctx, out, o.data, d, e.RunURL(name, d.id))
		}
		ended, err = showRun(ctx, out, rs, o, name, e)
	}
	running := errors.Is(err, errNoRun)
	if !errors.Is(err, endpoints.ErrNotRunning) && !running {
		return ended, err
	}
	return showStored(ctx, out, o, name, running)
}

// showRun shows a run as Temporal knows it. A failed run's error is returned, unless it is part of the JSON.
func showRun(ctx context.Context, out io.Writer, rs runs, o statusOptions, name string, e endpoints.Endpoints) (ended bool, err error) {
	s, err := standingOf(ctx, rs, o.data, name, e)
	switch {
	case err != nil:
		return false, err
	case o.json:
		return s.ended(), json.NewEncoder(out).Encode(s)
	}
	return s.ended(), s.write(out, o.data)
}

// showStored shows what the store alone tells of a run or an experiment. running says that a Temporal runs, which does not know it.
func showStored(ctx context.Context, out io.Writer, o statusOptions, name string, running bool) (ended bool, err error) {
	store, err := endpoints.OpenReader(ctx, o.data)
	if err != nil {
		return false, err
	}
	s, err := readRun(ctx, store, name)
	switch {
	case errors.Is(err, errNoRun):
		if err := showStoredExperiment(ctx, out, store, o.data, name); !errors.Is(err, errNoExperiment) {
			return true, err
		}
		return false, noRun(ctx, store, o.data, name)
	case err != nil:
		return false, err
	case o.json:
		return true, json.NewEncoder(out).Encode(s.standing(o.data))
	}
	return true, s.show(out, o.data, running)
}
