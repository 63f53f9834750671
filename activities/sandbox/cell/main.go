//go:build linux

// Command sandbox-cell turns itself into one confined Python interpreter.
//
// The judge (package sandbox) starts "sandbox-cell launch", which starts the cell proper.
// Behind the wall "namespaces" that is a process in fresh user, mount, pid, network, ipc
// and uts namespaces with a root of its own: nothing of the host but /usr, read-only.
// Behind the wall "landlock", for machines that refuse namespaces, it is a process under
// a Landlock ruleset that lets it read /usr and nothing else. Either then replaces itself
// with the interpreter, which forks one process per judged program; each of those drops
// what is left of its privileges, takes on its resource limits and adds a system-call
// filter to the cell's own (together: no fork, no sockets, no mounts, no tracing).
//
//	sandbox-cell launch WALL HOST_UID HOST_GID CONTROL_GROUP,...|- PYTHON [ARGUMENT]...
//	sandbox-cell WALL PYTHON [ARGUMENT]...
//
// The cell appends the wall and the programs' filter, in hexadecimal digits, to the
// interpreter's arguments. File descriptor 3 is the status pipe, closed by exec: on it go the fault of
// the set-up, if any, and the line "R" when every wall of the cell stands and exec comes
// next. Descriptor 4 is the interpreter's socket to the judge.
package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	statusFD = 3
	socketFD = 4
)

// The walls.
const (
	namespaces = "namespaces"
	landlock   = "landlock"
)

func main() {
	// Settings below are made for one thread, the one that executes the interpreter.
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
	if len(args) < 2 || args[0] != namespaces && args[0] != landlock {
		return fmt.Errorf("arguments: got %q, want WALL PYTHON [ARGUMENT]", args)
	}
	wall := args[0]
	if err := closeInherited(); err != nil {
		return err
	}
	// If the launcher dies, so does this process.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return fmt.Errorf("parent death signal: %w", err)
	}
	steps := []step{{"make root", buildRoot}, {"give up privileges", keepOnlyMounting}}
	if wall == landlock {
		steps = []step{{"give up privileges", keepNothing}, {"landlock", restrictFiles}, {"enter /usr", func() error { return unix.Chdir("/usr") }}}
	}
	steps = append(steps, step{"fix layout", fixLayout}, step{"resource limits", setLimits},
		step{"seccomp", func() error { return installFilter(assemble(wall)) }})
	if err := runSteps(steps); err != nil {
		return err
	}
	filter := assembleProgram(wall)
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&filter[0])), len(filter)*int(unsafe.Sizeof(filter[0])))
	return replace(append(args[1:], wall, hex.EncodeToString(bytes)), os.Environ())
}

// closeInherited lets exec close the status pipe and whatever else the judge had open
// when it started this process: only 0, 1, 2 and the socket go on.
func closeInherited() error {
	unix.CloseOnExec(statusFD)
	const first, last = socketFD + 1, ^uint32(0)
	if err := unix.CloseRange(first, uint(last), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("close inherited files: %w", err)
	}
	return nil
}

// setLimits sets the limits that hold for every program; those of a job are set by the
// process that runs it. The stack counts from here, since the address space is laid out
// around it at exec: enough for deep recursion, though every thread's counts as memory.
//
// A core limit of one byte, unlike none, also keeps the kernel from handing a crashed
// program to the host's core handler.
func setLimits() error {
	const stack, core = 64 << 20, 1
	for r, v := range map[int]uint64{unix.RLIMIT_CORE: core, unix.RLIMIT_MEMLOCK: 0, unix.RLIMIT_MSGQUEUE: 0, unix.RLIMIT_STACK: stack, unix.RLIMIT_NOFILE: 64} {
		if err := unix.Prlimit(0, r, &unix.Rlimit{Cur: v, Max: v}, nil); err != nil {
			return fmt.Errorf("limit %d: %w", r, err)
		}
	}
	return nil
}

// replace says that the walls stand and executes argv.
func replace(argv, env []string) error {
	if _, err := unix.Write(statusFD, []byte("R\n")); err != nil {
		return fmt.Errorf("write status: %w", err)
	}
	if err := syscall.Exec(argv[0], argv, env); err != nil {
		return fmt.Errorf("exec %s: %w", argv[0], err)
	}
	return nil
}
