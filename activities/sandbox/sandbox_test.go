//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

var cellPath string

// TestMain builds the helper once; there is no test without it.
func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	// a file that a careless judge leaves open over exec; no program may have it
	if _, err := syscall.Dup(int(os.Stderr.Fd())); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	// set where a test starts this binary again, as another user or to be killed
	if cellPath = os.Getenv("SANDBOX_TEST_CELL"); cellPath != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "sandbox-cell")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	os.Chmod(dir, 0o755) // the test that runs as another user needs it
	cellPath = filepath.Join(dir, "sandbox-cell")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", cellPath, "./cell")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the helper: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

var openOnce = sync.OnceValues(func() (*Sandbox, error) {
	// unset: as workers do
	return New(context.Background(), Options{Cell: cellPath, Wall: os.Getenv("SANDBOX_TEST_WALL"), Packages: os.Getenv("SANDBOX_TEST_PACKAGES")})
})

// opened returns the one sandbox of this test process, its self-test passed.
func opened(t testing.TB) *Sandbox {
	t.Helper()
	s, err := openOnce()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// openedWith is opened with another helper.
func openedWith(t testing.TB, cell string) *Sandbox {
	t.Helper()
	like := opened(t)
	s := &Sandbox{cell: cell, python: like.python, inside: like.inside, wall: like.wall, recycle: like.recycle, baseUID: like.baseUID}
	s.tickets = make(chan struct{}, 1)
	s.tickets <- struct{}{}
	s.free = []*slot{{number: 30}}
	t.Cleanup(s.Close)
	return s
}

func TestProbe(t *testing.T) {
	d := opened(t).Probe()
	t.Logf("%+v", d)
	if d.Wall == "" || d.Python == "" || d.Slots < 1 || d.Attacks != len(attacks) {
		t.Errorf("incomplete description %+v", d)
	}
}
