package endpoints

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"

	"temper/activities/objectstore/s3"
)

// connectTime is how long Temporal and the S3 store may take to answer at start; tests shorten it.
var connectTime = 5 * time.Second

// reconnectTime is how long a client waits at most between two tries to reach a Temporal
// that is away: its work has to beat again soon after Temporal is back.
const reconnectTime = time.Second

// DialTemporal connects to Temporal, or says in one line why it does not answer
// within five seconds.
func (e Endpoints) DialTemporal(ctx context.Context, logger log.Logger) (client.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	options := e.Temporal
	options.Logger = logger
	options.ConnectionOptions.DialOptions = append(options.ConnectionOptions.DialOptions, grpc.WithConnectParams(grpc.ConnectParams{
		Backoff: backoff.Config{BaseDelay: 200 * time.Millisecond, Multiplier: 1.5, Jitter: 0.2, MaxDelay: reconnectTime}, MinConnectTimeout: connectTime,
	}))
	// The client's own error is the last of many attempts; a plain connection says why.
	if !strings.Contains(options.HostPort, "://") {
		if err := reach(ctx, options.HostPort); err != nil {
			return nil, fmt.Errorf("no Temporal answers at %s: %w%s", options.HostPort, err, check(e.UI == "", "TEMPORAL_ADDRESS"))
		}
	}
	c, err := client.DialContext(ctx, options)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("no Temporal answers at %s: %w%s", options.HostPort, errSilent(), check(e.UI == "", "TEMPORAL_ADDRESS"))
	}
	if err != nil {
		return nil, fmt.Errorf("connect to Temporal at %s: %w", options.HostPort, err)
	}
	return c, nil
}

// OpenStore connects to the S3 store and checks that it is fit for use, or says
// in one line why it is not.
func (e Endpoints) OpenStore(ctx context.Context) (*s3.Store, error) {
	store, err := s3.New(e.S3)
	if err != nil {
		return nil, err
	}
	if address := hostPort(e.S3.Endpoint); strings.Contains(address, ":") {
		if err := reach(ctx, address); err != nil {
			return nil, fmt.Errorf("no S3 store answers at %s: %w%s", e.S3.Endpoint, err, check(os.Getenv(envS3Endpoint) != "", envS3Endpoint))
		}
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	err = store.Probe(ctx)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("no S3 store answers at %s: %w%s", e.S3.Endpoint, errSilent(), check(os.Getenv(envS3Endpoint) != "", envS3Endpoint))
	}
	if err != nil {
		return nil, err
	}
	return store, nil
}

// check is the advice to look at a variable, if it is what named the address.
func check(named bool, variable string) string {
	if !named {
		return ""
	}
	return "; start it, or correct " + variable
}

// reach opens and closes a connection.
func reach(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	switch {
	case err == nil:
		return conn.Close()
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("connection refused")
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return errSilent()
	}
	return err
}

func errSilent() error { return fmt.Errorf("no answer within %s", connectTime) }
