package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"temper/activities/objectstore"
	"temper/deploy/endpoints"
	"temper/model/recipe"
	"temper/starter/advice"
	"temper/workflows"
)

// job is what demo and run do: start a run, show it until it ends, and fetch its
// report; on the local stack, if the environment names no Temporal.
type job struct {
	source              recipeSource
	name                string
	fresh, keep, detach bool

	out   io.Writer
	data  string
	stack *stack // nil where the stack is not ours to start
}

// choose settles whether the recipe is a file or a name.
func (j *job) choose(args []string) error {
	switch {
	case len(args) == 1 && j.source.name != "":
		return fmt.Errorf("both %s and --recipe %s are given; valid: one of them", args[0], j.source.name)
	case len(args) == 1:
		j.source.choose(args[0])
	case j.source.name == "":
		return fmt.Errorf("no recipe is given; valid: a file, or one of %s", strings.Join(recipe.Names(), ", "))
	}
	return nil
}

func (j *job) run(cmd *cobra.Command) error {
	j.out, j.data = cmd.OutOrStdout(), dataDir(cmd)
	r, err := j.load(cmd.Context())
	if err != nil {
		return err
	}
	return j.onStack(cmd, r, func(ctx context.Context) error { return j.work(ctx, r) })
}

// onStack does work on what the environment names, or else on the local stack, which it
// starts where it does not run and stops at the end.
func (j *job) onStack(cmd *cobra.Command, r recipe.Recipe, work func(context.Context) error) (err error) {
	ctx := cmd.Context()
	if !endpoints.TemporalFromEnvironment() && !j.detach {
		if err := checkFiles(r); err != nil {
			return err
		}
		if j.stack, err = newStack(j.data, devstackArgs(cmd), j.print); err != nil {
			return err
		}
	}
	err = work(ctx)
	if j.stack == nil {
		if errors.Is(err, errInterrupted) {
			j.noteRunContinues()
		}
		return err
	}
	return errors.Join(err, j.stopStack(ctx, errors.Is(err, errInterrupted)))
}

func (j *job) print(line string) { fmt.Fprintln(j.out, line) }

// work does everything between the stack's start and its end.
func (j *job) work(ctx context.Context, r recipe.Recipe) error {
	if j.stack != nil {
		if err := j.stack.up(ctx); err != nil {
			return j.interrupted(ctx, err)
		}
	}
	e, rs, err := connect(ctx, j.data)
	if err != nil {
		return j.interrupted(ctx, err)
	}
	defer rs.close()
	if err := j.begin(ctx, rs, e, r); err != nil || j.detach {
		return j.interrupted(ctx, err)
	}
	result, err := j.watch(ctx, rs)
	if err != nil {
		return j.interrupted(ctx, err)
	}
	if err := j.finish(ctx, e, result); err != nil {
		return j.interrupted(ctx, err)
	}
	if j.keep && j.stack != nil {
		j.print(fmt.Sprintf("Temporal's UI stays at %s until Ctrl-C", e.UI))
		<-ctx.Done() // nothing is interrupted by it
	}
	return nil
}

// begin starts the run or attaches to it, and says where it can be seen.
func (j *job) begin(ctx context.Context, rs runs, e endpoints.Endpoints, r recipe.Recipe) error {
	open := func(ctx context.Context) (objectstore.Reader, error) { return e.OpenStore(ctx) }
	note, err := startRun(ctx, rs, open, j.name, r, j.fresh)
	if err != nil {
		return err
	}
	fmt.Fprintln(j.out, note)
	d, err := rs.describe(ctx, j.name)
	if err != nil {
		return err
	}
	if url := e.RunURL(j.name, d.id); url != "" {
		fmt.Fprintln(j.out, "Temporal UI:", url)
	}
	if j.detach {
		if line := rs.absence(ctx, j.data); line != "" {
			j.print("warning: " + line)
		}
		j.print("watch it with " + advice.Command(j.data, "status", j.name))
	}
	return nil
}

// watch shows the run until it ends.
func (j *job) watch(ctx context.Context, rs runs) (workflows.Result, error) {
	f := follower{runs: rs, view: newView(j.out), every: pollTime, check: func(context.Context) error { return nil }}
	if j.stack != nil {
		j.stack.note = f.view.note
		defer func() { j.stack.note = j.print }()
		f.check = j.stack.check
	}
	return f.follow(ctx, j.name)
}

// newView shows bars on a terminal and lines elsewhere.
func newView(out io.Writer) view {
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return newBars(out)
	}
	return newLines(out)
}

// finish prints the table and saves the report.
func (j *job) finish(ctx context.Context, e endpoints.Endpoints, result workflows.Result) error {
	if result.State == workflows.StateStopped {
		fmt.Fprintf(j.out, "run %s was stopped by its operator\n", j.name)
	}
	if err := writeScores(j.out, result.Scores); err != nil {
		return err
	}
	if !result.Checkpoint.IsZero() { // a model that a server holds leaves none
		fmt.Fprintf(j.out, "final checkpoint: %s\n", result.Checkpoint.SHA256)
	}
	if !result.Seal.IsZero() {
		fmt.Fprintf(j.out, "chain of its records: %s\n", result.Seal.Head)
	}
	if result.Report.IsZero() {
		return nil
	}
	path := filepath.Join(j.data, "reports", j.name+".html")
	store, err := e.OpenStore(ctx)
	if err != nil {
		return err
	}
	page, err := fetchReport(ctx, store, result.Report)
	if err != nil {
		return err
	}
	if err := writeWhole(path, page); err != nil {
		return err
	}
	fmt.Fprintln(j.out, "report:", path)
	return nil
}

// interrupted turns what an ended ctx made of err into errInterrupted.
func (j *job) interrupted(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	return errInterrupted
}

// stopStack stops what we started, and after Ctrl-C says how to go on. A second
// signal ends the patience with processes that do not stop.
func (j *job) stopStack(ctx context.Context, interrupted bool) error {
	again, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	ours := j.stack.owns()
	if interrupted && ours {
		j.print("stopping the worker, Temporal and the store (Ctrl-C again: at once)")
	}
	err := j.stack.down(again)
	switch {
	case interrupted && ours:
		j.print(fmt.Sprintf("run %s is kept; go on with it: %s", j.name, commandLine(os.Args, j.fresh)))
	case interrupted:
		j.noteRunContinues()
	}
	return err
}

// noteRunContinues says after Ctrl-C that only the watching has ended.
func (j *job) noteRunContinues() {
	j.print(fmt.Sprintf("run %s goes on without this command; see %s", j.name, advice.Command(j.data, "status", j.name)))
}

// commandLine is how to give the same command again, without --fresh.
func commandLine(args []string, fresh bool) string {
	words := make([]string, 0, len(args))
	for _, word := range args {
		if fresh && (word == "--fresh" || word == "--fresh=true") {
			continue
		}
		words = append(words, word)
	}
	return advice.Line(words)
}
