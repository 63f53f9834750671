//go:build linux

// Command sandbox-cell turns itself into one confined Python process.
//
// The judge (package sandbox) starts "sandbox-cell launch", which starts the cell proper
// in fresh user, mount, pid, network, ipc and uts namespaces. The cell builds a root of its own with nothing of the host in
// it but /usr, read-only, drops every capability, installs a system-call filter
// without fork, sockets, mounts or tracing, sets resource limits and replaces
// itself with the interpreter. It is a program of its own, and small, because its
// start-up is paid for every judged program.
//
//	sandbox-cell launch HOST_UID HOST_GID CPU_SECONDS ...
//	sandbox-cell CPU_SECONDS MEMORY_BYTES DISK_BYTES THREADS PYTHON [ARGUMENT]...
//
// File descriptor 3 is the status pipe, closed by exec. On it the cell writes the line
// "R" when every wall stands and exec comes next, or a line with the fault; launch adds
// lines of its own. The judge believes in a running program only if it read "R" and no
// fault, so that a fault here is never taken for a program that failed.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const statusFD = 3

func main() {
	// Namespace-wide settings below are made by one thread, and the collector must not
	// start another one after the thread limit is in force.
	runtime.LockOSThread()
	debug.SetGCPercent(-1)
	do, args := run, os.Args[1:]
	if len(args) > 0 && args[0] == "launch" {
		do, args = launch, args[1:]
	}
	if err := do(args); err != nil {
		unix.Write(statusFD, []byte(err.Error()+"\n"))
		os.Exit(125)
	}
}

func run(args []string) error {
	if len(args) < 5 {
		return fmt.Errorf("arguments: got %d, want CPU_SECONDS MEMORY_BYTES DISK_BYTES THREADS PYTHON [ARGUMENT]", len(args))
	}
	var n [4]uint64
	for i := range n {
		v, err := strconv.ParseUint(args[i], 10, 63)
		if err != nil || v == 0 {
			return fmt.Errorf("argument %d: %q is not a positive integer", i+1, args[i])
		}
		n[i] = v
	}
	cpu, memory, disk, threads := n[0], n[1], n[2], n[3]
	if err := closeInherited(); err != nil {
		return err
	}
	// If the judge dies, so does this process, and with it the whole pid namespace.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return fmt.Errorf("parent death signal: %w", err)
	}
	if err := buildRoot(disk); err != nil {
		return err
	}
	if err := dropPrivileges(); err != nil {
		return err
	}
	if err := fixLayout(); err != nil {
		return err
	}
	if err := installFilter(); err != nil {
		return err
	}
	return execLimited(limits(cpu, memory, disk, threads), args[4:], os.Environ())
}

// closeInherited lets exec close the status pipe and whatever else the judge had open
// when it started this process: only 0, 1, 2, 4 (job) and 5 (results) go on.
func closeInherited() error {
	unix.CloseOnExec(statusFD)
	const first, last = 6, ^uint32(0)
	if err := unix.CloseRange(first, uint(last), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("close inherited files: %w", err)
	}
	return nil
}

// limit is one resource limit, soft and hard alike.
type limit struct {
	resource int
	value    unix.Rlimit
}

// limits lists the resource limits, address space last: see execLimited.
func limits(cpu, memory, disk, threads uint64) []limit {
	const stack = 64 << 20 // enough for deep recursion; every thread's stack counts as memory
	set := func(r int, v uint64) limit { return limit{r, unix.Rlimit{Cur: v, Max: v}} }
	return []limit{
		set(unix.RLIMIT_CPU, cpu),
		set(unix.RLIMIT_FSIZE, disk),
		set(unix.RLIMIT_NOFILE, 64),
		set(unix.RLIMIT_CORE, 0),
		set(unix.RLIMIT_MEMLOCK, 0),
		set(unix.RLIMIT_MSGQUEUE, 0),
		set(unix.RLIMIT_STACK, stack),
		set(unix.RLIMIT_NPROC, threads),
		set(unix.RLIMIT_AS, memory),
	}
}

// execLimited sets the limits and executes argv. Everything that needs memory is
// prepared first: under an address-space limit the Go runtime may die of its next
// allocation, so from the first limit on there are only raw system calls.
func execLimited(ls []limit, argv, env []string) error {
	path, err := unix.BytePtrFromString(argv[0])
	if err != nil {
		return fmt.Errorf("exec %q: %w", argv[0], err)
	}
	av, err := syscall.SlicePtrFromStrings(argv)
	if err != nil {
		return fmt.Errorf("exec arguments: %w", err)
	}
	ev, err := syscall.SlicePtrFromStrings(env)
	if err != nil {
		return fmt.Errorf("exec environment: %w", err)
	}
	ready, limitFault, execFault := []byte("R\n"), []byte("setrlimit failed\n"), []byte("exec "+argv[0]+" failed: errno 000\n")
	for i := range ls {
		_, _, e := unix.RawSyscall6(unix.SYS_PRLIMIT64, 0, uintptr(ls[i].resource), uintptr(unsafe.Pointer(&ls[i].value)), 0, 0, 0)
		if e != 0 {
			die(limitFault)
		}
	}
	unix.RawSyscall(unix.SYS_WRITE, statusFD, uintptr(unsafe.Pointer(&ready[0])), uintptr(len(ready)))
	_, _, e := unix.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(&av[0])), uintptr(unsafe.Pointer(&ev[0])))
	for i, at := int(e), len(execFault)-2; i > 0; i, at = i/10, at-1 {
		execFault[at] = byte('0' + i%10)
	}
	die(execFault)
	return nil
}

// die reports a fault without allocating and ends the process.
func die(message []byte) {
	unix.RawSyscall(unix.SYS_WRITE, statusFD, uintptr(unsafe.Pointer(&message[0])), uintptr(len(message)))
	unix.RawSyscall(unix.SYS_EXIT_GROUP, 125, 0, 0)
}
