// Command devstack runs what temper needs around it on one machine: a Temporal
// server, Temporal's web UI and an S3 store. Everything listens on loopback
// addresses only and keeps its state under one data directory.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// options are the command line, with the addresses still as the user wrote them.
type options struct {
	data      string
	temporal  string
	ui        string
	s3        string
	bucket    string
	namespace string
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == storeCommand {
		exit(serveStore(os.Args[2:]))
	}
	o, err := parseFlags(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(0)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "devstack:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	// After the first signal the default action is restored: a second one ends
	// the process at once, and the store with it.
	context.AfterFunc(ctx, stop)
	exit(run(ctx, o))
}

// exit ends the process: 0 without an error, else 1 with each error on a line of its own.
func exit(err error) {
	if err == nil {
		os.Exit(0)
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			fmt.Fprintln(os.Stderr, "devstack:", e)
		}
	} else {
		fmt.Fprintln(os.Stderr, "devstack:", err)
	}
	os.Exit(1)
}

func parseFlags(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("devstack", flag.ContinueOnError)
	f.StringVar(&o.data, "data", "", "data directory (required)")
	f.StringVar(&o.temporal, "temporal", "127.0.0.1:7233", "address of Temporal's gRPC frontend")
	f.StringVar(&o.ui, "ui", "127.0.0.1:8233", "address of Temporal's web UI")
	f.StringVar(&o.s3, "s3", "127.0.0.1:9233", "address of the S3 store")
	f.StringVar(&o.bucket, "bucket", "temper", "S3 bucket to create")
	f.StringVar(&o.namespace, "namespace", "default", "Temporal namespace to create")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q; run devstack -h for the flags", f.Arg(0))
	}
	if o.data == "" {
		return o, errors.New("-data is required: the directory that keeps the databases, objects, keys and logs")
	}
	for name, v := range map[string]string{"-bucket": o.bucket, "-namespace": o.namespace} {
		if v == "" {
			return o, fmt.Errorf("%s must not be empty", name)
		}
	}
	abs, err := filepath.Abs(o.data)
	if err != nil {
		return o, fmt.Errorf("-data %s: %w", o.data, err)
	}
	o.data = abs
	return o, nil
}
