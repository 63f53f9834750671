package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/netip"
	"os"
	"os/signal"
	"syscall"

	"temper/deploy/devstack/s3files"
)

const (
	// storeCommand is the hidden subcommand of the child: devstack serve-s3 DIR BUCKET HOST:PORT.
	storeCommand = "serve-s3"
	// The keys come by environment: a command line is readable for every user.
	storeAccessEnv = "DEVSTACK_S3_ACCESS_KEY"
	storeSecretEnv = "DEVSTACK_S3_SECRET_KEY"
)

// serveStore is the child: it serves S3 until SIGTERM or until its stdin ends,
// which says that the parent is gone.
func serveStore(args []string) error {
	if len(args) != 3 || os.Getenv(storeAccessEnv) == "" || os.Getenv(storeSecretEnv) == "" {
		return errors.New("serve-s3 is started by devstack itself")
	}
	addr, err := netip.ParseAddrPort(args[2])
	if err != nil {
		return fmt.Errorf("s3: %w", err)
	}
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	// An earlier child that still lives holds the port, and with it the folder.
	listener, err := listenPatiently(addr)
	if err != nil {
		return fmt.Errorf("s3: %w", err)
	}
	err = s3files.Serve(ctx, listener, s3files.Config{
		Root:      args[0],
		Bucket:    args[1],
		AccessKey: os.Getenv(storeAccessEnv),
		SecretKey: os.Getenv(storeSecretEnv),
		Log:       log.New(os.Stderr, "", log.LstdFlags),
		StopGrace: s3StopGrace,
	})
	if err != nil {
		return fmt.Errorf("s3: %w", err)
	}
	return nil
}
