package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// asDevstack makes the test binary behave as devstack, so that tests run, kill and
// restart the real program, which starts its store by running itself.
const asDevstack = "DEVSTACK_TEST_AS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asDevstack) != "" {
		main()
	}
	os.Exit(m.Run())
}

// devstack is a running devstack process.
type devstack struct {
	t      *testing.T
	dir    string
	cmd    *exec.Cmd
	stderr bytes.Buffer
	endpoints
}

func command(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], append([]string{"-data", dir}, args...)...)
	cmd.Env = append(os.Environ(), asDevstack+"=1")
	return cmd
}

// anywhere are arguments that let the kernel pick the ports.
var anywhere = []string{"-temporal", "127.0.0.1:0", "-ui", "127.0.0.1:0", "-s3", "127.0.0.1:0"}

// start runs devstack until it says that it is ready.
func start(t *testing.T, dir string, args ...string) *devstack {
	t.Helper()
	d := &devstack{t: t, dir: dir, cmd: command(dir, args...)}
	d.cmd.Stderr = &d.stderr
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.kill)
	line := make(chan string, 1)
	go func() {
		s := bufio.NewScanner(out)
		s.Scan()
		line <- s.Text()
		io.Copy(io.Discard, out)
	}()
	select {
	case l := <-line:
		if l != "ready" {
			d.kill()
			t.Fatalf("stdout says %q, want ready; stderr: %s", l, d.stderr.String())
		}
	case <-time.After(3 * time.Minute):
		t.Fatal("not ready within 60 s")
	}
	b, err := os.ReadFile(filepath.Join(dir, "devstack.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &d.endpoints); err != nil {
		t.Fatal(err)
	}
	if d.PID != d.cmd.Process.Pid {
		t.Fatalf("devstack.json has pid %d, want %d", d.PID, d.cmd.Process.Pid)
	}
	return d
}

// again starts another devstack on the same directory and addresses.
func (d *devstack) again() *devstack {
	d.t.Helper()
	return start(d.t, d.dir, "-temporal", d.Temporal, "-ui", strings.TrimPrefix(d.UI, "http://"), "-s3", d.S3.Endpoint)
}

// kill is kill -9; it does nothing when the process is gone.
func (d *devstack) kill() {
	d.cmd.Process.Kill()
	d.cmd.Wait()
}

// storePID is the process id of the S3 child.
func (d *devstack) storePID() int {
	d.t.Helper()
	me := strconv.Itoa(d.cmd.Process.Pid)
	if _, err := os.Stat("/proc/" + me); err != nil {
		d.t.Skip("finding the store's process needs /proc")
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		d.t.Fatal(err)
	}
	for _, s := range stats {
		b, err := os.ReadFile(s)
		if err != nil {
			continue // ended meanwhile
		}
		// pid (name) state ppid ...
		f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		if f[1] == me && f[0] != "Z" {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(s)))
			if err != nil {
				d.t.Fatal(err)
			}
			return pid
		}
	}
	d.t.Fatal("devstack has no child")
	return 0
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

func (d *devstack) s3() *minio.Client {
	d.t.Helper()
	c, err := minio.New(d.S3.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(d.S3.Access, d.S3.Secret, ""), Region: "us-east-1"})
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// eventually fails the test when ok does not become true within limit.
func eventually(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

// refused runs devstack, expects exit code 1 and returns the lines of stderr.
func refused(t *testing.T, cmd *exec.Cmd) []string {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	timer := time.AfterFunc(3*time.Minute, func() { cmd.Process.Kill() })
	defer timer.Stop()
	cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != 1 {
		t.Fatalf("exit code %d, want 1; stderr: %s", code, stderr.String())
	}
	return strings.Split(strings.TrimSpace(stderr.String()), "\n")
}
