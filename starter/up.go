package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"temper/deploy/endpoints"
	"temper/starter/advice"
)

func newUpCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start Temporal, its UI, an S3 store and a worker on this machine, and leave them running",
		Long: `Start what runs need on this machine, where it does not run: Temporal with its web
UI, an S3 store and a worker. They stay, and are started again when they end, until
down stops them. No run is started; those that have not ended go on.`,
		Example: `  bin/starter up
  bin/starter down`,
		Args: noArgs,
		RunE: action(func(cmd *cobra.Command, _ []string) error { return up(cmd) }),
	}
	addAddressFlags(cmd)
	return cmd
}

func newDownCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "Stop what up started",
		Long: `Stop the worker, and then Temporal, its UI and the S3 store of the data directory,
whoever started them. Runs that have not ended are kept, and go on after up.`,
		Example: `  bin/starter up
  bin/starter down`,
		Args: noArgs,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			return down(cmd.Context(), cmd.OutOrStdout(), dataDir(cmd))
		}),
	}
}

func up(cmd *cobra.Command) error {
	if endpoints.TemporalFromEnvironment() {
		return errors.New("the environment names a Temporal (TEMPORAL_ADDRESS or TEMPORAL_PROFILE), so none is started here; unset it, or start bin/worker for that one")
	}
	ctx, out, data := cmd.Context(), cmd.OutOrStdout(), dataDir(cmd)
	held, err := lockHeld(filepath.Join(data, keeperLock))
	if err != nil {
		return err
	}
	if !held {
		fmt.Fprintln(out, "starting Temporal, its UI, an S3 store and a worker")
		if err := startKeeper(ctx, data, devstackArgs(cmd)); err != nil {
			return err
		}
	}
	e, err := endpoints.Find(data)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "ready; Temporal UI: %s; stop it all with %s\n", e.RunsURL(), advice.Command(data, "down"))
	return nil
}

// startKeeper starts the keeper and returns when all is up. What cannot be
// started, or is interrupted, is stopped again.
func startKeeper(ctx context.Context, data string, addresses []string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("start %s: %w", keepCommand, err)
	}
	args := []string{keepCommand, "--data", data}
	for i := 0; i < len(addresses); i += 2 { // devstack's spelling has one dash
		args = append(args, "-"+addresses[i], addresses[i+1])
	}
	p, err := startProcess("starter", self, filepath.Join(data, "logs", "keeper.log"), args...)
	if err != nil {
		return err
	}
	for !p.ready() {
		select {
		case <-p.done:
			return errors.New(strings.ReplaceAll(p.lastWords(), "starter: ", ""))
		case <-ctx.Done():
			return errors.Join(errInterrupted, p.stop(context.WithoutCancel(ctx)))
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

// awaitWorker waits until our worker has said that it is ready.
func (s *stack) awaitWorker(ctx context.Context) error {
	for s.worker != nil && !s.worker.ready() {
		select {
		case <-s.worker.done:
			return errors.New(s.worker.lastWords())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

// down stops the programs of a data directory: what keeps the others alive, then
// the worker, which may be writing its last words into the store.
func down(ctx context.Context, out io.Writer, data string) error {
	stopped := false
	for _, p := range []struct{ name, lock string }{{"keeper", keeperLock}, {"worker", "worker.lock"}, {"devstack", "lock"}} {
		path := filepath.Join(data, p.lock)
		held, err := endpoints.Held(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if !held {
			continue
		}
		if p.lock == keeperLock { // which stops what it has started
			fmt.Fprintln(out, "stopping the worker, Temporal and the store")
		} else {
			fmt.Fprintln(out, "stopping the", p.name)
		}
		if err := stopHolder(ctx, path); err != nil {
			return fmt.Errorf("stop the %s: %w", p.name, err)
		}
		stopped = true
	}
	if !stopped {
		fmt.Fprintf(out, "nothing runs on %s\n", data)
	}
	return nil
}

// stopHolder asks the process that holds a lock file to end, and kills it when it does not.
func stopHolder(ctx context.Context, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid <= 1 {
		return fmt.Errorf("%s does not say which process it is; end it by hand", path)
	}
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("process %d: %w", pid, err)
		}
		for deadline := time.Now().Add(stopTime); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
			held, err := endpoints.Held(path)
			if err != nil || !held {
				return err
			}
			if ctx.Err() != nil {
				return errInterrupted
			}
		}
	}
	return fmt.Errorf("process %d does not end", pid)
}
