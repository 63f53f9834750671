//go:build linux

package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Description is what a doctor page says about this machine's sandbox.
type Description struct {
	Wall    string // which wall is in force
	Python  string // path and version of the interpreter
	User    string // whom programs run as on the host
	Slots   int
	Attacks int // how many attack programs the self-test stopped
}

// Probe describes the wall that New's self-test found in force.
func (s *Sandbox) Probe() Description {
	user := fmt.Sprintf("uid %d, mapped to nobody inside", os.Getuid())
	if s.baseUID >= 0 {
		user = fmt.Sprintf("uids %d to %d, two per slot, mapped to nobody inside", s.baseUID, s.baseUID+cellsPerSlot*cap(s.tickets)-1)
	}
	wall := "namespaces (user, mount, pid, network, ipc, uts), own read-only root, no capabilities, seccomp without fork and sockets, resource limits"
	if s.wall == Landlock {
		wall = "landlock (nothing but /usr can be read, nothing written), no capabilities, seccomp without fork, sockets and signals, resource limits"
		if s.baseUID >= 0 {
			user = fmt.Sprintf("uids %d to %d, two per slot", s.baseUID, s.baseUID+cellsPerSlot*cap(s.tickets)-1)
		} else {
			user = fmt.Sprintf("uid %d, the judge's own", os.Getuid())
		}
	}
	return Description{Wall: wall, Python: s.python + " " + s.version, User: user, Slots: cap(s.tickets), Attacks: len(attacks)}
}

// freeUIDs returns the first of n uids for a root judge to give to its slots: a range
// that no account has and two judges on one machine rarely share, or in a container with
// few uids the range that Debian reserves; -1 if there is neither, or no root.
func freeUIDs(n int) int {
	if os.Getuid() != 0 {
		return -1
	}
	for _, base := range []int{200_000 + os.Getpid()%16_384*1024, 60_000} {
		if mapped(base, n) {
			return base
		}
	}
	return -1
}

// What is missing, beside a wall, where no sandbox can be made.
var (
	errNoCell      = errors.New("helper binary sandbox-cell not found")
	errNoPython    = errors.New("python3 not found")
	errPythonStart = errors.New("python did not start")
)

// errPowerlessRoot is of a judge whose programs could be nobody but root.
var errPowerlessRoot = errors.New("the judge is root without CAP_SETUID and CAP_SETGID, so that programs would be root too")

// hasCapabilities says whether the judge has capabilities below 32.
func hasCapabilities(wanted ...int) bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return false
	}
	for _, c := range wanted {
		if data[0].Effective&(1<<c) == 0 {
			return false
		}
	}
	return true
}

// mapped says whether the uids and gids from base on exist in this user namespace.
func mapped(base, n int) bool {
	for _, file := range []string{"/proc/self/uid_map", "/proc/self/gid_map"} {
		text, err := os.ReadFile(file)
		if err != nil {
			return false
		}
		found := false
		for line := range strings.Lines(string(text)) {
			var inside, outside, size int
			fmt.Sscan(line, &inside, &outside, &size) // zeros where it is no mapping
			found = found || base >= inside && base+n <= inside+size
		}
		if !found {
			return false
		}
	}
	return true
}

const (
	allowNamespaces = "this machine refuses unprivileged user namespaces; allow them" +
		" (sysctl user.max_user_namespaces > 0; Debian: kernel.unprivileged_userns_clone=1;" +
		" Ubuntu: kernel.apparmor_restrict_unprivileged_userns=0; containers: a seccomp profile that allows clone and mount)"
	ordinaryUser  = "run it as an ordinary user (Docker: --user 1000), or add the two capabilities"
	allowLandlock = "Landlock takes Linux 5.13 or newer with landlock in /sys/kernel/security/lsm" +
		" (containers: a seccomp profile that allows landlock_*); programs are never run without a wall"
)

// explain adds to a refused wall what to do about it.
func explain(wall string, err error) error {
	if !errors.As(err, new(setupError)) {
		return err
	}
	for _, refused := range []error{syscall.EPERM, syscall.EACCES, syscall.ENOSPC, syscall.EINVAL, syscall.ENOSYS, syscall.EOPNOTSUPP} {
		switch {
		case !strings.Contains(err.Error(), refused.Error()):
		case wall == Namespaces:
			return fmt.Errorf("%w: %s", err, allowNamespaces)
		default:
			return fmt.Errorf("%w: %s", err, allowLandlock)
		}
	}
	return err
}
