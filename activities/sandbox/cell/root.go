//go:build linux

package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// base is where the new root is put together: it exists on every machine, and a
// mount on it is seen in this mount namespace only.
const base = "/tmp"

// step is one system call of the set-up with the name that its fault is reported by.
type step struct {
	name string
	do   func() error
}

// buildRoot makes this process's root: a read-only tmpfs that holds /usr (read-only),
// /dev/null and an empty folder /tmp, over which each program's process mounts its own.
// There is no /proc, /sys, /etc, /home or /dev/shm.
func buildRoot() error {
	const quiet = unix.MS_NOSUID | unix.MS_NODEV
	steps := []step{
		{"make mounts private", func() error { return unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "") }},
		{"mount root", func() error { return unix.Mount("tmpfs", base, "tmpfs", quiet, "size=1m,nr_inodes=64,mode=755") }},
		{"make directories", makeDirectories},
		{"bind /usr", func() error { return unix.Mount("/usr", base+"/usr", "", unix.MS_BIND|unix.MS_REC, "") }},
		{"make /usr read-only", readOnlyUsr},
		{"bind /dev/null", func() error { return unix.Mount("/dev/null", base+"/dev/null", "", unix.MS_BIND, "") }},
		{"make /dev/null read-only", func() error { // not what is written to it, but its times
			return unix.MountSetattr(-1, base+"/dev/null", 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NOEXEC})
		}},
		{"pivot_root", func() error { return unix.PivotRoot(base, base+"/old") }},
		{"enter root", func() error { return unix.Chdir("/") }},
		{"detach the host's root", func() error { return unix.Unmount("/old", unix.MNT_DETACH) }},
		{"remove /old", func() error { return unix.Rmdir("/old") }},
		{"make root read-only", func() error {
			return unix.Mount("", "/", "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|quiet, "")
		}},
		{"enter /tmp", func() error { return unix.Chdir("/tmp") }},
		{"hostname", func() error { return unix.Sethostname([]byte("sandbox")) }},
	}
	return runSteps(steps)
}

func runSteps(steps []step) error {
	for _, s := range steps {
		if err := s.do(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

func makeDirectories() error {
	unix.Umask(0)
	for _, d := range []string{"usr", "tmp", "dev", "old"} {
		if err := unix.Mkdir(base+"/"+d, 0o755); err != nil {
			return err
		}
	}
	// Debian's layout: the loader and the libraries live under /usr.
	for _, l := range []string{"lib", "lib64", "bin"} {
		if err := unix.Symlink("usr/"+l, base+"/"+l); err != nil {
			return err
		}
	}
	return os.WriteFile(base+"/dev/null", nil, 0o666)
}

func readOnlyUsr() error {
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV}
	return unix.MountSetattr(-1, base+"/usr", unix.AT_RECURSIVE, &attr)
}

// keepOnlyMounting gives up every capability for good (bounding set, secure bits, then
// the sets themselves) but the one that the interpreter needs to give each program mounts
// and processes of its own. It lies in the ambient set and dies with the first capset.
func keepOnlyMounting() error {
	const secureBits = 0xef // no root, no set-uid fix-up, keep-caps off, no raising of ambient ones: all locked
	for c := uintptr(0); c <= unix.CAP_LAST_CAP; c++ {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil && err != unix.EINVAL { // EINVAL: unknown to this kernel
			return fmt.Errorf("drop bounding capability %d: %w", c, err)
		}
	}
	return runSteps([]step{
		{"secure bits", func() error { return unix.Prctl(unix.PR_SET_SECUREBITS, secureBits, 0, 0, 0) }},
		{"lower capability", func() error {
			return unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_LOWER, unix.CAP_SETPCAP, 0, 0)
		}},
		{"no new privileges", func() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }},
	})
}

// keepNothing gives up every capability.
func keepNothing() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return runSteps([]step{
		{"clear ambient capabilities", func() error { return unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) }},
		{"drop capabilities", func() error { return unix.Capset(&header, &none[0]) }},
		{"no new privileges", func() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }},
	})
}

// fixLayout turns off address randomisation: a program that prints a set of objects
// in the order of their addresses then prints the same order each time, and a verdict
// can be recomputed. Containers' usual profiles refuse it, and the wall is as good
// without.
func fixLayout() error {
	const addrNoRandomize = 0x0040000
	if _, _, e := unix.RawSyscall(unix.SYS_PERSONALITY, addrNoRandomize, 0, 0); e != 0 && e != unix.EPERM {
		return fmt.Errorf("personality: %w", e)
	}
	return nil
}
