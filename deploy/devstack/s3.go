package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"temper/deploy/devstack/s3files"
)

const (
	s3Ready = 30 * time.Second
	// s3StopGrace is how long the store may finish requests after SIGTERM.
	s3StopGrace = 3 * time.Second
	// Restarts of a store that dies wait between these, doubling. A store that
	// has lived for restartReset counts as healthy again.
	restartMin   = 100 * time.Millisecond
	restartMax   = 5 * time.Second
	restartReset = 10 * time.Second
)

// store keeps a child process with the S3 server alive. It is a process of its own
// so that neither a fault nor a full memory of Temporal's takes it along, nor the
// other way round.
type store struct {
	dir    string
	bucket string
	addr   netip.AddrPort
	keys   keys
	log    *logFile

	stop    chan struct{} // closed by Stop
	stopped chan struct{} // closed when the child is gone for good
	once    sync.Once
}

// startStore starts the S3 server on dir and returns when it is healthy and the bucket exists.
func startStore(ctx context.Context, dir string, addr netip.AddrPort, k keys, bucket string, log *logFile) (*store, error) {
	s := &store{dir: dir, bucket: bucket, addr: addr, keys: k, log: log, stop: make(chan struct{}), stopped: make(chan struct{})}
	go s.keepAlive()
	ctx, cancel := context.WithTimeout(ctx, s3Ready)
	defer cancel()
	if err := awaitHTTP(ctx, "http://"+addr.String()+s3files.HealthPath, nil); err != nil {
		s.Stop()
		return nil, fmt.Errorf("s3: %w (logs/s3.log in the data directory has the details)", err)
	}
	return s, nil
}

// Stop ends the child and returns when it is gone.
func (s *store) Stop() {
	s.once.Do(func() { close(s.stop) })
	<-s.stopped
}

// keepAlive runs the child again and again until Stop.
func (s *store) keepAlive() {
	defer close(s.stopped)
	wait := restartMin
	for {
		begin := time.Now()
		err := s.runOnce()
		select {
		case <-s.stop:
			return
		default:
		}
		if time.Since(begin) > restartReset {
			wait = restartMin
		}
		fmt.Fprintf(s.log, "%s devstack: the S3 server ended (%v), starting it again in %v\n", time.Now().Format(time.RFC3339), err, wait)
		select {
		case <-s.stop:
			return
		case <-time.After(wait):
		}
		wait = min(2*wait, restartMax)
	}
}

// runOnce runs one child to its end. The child holds the reading end of a pipe as
// stdin and ends at its EOF, which the kernel delivers however this process dies.
func (s *store) runOnce() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, storeCommand, s.dir, s.bucket, s.addr.String())
	cmd.Env = append(os.Environ(), storeAccessEnv+"="+s.keys.Access, storeSecretEnv+"="+s.keys.Secret)
	cmd.Stdout, cmd.Stderr = s.log, s.log
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches only the parent, which stops it in order
	if _, err := cmd.StdinPipe(); err != nil {            // cmd.Wait closes it
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		return err
	case <-s.stop:
	}
	cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-done:
		return err
	case <-time.After(s3StopGrace):
		cmd.Process.Kill()
		return <-done
	}
}
