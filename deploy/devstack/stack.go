package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	"go.temporal.io/server/temporal"
)

// stopLimit bounds the graceful stop; all state is safe against a kill anyway.
const stopLimit = 5 * time.Second

// stack is what runs; a field is nil until its service has started.
type stack struct {
	temporal temporal.Server
	ui       *uiserver.Server
	store    *store
}

// run starts everything, publishes devstack.json, prints "ready" and stays until ctx ends.
func run(ctx context.Context, o options) error {
	st, err := openState(o.data)
	if err != nil {
		return err
	}
	if err := st.unpublish(); err != nil { // left by a kill -9
		return err
	}
	a, err := claimAddresses(o, internalPorts)
	if err != nil {
		return err
	}
	k, err := st.keys()
	if err != nil {
		return err
	}
	var s stack
	defer s.Stop()
	if err := s.start(ctx, st, o, a, k); err != nil {
		if ctx.Err() != nil {
			return nil // the user stopped it while it started
		}
		return err
	}
	err = st.publish(endpoints{
		PID:       os.Getpid(),
		Temporal:  a.temporal.String(),
		Namespace: o.namespace,
		UI:        "http://" + a.ui.String(),
		S3:        s3Endpoint{Endpoint: a.s3.String(), Bucket: o.bucket, keys: k},
	})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	<-ctx.Done()
	return st.unpublish()
}

// start starts the store and Temporal side by side, then the UI.
func (s *stack) start(ctx context.Context, st *state, o options, a addresses, k keys) error {
	temporalLog, err := openLog(st.path("logs", "temporal.log"))
	if err != nil {
		return err
	}
	storeLog, err := openLog(st.path("logs", "s3.log"))
	if err != nil {
		return err
	}
	db, err := st.openDatabase(o.namespace)
	if err != nil {
		return err
	}
	storeDone := make(chan error, 1)
	go func() {
		var err error
		s.store, err = startStore(ctx, st.path("s3"), a.s3, k, o.bucket, storeLog)
		storeDone <- err
	}()
	log := serverLog{slog.New(slog.NewTextHandler(temporalLog, nil))}
	s.temporal, err = startTemporal(ctx, db, a, o.namespace, log)
	if storeErr := <-storeDone; storeErr != nil {
		return storeErr
	}
	if err != nil {
		return err
	}
	s.ui, err = startUI(ctx, a.ui, a.temporal, o.namespace)
	return err
}

// Stop stops what has started, within stopLimit.
func (s *stack) Stop() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if s.ui != nil {
			s.ui.Stop()
		}
		if s.temporal != nil {
			s.temporal.Stop()
		}
		if s.store != nil { // last: a worker may be writing its checkpoint
			s.store.Stop()
		}
	}()
	select {
	case <-done:
	case <-time.After(stopLimit):
		fmt.Fprintf(os.Stderr, "devstack: the graceful stop took longer than %v, ending at once\n", stopLimit)
	}
}
