//go:build linux

package main

import (
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ownPID stands for the filtered process's own pid: the interpreter puts it in.
const ownPID = 0x5e1f91d0

// There are two filters, because the kernel takes its time to put a long one in force: the
// cell's, which holds the list of all calls that exist in it, which the interpreter takes
// on once and every program inherits; and the short one that each program adds, of what
// only the interpreter may do.

const (
	load    = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	ret     = unix.BPF_RET | unix.BPF_K
	equal   = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	atLeast = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	anyBit  = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K

	allow  = unix.SECCOMP_RET_ALLOW
	eperm  = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	eacces = unix.SECCOMP_RET_ERRNO | uint32(unix.EACCES)
	enosys = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
	// success is answered in the kernel's place, which does nothing.
	success = unix.SECCOMP_RET_ERRNO
)

func stmt(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k} }

// when goes on to the next instruction if the test holds and passes over n otherwise.
func when(code uint16, k uint32, n uint8) unix.SockFilter {
	return unix.SockFilter{Code: code, K: k, Jf: n}
}

// unless is when the other way round.
func unless(code uint16, k uint32, n uint8) unix.SockFilter {
	return unix.SockFilter{Code: code, K: k, Jt: n}
}

// argument loads an argument's low half, which is all that the kernel reads of pids, flags
// and commands. Arguments begin at offset 16.
func argument(n int) unix.SockFilter { return stmt(load, 16+8*uint32(n)) }

// ifArgument denies a call if the test holds for an argument.
func ifArgument(nr uint32, n int, code uint16, k uint32) []unix.SockFilter {
	return []unix.SockFilter{when(equal, nr, 4), argument(n), when(code, k, 1), stmt(ret, eperm), stmt(load, 0)}
}

// unlessArgument denies a call unless an argument is one of the values.
func unlessArgument(nr uint32, n int, values ...uint32) []unix.SockFilter {
	left := uint8(len(values))
	p := []unix.SockFilter{when(equal, nr, left+3), argument(n)}
	for _, v := range values {
		p = append(p, unless(equal, v, left)) // over the other values and the denial
		left--
	}
	return append(p, stmt(ret, eperm), stmt(load, 0))
}

// answer gives calls one and the same answer.
func answer(what uint32, calls ...uint32) []unix.SockFilter {
	calls = slices.Compact(slices.Sorted(slices.Values(calls)))
	var p []unix.SockFilter
	for i := 0; i < len(calls); {
		n := 1 // calls with successive numbers take one test
		for i+n < len(calls) && calls[i+n] == calls[i]+uint32(n) {
			n++
		}
		if n == 1 {
			p = append(p, when(equal, calls[i], 1), stmt(ret, what))
		} else {
			p = append(p, when(atLeast, calls[i], 2), unless(atLeast, calls[i]+uint32(n), 1), stmt(ret, what))
		}
		i += n
	}
	return p
}

// assemble writes the cell's filter in classic BPF over struct seccomp_data: call number
// at offset 0, architecture at 4. A foreign architecture's calls kill the process.
func assemble(wall string) []unix.SockFilter {
	const x32, kill = 0x40000000, unix.SECCOMP_RET_KILL_PROCESS
	p := []unix.SockFilter{
		stmt(load, 4), unless(equal, auditArch, 1), stmt(ret, kill),
		stmt(load, 0), when(atLeast, x32, 1), stmt(ret, kill),
		when(atLeast, newest, 1), stmt(ret, enosys),
	}
	// Their flags are in memory where no filter can see them; libraries fall back on the older calls.
	p = append(p, answer(enosys, unix.SYS_CLONE3, unix.SYS_OPENAT2)...)
	for _, c := range commands {
		p = append(p, unlessArgument(c.call, c.argument, c.values...)...)
	}
	if wall == landlock {
		p = append(p, onHost()...)
	} else {
		p = append(p, answer(allow, allowedInNamespaces...)...)
	}
	p = append(p, answer(allow, join(allowed, interpreters, limited)...)...)
	return append(p, stmt(ret, eperm))
}

// onHost are the rules for a program that no namespace holds.
func onHost() []unix.SockFilter {
	const change = unix.O_WRONLY | unix.O_RDWR | unix.O_CREAT | unix.O_TRUNC
	var p []unix.SockFilter
	for _, o := range opens {
		p = append(p, ifArgument(o.call, o.argument, anyBit, change)...)
	}
	for _, a := range accesses { // nothing must seem to be writable: Landlock does not say what is not
		p = append(p, when(equal, a.call, 4), argument(a.argument), when(anyBit, unix.W_OK, 1), stmt(ret, eacces), stmt(load, 0))
	}
	for _, signal := range []uint32{uint32(unix.SIGKILL), uint32(unix.SIGSTOP)} { // they would look like the machine's doing
		p = append(p, ifArgument(unix.SYS_KILL, 1, equal, signal)...)
		p = append(p, ifArgument(unix.SYS_TGKILL, 2, equal, signal)...)
	}
	return append(p, unlessArgument(unix.SYS_PRLIMIT64, 0, 0)...)
}

// assembleProgram writes the filter that each program adds. With one process per program
// the memory and CPU limits, which count per process, hold for the whole program.
func assembleProgram(wall string) []unix.SockFilter {
	p := append([]unix.SockFilter{stmt(load, 0)}, answer(eperm, interpreters...)...)
	// threads yes, processes no
	p = append(p, when(equal, unix.SYS_CLONE, 4), argument(0), unless(anyBit, unix.CLONE_THREAD, 1), stmt(ret, eperm), stmt(load, 0))
	p = append(p, unlessArgument(unix.SYS_PRCTL, 0, programPrctl...)...)
	p = append(p, ownLimits()...)
	if wall == landlock { // signals to itself only
		p = append(p, unlessArgument(unix.SYS_KILL, 0, ownPID)...)
		p = append(p, unlessArgument(unix.SYS_TGKILL, 0, ownPID)...)
	}
	return append(p, stmt(ret, allow))
}

// ownLimits keep a program from limits of its own, at which it would end as if the machine
// had ended it. That of the stack, which right programs commonly raise, seems to be set.
func ownLimits() []unix.SockFilter {
	const newLimit = 2 // argument of prlimit64: nil, in both its halves, where it only asks
	return []unix.SockFilter{
		unless(equal, unix.SYS_SETRLIMIT, 7), // to its resource
		when(equal, unix.SYS_PRLIMIT64, 10),  // out
		stmt(load, 16+8*newLimit), when(equal, 0, 2),
		stmt(load, 16+8*newLimit+4), unless(equal, 0, 6), // out
		argument(1), stmt(unix.BPF_JMP|unix.BPF_JA, 1), argument(0),
		when(equal, unix.RLIMIT_STACK, 1), stmt(ret, success), stmt(ret, eperm),
		stmt(load, 0),
	}
}

// installFilter puts a filter in force for this process and all that comes of it.
func installFilter(filter []unix.SockFilter) error {
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, e := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog)))
	runtime.KeepAlive(filter)
	if e != 0 {
		return e
	}
	return nil
}
