package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	tlog "go.temporal.io/sdk/log"

	"temper/activities/objectstore"
	"temper/deploy/endpoints"
	"temper/model/recipe"
)

// realStack is Temporal, its UI, an S3 store and a worker as processes of their
// own, on free ports and a folder of the test's.
type realStack struct {
	t                testing.TB
	data             string
	ports            [3]string
	bin              string   // the worker's program
	flags            []string // and its flags
	devstack, worker *exec.Cmd
	client           client.Client
	store            objectstore.Store
	env              []string // the worker's environment; nil is that of the test
}

// newRealStack starts everything. It skips where the programs are not built.
func newRealStack(t testing.TB) *realStack {
	t.Helper()
	return newStackOf(t, program("worker"))
}

// newStackOf is newRealStack with another worker.
func newStackOf(t testing.TB, worker string) *realStack {
	t.Helper()
	s := newBareStack(t, t.TempDir())
	s.bin = worker
	s.startWorker()
	return s
}

// newBareStack is Temporal, its UI and an S3 store on a data folder, without a worker.
func newBareStack(t testing.TB, data string) *realStack {
	t.Helper()
	for _, name := range []string{"devstack", "worker", "sandbox-cell"} {
		if _, err := os.Stat(program(name)); err != nil {
			t.Skipf("bin/%s is not built: run make build (no server to test with)", name)
		}
	}
	s := &realStack{t: t, data: data, bin: program("worker")}
	s.ports = freeAddresses(t)
	t.Cleanup(s.stop)
	s.startDevstack()
	s.dial()
	return s
}

// openStore opens the stack's store; once is enough, since every opening probes it.
func (s *realStack) openStore() objectstore.Store {
	s.t.Helper()
	if s.store != nil {
		return s.store
	}
	where, err := endpoints.Find(s.data)
	if err != nil {
		s.t.Fatal(err)
	}
	if s.store, err = where.OpenStore(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	return s.store
}

// dial connects the test to Temporal.
func (s *realStack) dial() {
	s.t.Helper()
	where, err := endpoints.Find(s.data)
	if err != nil {
		s.t.Fatal(err)
	}
	s.client, err = where.DialTemporal(context.Background(), tlog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		s.t.Fatal(err)
	}
}

func program(name string) string {
	path, err := filepath.Abs(filepath.Join("..", "bin", name))
	if err != nil {
		panic(err)
	}
	return path
}

// freeAddresses are different ones: each is held until all are found.
func freeAddresses(t testing.TB) (found [3]string) {
	t.Helper()
	for i := range found {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		found[i] = l.Addr().String()
	}
	return found
}

func (s *realStack) startDevstack() {
	s.t.Helper()
	cmd := exec.Command(program("devstack"), "-data", s.data, "-temporal", s.ports[0], "-ui", s.ports[1], "-s3", s.ports[2])
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr, cmd.SysProcAttr = &stderr, withTheTest
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if strings.TrimSpace(line) != "ready" {
		s.t.Fatalf("devstack said %q (%v): %s", line, err, stderr.String())
	}
	s.devstack = cmd
}

func (s *realStack) startWorker() {
	s.t.Helper()
	s.worker = s.spawn(s.bin, s.data, s.flags...)
}

// spawn starts a worker's program on a data folder of its own, which gets its log.
func (s *realStack) spawn(program, data string, flags ...string) *exec.Cmd {
	s.t.Helper()
	log, err := os.OpenFile(filepath.Join(data, "worker.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(program, append([]string{"-data", data, "-check-memory"}, flags...)...)
	cmd.Stderr, cmd.Env, cmd.SysProcAttr = log, s.env, withTheTest
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	return cmd
}

// withTheTest ends a process with the test's, however that ends: one that is halted would stay for ever.
var withTheTest = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}

// kill ends a process as a lost machine would.
func kill(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its error says that it was killed
}

// killStore ends the S3 store, which is devstack's child.
func (s *realStack) killStore() {
	s.t.Helper()
	if err := s.signalStore(syscall.SIGKILL); err != nil {
		s.t.Fatal(err)
	}
}

// signalStore sends the process of the S3 store a signal.
func (s *realStack) signalStore(signal syscall.Signal) error {
	out, err := exec.Command("pgrep", "-P", fmt.Sprint(s.devstack.Process.Pid), "-f", "serve-s3").Output()
	if err != nil {
		return fmt.Errorf("find the store's process: %w", err)
	}
	var pid int
	if _, err := fmt.Sscan(string(out), &pid); err != nil {
		return err
	}
	return syscall.Kill(pid, signal)
}

func (s *realStack) stop() {
	if s.client != nil {
		s.client.Close()
	}
	for _, cmd := range []*exec.Cmd{s.worker, s.devstack} {
		if cmd == nil || cmd.ProcessState != nil {
			continue
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			continue // it ended by itself
		}
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(60 * time.Second):
			_ = cmd.Process.Kill()
			s.t.Errorf("%s did not stop within a minute of SIGTERM", filepath.Base(cmd.Path))
		}
	}
	if s.t.Failed() {
		if log, err := os.ReadFile(filepath.Join(s.data, "worker.log")); err == nil {
			s.t.Logf("worker log:\n%s", log)
		}
	}
}

// recipeWith is a named recipe with some values changed, as --set changes them.
func recipeWith(t testing.TB, name string, sets ...string) recipe.Recipe {
	t.Helper()
	rec, err := recipe.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		if err := recipe.Set(&rec, set); err != nil {
			t.Fatal(err)
		}
	}
	return rec
}
