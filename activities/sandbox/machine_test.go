//go:build linux

package sandbox

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

var copyOnce sync.Once

// elsewhere runs tests of this binary in another process, which set starts differently.
func elsewhere(t *testing.T, tests string, set func(program string, arguments []string) *exec.Cmd) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(filepath.Dir(cellPath), "sandbox.test")
	copyOnce.Do(func() {
		if out, err := exec.Command("cp", self, program).CombinedOutput(); err != nil {
			t.Errorf("copy the test binary: %v %s", err, out)
		}
	})
	cmd := set(program, []string{"-test.v", "-test.run", "^(" + tests + ")$"})
	cmd.Env = append(os.Environ(), "SANDBOX_TEST_CELL="+cellPath)
	cmd.Dir = "/"
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	at := bytes.Index(out, []byte("{Wall:"))
	if at < 0 {
		t.Fatalf("the other process did not say which wall it found:\n%s", out)
	}
	wall, _, _ := strings.Cut(string(out[at+1:]), "\n")
	t.Log(wall)
	return wall
}

// suite begins with the self-test and its attacks.
const suite = "TestProbe|TestFunctionOutcomes|TestAssertOutcomes|TestJobsDoNotMeet"

// The same suite as an ordinary user, and as the root of a container with its own few
// uids, where the machine lets one be either.
func TestAsOtherUsers(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("the other tests already run as an ordinary user, and only root can be somebody else")
	}
	few := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 300_000, Size: 65_536}}
	for name, as := range map[string]*syscall.SysProcAttr{
		"ordinary user":  {Credential: &syscall.Credential{Uid: 65534, Gid: 65534}},
		"container root": {Cloneflags: syscall.CLONE_NEWUSER, UidMappings: few, GidMappings: few, Credential: &syscall.Credential{}, GidMappingsEnableSetgroups: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wall := elsewhere(t, suite, func(program string, arguments []string) *exec.Cmd {
				cmd := exec.Command(program, arguments...)
				cmd.SysProcAttr = as
				return cmd
			})
			if !strings.HasPrefix(wall, "Wall:namespaces") {
				t.Errorf("got %s, want namespaces", wall)
			}
		})
	}
}

// In a container without rights, which may make no user namespaces, the second wall holds.
func TestInContainer(t *testing.T) {
	t.Parallel()
	bwrap, err := exec.LookPath("bwrap")
	if err != nil {
		t.Skip("bwrap, which makes such a container, is not installed")
	}
	wall := elsewhere(t, suite, func(program string, arguments []string) *exec.Cmd {
		container := []string{"--unshare-user", "--disable-userns", "--unshare-pid", "--uid", "65534", "--gid", "65534", "--bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--die-with-parent", "--"}
		return exec.Command(bwrap, append(append(container, program), arguments...)...)
	})
	if !strings.HasPrefix(wall, "Wall:landlock") {
		t.Errorf("got %s, want landlock", wall)
	}
}

// The same where there is root, but the limit on user namespaces is none.
func TestRefusedNamespaces(t *testing.T) {
	if os.Getenv("SANDBOX_TEST_REFUSED") != "" {
		if err := os.WriteFile("/proc/sys/user/max_user_namespaces", []byte("0"), 0); err != nil {
			t.Fatal(err)
		}
		s, err := New(context.Background(), Options{Cell: cellPath})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", s.Probe())
		_, err = New(context.Background(), Options{Cell: cellPath, Wall: Namespaces})
		if err == nil || !strings.Contains(err.Error(), "refuses unprivileged user namespaces") {
			t.Errorf("namespaces: got %v", err)
		}
		return
	}
	if os.Getuid() != 0 {
		t.Skip("only root can make the container that this needs")
	}
	t.Setenv("SANDBOX_TEST_REFUSED", "1")
	few := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 300_000, Size: 65_536}}
	wall := elsewhere(t, "TestRefusedNamespaces", func(program string, arguments []string) *exec.Cmd {
		cmd := exec.Command(program, arguments...)
		cmd.SysProcAttr = &syscall.SysProcAttr{ // a user namespace of its own, in which the limit can be set
			Cloneflags: syscall.CLONE_NEWUSER, UidMappings: few, GidMappings: few, Credential: &syscall.Credential{}, GidMappingsEnableSetgroups: true,
		}
		return cmd
	})
	if !strings.HasPrefix(wall, "Wall:landlock") {
		t.Errorf("got %s, want landlock", wall)
	}
}

// Where there is no wall at all, nothing runs.
func TestNoWallNoRun(t *testing.T) {
	cell := fakeCell(t, `printf "make $2: operation not permitted\n" >&3; exit 125`)
	_, err := New(context.Background(), Options{Cell: cell})
	for _, say := range []string{"make namespaces: operation not permitted", "make landlock: operation not permitted", "programs are never run without a wall"} {
		if err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("got %v, want %q", err, say)
		}
	}
}

// A wall with a hole is no reason to try the other one.
func TestHoleIsNotPassedOver(t *testing.T) {
	t.Parallel()
	hole := buildWithHole(t, "cell/calls.go", "\tunix.SYS_EXECVE,\n", "\tunix.SYS_EXECVE, unix.SYS_SOCKET,\n")
	s, err := New(context.Background(), Options{Cell: hole})
	if err == nil || !strings.Contains(err.Error(), "attack network was not stopped") {
		t.Errorf("got %v, %v", s, err)
	}
}
