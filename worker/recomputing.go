package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/deploy/endpoints"
	"temper/deploy/version"
	"temper/model/reward/domain"
	"temper/starter/bundle"
	"temper/worker/learner"
	"temper/worker/machine"
	"temper/worker/recompute"
)

// recomputeAll is what `starter audit --recompute` asks of this program: it reads keys of records, one to a line, does the work
// of each again beside the store, and writes what came out as lines of JSON.
func recomputeAll(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("worker recompute", flag.ContinueOnError)
	data := flags.String("data", ".temper", "folder with the embedded stack's state")
	offline := flags.String("bundle", "", "what export --audit wrote, in place of the store")
	cores := flags.Int("cores", runtime.GOMAXPROCS(0), "how many cores compute")
	backend := flags.String("backend", "", "what computes: as for the worker")
	if err := flags.Parse(args); err != nil {
		return err
	}
	below, files, err := openRecorded(ctx, *data, *offline)
	if err != nil {
		return err
	}
	over := objectstore.NewOverlay(below)
	m := machine.Machine{Cores: *cores, Backend: *backend, Available: machine.Available}
	device, peak := m.Device(ctx)
	r := recompute.Recomputer{
		Over: over,
		Activities: &activities.Activities{
			Store: over, Learner: learner.New(over, m), Sources: files, Available: m.Available, CPU: activities.NewCPUMeter(),
			Worker: machine.Name(), CodeVersion: version.Commit(), Numerics: version.Numerics, Device: device, Peak: peak,
		},
		OpenSandbox: func(ctx context.Context) (domain.Sandbox, error) {
			box, err := openSandbox(ctx, func(string) {})
			return programs{box}, err
		},
	}
	answers := json.NewEncoder(out)
	keys := bufio.NewScanner(in)
	for keys.Scan() {
		done, err := r.Do(ctx, keys.Text())
		if err != nil {
			return fmt.Errorf("%s: %w", keys.Text(), err)
		}
		if err := answers.Encode(done); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	return keys.Err()
}

// openRecorded opens what has the records, and the files that recipes name, as far as they can be had.
func openRecorded(ctx context.Context, data, offline string) (objectstore.Reader, activities.Sources, error) {
	if offline != "" {
		b, err := bundle.Open(offline)
		return b, sources{}, err
	}
	e, err := endpoints.FindStore(data)
	if errors.Is(err, endpoints.ErrNotRunning) {
		files, err := endpoints.StoredFiles(data)
		return files, sources{}, err
	}
	if err != nil {
		return nil, nil, err
	}
	store, err := e.OpenStore(ctx)
	return store, sources{store}, err
}

// recomputeMain runs recomputeAll and returns the exit code.
func recomputeMain(ctx context.Context, args []string) int {
	out := os.Stdout
	os.Stdout = os.Stderr // for what libraries print: answers are lines of JSON
	if err := recomputeAll(ctx, args, os.Stdin, out); err != nil {
		fmt.Fprintf(os.Stderr, "worker: %v\n", err)
		return 1
	}
	return 0
}
