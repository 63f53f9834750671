package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/debuglogger"
	"github.com/versity/versitygw/embedgw"
)

const (
	// storeCommand is the hidden subcommand of the child: devstack serve-s3 DIR HOST:PORT.
	storeCommand    = "serve-s3"
	storeHealthPath = "/healthz"
	// The keys come by environment: a command line is readable for every user.
	storeAccessEnv = "DEVSTACK_S3_ACCESS_KEY"
	storeSecretEnv = "DEVSTACK_S3_SECRET_KEY"
	// copyLimit is the largest object that one CopyObject copies, as in S3. The
	// server takes its zero value for a limit of 0 bytes.
	copyLimit = 5 << 30
)

// serveStore is the child: it repairs the folder and serves S3 until SIGTERM or
// until its stdin ends, which says that the parent is gone.
func serveStore(args []string) error {
	if len(args) != 2 || os.Getenv(storeAccessEnv) == "" || os.Getenv(storeSecretEnv) == "" {
		return errors.New("serve-s3 is started by devstack itself")
	}
	dir, addr := args[0], args[1]
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := repairStore(dir); err != nil {
		return fmt.Errorf("s3: repair %s: %w", dir, err)
	}
	files, err := posix.New(dir, meta.XattrMeta{}, posix.PosixOpts{CopyObjectThreshold: copyLimit})
	if err != nil {
		return fmt.Errorf("s3: %w", err)
	}
	err = embedgw.RunVersityGW(ctx, files, &embedgw.Config{
		RootUserAccess:    os.Getenv(storeAccessEnv),
		RootUserSecret:    os.Getenv(storeSecretEnv),
		Region:            s3Region,
		Ports:             []string{addr},
		HealthPath:        storeHealthPath,
		MaxConnections:    4096,
		MaxRequests:       1024,
		MultipartMaxParts: 10000,
		KeepAlive:         true,
		Quiet:             true,
		LogLevel:          debuglogger.LevelSilent,
	})
	if err != nil {
		return fmt.Errorf("s3: %w", err)
	}
	return nil
}
