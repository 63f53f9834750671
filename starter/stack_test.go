package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fakeStack has programs that are shell scripts: devstack and worker as given,
// with a devstack.json that names the script's own process.
func fakeStack(t *testing.T, devstack, worker string) (*stack, *[]string) {
	t.Helper()
	if _, err := exec.LookPath("flock"); err != nil {
		t.Skip("flock is not installed")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	bin, data := t.TempDir(), t.TempDir()
	publish := fmt.Sprintf(`echo '{"pid":'$$', "temporal": "%[1]s", "s3": {"endpoint": "%[1]s"}}' > %[2]s/new; mv %[2]s/new %[2]s/devstack.json`, listener.Addr(), data)
	for name, script := range map[string]string{"devstack": strings.ReplaceAll(devstack, "PUBLISH", publish), "worker": worker} {
		script = "#!/bin/sh\n" + strings.ReplaceAll(script, "DATA", data) + "\n"
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	notes := &[]string{}
	s := &stack{data: data, bin: bin, note: func(line string) { *notes = append(*notes, line) }}
	t.Cleanup(func() {
		if err := s.down(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s, notes
}

const (
	// A script that holds a lock and ends at SIGTERM, saying so. The trap comes
	// first: who sees the lock held may send the signal.
	goodDevstack = `trap 'echo devstack stopped >> DATA/ends; exit 0' TERM; exec 9>DATA/lock; flock -n 9 || exit 1; PUBLISH; while :; do sleep 0.05; done`
	goodWorker   = `trap 'echo worker stopped >> DATA/ends; exit 0' TERM; exec 9>DATA/worker.lock; flock -n 9 || exit 1; while :; do sleep 0.05; done`
)

func TestStackStartsAndStopsInOrder(t *testing.T) {
	s, notes := fakeStack(t, goodDevstack, goodWorker)
	if err := s.up(context.Background()); err != nil {
		t.Fatal(err)
	}
	if group, err := syscall.Getpgid(s.worker.cmd.Process.Pid); err != nil || group == syscall.Getpgrp() {
		t.Errorf("the worker is in our process group (%v)", err)
	}
	waitHeld(t, filepath.Join(s.data, "worker.lock"))
	other := &stack{data: s.data, bin: s.bin, note: func(string) {}}
	if err := other.up(context.Background()); err != nil || other.owns() {
		t.Fatalf("a second stack starts programs that run (%v)", err)
	}
	if err := other.down(context.Background()); err != nil || s.worker.ended() {
		t.Fatalf("the second stack stops what it has not started (%v)", err)
	}
	if err := s.down(context.Background()); err != nil {
		t.Fatal(err)
	}
	ends, err := os.ReadFile(filepath.Join(s.data, "ends"))
	if err != nil || string(ends) != "worker stopped\ndevstack stopped\n" {
		t.Errorf("stopped in the order %q (%v)", ends, err)
	}
	if got := strings.Join(*notes, ", "); got != "starting Temporal, its UI and an S3 store, starting a worker" {
		t.Errorf("notes are %s", got)
	}
}

func TestStackStartsAgainWhatWasKilled(t *testing.T) {
	s, notes := fakeStack(t, goodDevstack, goodWorker)
	if err := s.up(context.Background()); err != nil {
		t.Fatal(err)
	}
	waitHeld(t, filepath.Join(s.data, "worker.lock"))
	for _, p := range []*process{s.worker, s.devstack} {
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-p.done
	}
	for _, lock := range []string{"lock", "worker.lock"} { // the scripts' sleeps inherit it, and end soon
		waitLock(t, filepath.Join(s.data, lock), false)
	}
	s.checked = time.Time{}
	if err := s.check(context.Background()); err != nil {
		t.Fatal(err)
	}
	if s.worker.ended() || s.devstack.ended() {
		t.Error("not started again")
	}
	if got := strings.Join((*notes)[2:], ", "); got != "devstack ended: starting it again, starting Temporal, its UI and an S3 store, worker ended: starting it again, starting a worker" {
		t.Errorf("notes are %s", got)
	}
	waitHeld(t, filepath.Join(s.data, "worker.lock"))
}

// TestStackStartsAgainWhatEnded: a worker that has ended by itself, because work in it hung, says why and is started again.
func TestStackStartsAgainWhatEnded(t *testing.T) {
	s, notes := fakeStack(t, goodDevstack, "echo 'worker: UpdatePolicy of demo/math hangs' >&2; exit 1")
	if err := s.up(context.Background()); err != nil {
		t.Fatal(err)
	}
	<-s.worker.done
	s.worker.started = s.worker.started.Add(-2 * earlyEnd)
	if err := s.check(context.Background()); err != nil {
		t.Fatal(err)
	}
	<-s.worker.done
	if got := strings.Join((*notes)[2:], ", "); got != "worker: UpdatePolicy of demo/math hangs, worker ended: starting it again, starting a worker" {
		t.Errorf("notes are %s", got)
	}
}

func TestStackShowsWhyAProgramCannotStart(t *testing.T) {
	s, _ := fakeStack(t, "echo starting; echo 'devstack: 127.0.0.1:7233 is in use' >&2; exit 1", goodWorker)
	if err := s.up(context.Background()); err == nil || err.Error() != "devstack: 127.0.0.1:7233 is in use" {
		t.Errorf("got %v", err)
	}
	s, _ = fakeStack(t, goodDevstack, "echo 'level=INFO hello'; echo 'worker: /usr/bin/python3 is missing' >&2; exit 1")
	if err := s.up(context.Background()); err != nil {
		t.Fatal(err)
	}
	<-s.worker.done
	if err := s.check(context.Background()); err == nil || err.Error() != "worker: /usr/bin/python3 is missing" {
		t.Errorf("got %v", err)
	}
	s.worker = nil
	if err := os.Remove(filepath.Join(s.bin, "worker")); err != nil {
		t.Fatal(err)
	}
	if err := s.upWorker(); err == nil || !strings.HasSuffix(err.Error(), "/worker is missing; build it with `make build`") {
		t.Errorf("got %v", err)
	}
}

// TestStackGivesUp: a program that is killed again and again is left alone in the end.
func TestStackGivesUp(t *testing.T) {
	s, _ := fakeStack(t, goodDevstack, "kill -9 $$")
	if err := s.up(context.Background()); err != nil {
		t.Fatal(err)
	}
	var err error
	for range maxRestarts + 1 {
		<-s.worker.done
		s.checked = time.Time{}
		if err = s.check(context.Background()); err != nil {
			break
		}
	}
	if err == nil || !strings.HasPrefix(err.Error(), "worker ended again, after 5 restarts within 1m0s; see ") {
		t.Errorf("got %v", err)
	}
}

func TestStopKillsWhatDoesNotStop(t *testing.T) {
	s, _ := fakeStack(t, goodDevstack, `trap '' TERM; exec 9>DATA/worker.lock; flock -n 9; while :; do sleep 0.05; done`)
	if err := s.up(context.Background()); err != nil {
		t.Fatal(err)
	}
	waitHeld(t, filepath.Join(s.data, "worker.lock"))
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	err := s.worker.stop(ctx)
	if err == nil || err.Error() != "worker did not stop in time and was killed; nothing durable is lost" || !s.worker.ended() {
		t.Errorf("got %v", err)
	}
}

func waitHeld(t *testing.T, path string) {
	t.Helper()
	waitLock(t, path, true)
}

// waitLock returns when the lock is held, or free.
func waitLock(t *testing.T, path string, want bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if held, err := lockHeld(path); err == nil && held == want {
			return
		}
	}
	t.Fatalf("%s: locked is not %v", path, want)
}
