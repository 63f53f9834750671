//go:build linux

package sandbox

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestInDocker: what a container of Docker or Kubernetes may do by its usual profile,
// as root and as an ordinary user without any capability. The thread that starts the
// judge takes on the restrictions, which children inherit, and ends with the test.
func TestInDocker(t *testing.T) {
	for name, user := range map[string]*syscall.Credential{"as it is": nil, "ordinary user": {Uid: 65534, Gid: 65534}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if user != nil && os.Getuid() != 0 {
				t.Skip("only root can be somebody else; the other case is an ordinary user already")
			}
			runtime.LockOSThread() // and never unlocked
			if user != nil {
				dropCapabilities(t, unix.CAP_SETUID, unix.CAP_SETGID)
			}
			refuse(t, dockerProfile())
			wall := elsewhere(t, suite, func(program string, arguments []string) *exec.Cmd {
				cmd := exec.Command(program, arguments...)
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: user}
				return cmd
			})
			if !strings.HasPrefix(wall, "Wall:landlock") {
				t.Errorf("got %s, want landlock", wall)
			}
		})
	}
}

// TestPowerlessRoot: root that cannot become somebody else judges nothing, and is told
// what to do.
func TestPowerlessRoot(t *testing.T) {
	if os.Getenv("SANDBOX_TEST_POWERLESS") != "" {
		for _, wall := range []string{Namespaces, Landlock} {
			s, err := New(context.Background(), Options{Cell: cellPath, Wall: wall})
			if !errors.Is(err, errPowerlessRoot) || !strings.Contains(err.Error(), "--user 1000") {
				t.Errorf("%s: got %v, %v", wall, s, err)
			}
		}
		t.Log("{Wall:none}")
		return
	}
	if os.Getuid() != 0 {
		t.Skip("only root can be root without capabilities")
	}
	t.Setenv("SANDBOX_TEST_POWERLESS", "1")
	runtime.LockOSThread() // and never unlocked
	dropCapabilities(t)
	elsewhere(t, "TestPowerlessRoot", func(program string, arguments []string) *exec.Cmd { return exec.Command(program, arguments...) })
}

// dockerProfile refuses what Docker's seccomp profile refuses to who lacks
// CAP_SYS_ADMIN, of the calls that the sandbox makes.
func dockerProfile() []unix.SockFilter {
	const (
		load   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		anyBit = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
		eperm  = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
		spaces = unix.CLONE_NEWNS | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWCGROUP
	)
	ret := func(k uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k} }
	filter := []unix.SockFilter{
		{Code: load, K: 0}, // the call's number
		{Code: equal, K: unix.SYS_CLONE3, Jf: 1}, ret(unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)),
	}
	for _, nr := range []uint32{unix.SYS_UNSHARE, unix.SYS_SETNS, unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_KEYCTL} {
		filter = append(filter, unix.SockFilter{Code: equal, K: nr, Jf: 1}, ret(eperm))
	}
	return append(filter,
		unix.SockFilter{Code: equal, K: unix.SYS_CLONE, Jf: 3}, unix.SockFilter{Code: load, K: 16}, // its flags
		unix.SockFilter{Code: anyBit, K: spaces, Jf: 1}, ret(eperm),
		unix.SockFilter{Code: load, K: 0},
		unix.SockFilter{Code: equal, K: unix.SYS_PERSONALITY, Jf: 3}, unix.SockFilter{Code: load, K: 16},
		unix.SockFilter{Code: anyBit, K: 0x0040000, Jf: 1}, ret(eperm), // ADDR_NO_RANDOMIZE
		ret(unix.SECCOMP_RET_ALLOW))
}

// refuse puts a filter in force for this thread.
func refuse(t *testing.T, filter []unix.SockFilter) {
	t.Helper()
	if os.Getuid() != 0 || !hasCapabilities(unix.CAP_SYS_ADMIN) {
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if _, _, e := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog))); e != 0 {
		t.Fatalf("seccomp: %v", e)
	}
	runtime.KeepAlive(filter)
}

// dropCapabilities lets the programs that this thread starts have no capabilities but
// those to keep.
func dropCapabilities(t *testing.T, keep ...uintptr) {
	t.Helper()
	for c := uintptr(0); c <= unix.CAP_LAST_CAP; c++ {
		if slices.Contains(keep, c) {
			continue
		}
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil {
			t.Fatalf("capability %d: %v", c, err)
		}
	}
}
