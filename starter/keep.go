package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// keepCommand is the hidden command that up leaves running: it keeps the local
// stack alive, as demo and run do while they watch.
const keepCommand = "keep"

// keeperLock is held by the keeper of a data directory, and says which process it is.
const keeperLock = "keeper.lock"

func newKeepCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: keepCommand, Hidden: true, Args: noArgs,
		RunE: action(func(cmd *cobra.Command, _ []string) error { return keep(cmd) }),
	}
	addAddressFlags(cmd)
	return cmd
}

// keep starts the stack and starts again what ends, until it is told to stop.
func keep(cmd *cobra.Command) error {
	release, err := lockKeeper(dataDir(cmd))
	if err != nil {
		return err
	}
	defer release()
	s, err := newStack(dataDir(cmd), devstackArgs(cmd), func(line string) { fmt.Fprintln(cmd.OutOrStdout(), line) })
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	err = s.up(ctx)
	if err == nil {
		err = s.awaitWorker(ctx)
	}
	if err == nil {
		fmt.Fprintln(cmd.OutOrStdout(), keepReady)
	}
	for err == nil && ctx.Err() == nil {
		if err = s.check(ctx); err == nil {
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
	if ctx.Err() != nil {
		err = nil
	}
	return errors.Join(err, s.down(context.WithoutCancel(ctx)))
}

// keepReady is what the keeper says when all is up, as process.ready wants it.
const keepReady = "starter: ready"

// lockKeeper holds the keeper's lock and writes our process ID into it.
func lockKeeper(data string) (release func(), err error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(data, keeperLock), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, fmt.Errorf("another keeper holds %s/%s; what runs there is kept already", data, keeperLock)
	}
	err = file.Truncate(0)
	if err == nil {
		_, err = fmt.Fprintln(file, os.Getpid())
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("lock: %w", err)
	}
	return func() { file.Close() }, nil
}
