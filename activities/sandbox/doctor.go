//go:build linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Check is one thing that the sandbox needs, or can use, and whether this machine has it.
type Check struct {
	Name string
	OK   bool
	// Found says what there is, in a line.
	Found string
	// Do says what to install or set where it is missing, in a line; empty if nothing is needed.
	Do string
}

// Doctor looks at this machine, tries both walls with the self-test, and says of each thing
// that it looked at what it found. It returns whether New would succeed.
func Doctor(ctx context.Context, o Options, found func(Check)) (serves bool) {
	for _, c := range []Check{kernel(), seccomp(), landlockABI(), cgroups(o.ControlGroup)} {
		found(c)
	}
	for _, wall := range []string{Namespaces, Landlock} {
		if o.Wall != "" && o.Wall != wall {
			continue
		}
		c := Check{Name: "wall " + wall}
		s, err := open(ctx, o, wall)
		if err == nil {
			d := s.Probe()
			c.OK, c.Found = true, fmt.Sprintf("%d attack programs stopped; programs run as %s; python %s", d.Attacks, d.User, d.Python)
			s.Close()
			serves = true
		} else {
			c.Do = remedy(wall, err)
			c.Found, _, _ = strings.Cut(err.Error(), "\n")
			c.Found = strings.TrimSuffix(c.Found, ": "+c.Do)
		}
		found(c)
	}
	return serves
}

// remedy says what to do about a wall that does not stand.
func remedy(wall string, err error) string {
	switch {
	case errors.As(err, new(setupError)) && wall == Namespaces:
		return allowNamespaces
	case errors.As(err, new(setupError)):
		return allowLandlock
	case errors.Is(err, errPowerlessRoot):
		return ordinaryUser
	case errors.Is(err, errNoCell):
		return "build it: make build"
	case errors.Is(err, errNoPython), errors.Is(err, errPythonStart):
		return "install Python 3.10 or newer under /usr (Debian: apt install python3)"
	case errors.Is(err, errNotStopped):
		return "do not run programs on this machine; report what the self-test found"
	}
	return ""
}

func kernel() Check {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return Check{Name: "kernel", Found: err.Error()}
	}
	release := unix.ByteSliceToString(u.Release[:])
	var major, minor int
	fmt.Sscanf(release, "%d.%d", &major, &minor)
	c := Check{Name: "kernel", OK: major > 5 || major == 5 && minor >= 12, Found: "Linux " + release + " " + unix.ByteSliceToString(u.Machine[:])}
	if !c.OK {
		c.Do = "use Linux 5.12 or newer"
	}
	return c
}

func seccomp() Check {
	text, err := os.ReadFile("/proc/sys/kernel/seccomp/actions_avail")
	c := Check{Name: "seccomp", OK: err == nil && strings.Contains(string(text), "errno"), Found: "filters are available"}
	if !c.OK {
		c.Found, c.Do = "not available", "use a kernel with CONFIG_SECCOMP_FILTER"
	}
	return c
}

func landlockABI() Check {
	abi, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if e != 0 {
		return Check{Name: "Landlock", Found: "not available: " + e.Error(), Do: allowLandlock}
	}
	return Check{Name: "Landlock", OK: true, Found: fmt.Sprintf("ABI %d", abi)}
}

// cgroups are not needed: a job is one process, whose limits count for all of it. They
// bound what is left, below a group that the operator names.
func cgroups(parent string) Check {
	c := Check{Name: "cgroups", OK: true, Found: "not in use; not needed, a program is one process with limits of its own (to bound each cell: --cgroup)"}
	if parent == "" {
		return c
	}
	g, err := newGroup(parent)
	if err != nil {
		return Check{Name: "cgroups", Found: err.Error(), Do: "make " + strings.Join(groupParents(parent), " and ") + " and let this user write to it"}
	}
	g.remove()
	c.Found = "memory and tasks of each cell are bounded below " + strings.Join(groupParents(parent), " and ")
	return c
}
