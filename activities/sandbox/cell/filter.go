//go:build linux

package main

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// newest is the first call number that no list here speaks of; it and later ones do not
// exist for a program, so that a new kernel opens no new door.
const newest = unix.SYS_CACHESTAT

// ownPID stands for the filtered process's own pid: the interpreter puts it in.
const ownPID = 0x5e1f91d0

// There are two filters, because the kernel takes its time to put a long one in force: the
// cell's, which the interpreter takes on once and every program inherits, and the short
// one that each program adds, of calls that the interpreter itself needs.

// deniedToPrograms are what makes and encloses a program's process. With one process per
// program the memory and CPU limits, which count per process, hold for the whole program.
var deniedToPrograms = append([]uint32{unix.SYS_UNSHARE, unix.SYS_SETNS, unix.SYS_MOUNT, unix.SYS_PIDFD_OPEN, unix.SYS_SOCKETPAIR}, forksHere...)

// denied are the system calls that answer EPERM: what reaches other processes, the
// kernel's configuration, the network, or memory outside the address-space limit.
var denied = append([]uint32{
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_KCMP,
	unix.SYS_PIDFD_GETFD, unix.SYS_PIDFD_SEND_SIGNAL, unix.SYS_PROCESS_MADVISE, unix.SYS_PROCESS_MRELEASE,
	unix.SYS_TKILL, unix.SYS_RT_SIGQUEUEINFO, unix.SYS_RT_TGSIGQUEUEINFO, unix.SYS_MIGRATE_PAGES, unix.SYS_MOVE_PAGES,
	unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_FSOPEN, unix.SYS_FSMOUNT, unix.SYS_FSCONFIG,
	unix.SYS_FSPICK, unix.SYS_MOVE_MOUNT, unix.SYS_OPEN_TREE, unix.SYS_MOUNT_SETATTR,
	unix.SYS_PERSONALITY,
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_SECCOMP,
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	unix.SYS_KEYCTL, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY,
	unix.SYS_KEXEC_LOAD, unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE,
	unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_REBOOT, unix.SYS_QUOTACTL, unix.SYS_QUOTACTL_FD, unix.SYS_ACCT, unix.SYS_SYSLOG,
	unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_ADJTIMEX, unix.SYS_CLOCK_ADJTIME, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME,
	unix.SYS_SOCKET, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_NAME_TO_HANDLE_AT, unix.SYS_FANOTIFY_INIT,
	unix.SYS_MEMFD_CREATE, unix.SYS_MEMFD_SECRET, unix.SYS_SHMGET, unix.SYS_MSGGET, unix.SYS_SEMGET, unix.SYS_MQ_OPEN,
	unix.SYS_LANDLOCK_CREATE_RULESET, unix.SYS_LANDLOCK_ADD_RULE, unix.SYS_LANDLOCK_RESTRICT_SELF,
}, deniedHere...)

// deniedOnHost are denied as well where the program sees the host's processes and files:
// what changes a file that the user may open, and other processes' priorities.
var deniedOnHost = append([]uint32{
	unix.SYS_TRUNCATE, unix.SYS_FTRUNCATE, unix.SYS_FALLOCATE, unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_FCHOWN, unix.SYS_FCHOWNAT,
	unix.SYS_LINKAT, unix.SYS_SYMLINKAT, unix.SYS_UNLINKAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_MKDIRAT, unix.SYS_MKNODAT,
	unix.SYS_UTIMENSAT, unix.SYS_SETXATTR, unix.SYS_LSETXATTR, unix.SYS_FSETXATTR, unix.SYS_REMOVEXATTR, unix.SYS_LREMOVEXATTR, unix.SYS_FREMOVEXATTR,
	unix.SYS_SHMAT, unix.SYS_SHMCTL, unix.SYS_MSGSND, unix.SYS_MSGRCV, unix.SYS_MSGCTL, unix.SYS_SEMOP, unix.SYS_SEMTIMEDOP, unix.SYS_SEMCTL,
	unix.SYS_SYNC, unix.SYS_SYNCFS, unix.SYS_FLOCK, unix.SYS_INOTIFY_INIT1, unix.SYS_SETPRIORITY, unix.SYS_IOPRIO_SET,
	unix.SYS_SCHED_SETSCHEDULER, unix.SYS_SCHED_SETPARAM, unix.SYS_SCHED_SETATTR, unix.SYS_SCHED_SETAFFINITY,
}, deniedOnHostHere...)

const (
	load    = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	ret     = unix.BPF_RET | unix.BPF_K
	equal   = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	atLeast = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	anyBit  = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K

	fioSetOwn = 0x8901 // ioctl FIOSETOWN

	eperm  = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	enosys = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
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

// ifArgument denies a call if the test holds for its argument's low half, which is all
// that the kernel reads of pids, flags and commands. Arguments begin at offset 16.
func ifArgument(nr uint32, argument int, code uint16, k uint32) []unix.SockFilter {
	return []unix.SockFilter{when(equal, nr, 4), stmt(load, 16+8*uint32(argument)), when(code, k, 1), stmt(ret, eperm), stmt(load, 0)}
}

// unlessArgument denies a call unless the test holds.
func unlessArgument(nr uint32, argument int, code uint16, k uint32) []unix.SockFilter {
	return []unix.SockFilter{when(equal, nr, 4), stmt(load, 16+8*uint32(argument)), unless(code, k, 1), stmt(ret, eperm), stmt(load, 0)}
}

// assemble writes the cell's filter in classic BPF over struct seccomp_data: call number
// at offset 0, architecture at 4. A foreign architecture's calls kill the process.
func assemble(wall string) []unix.SockFilter {
	const x32, kill = 0x40000000, unix.SECCOMP_RET_KILL_PROCESS
	p := []unix.SockFilter{
		stmt(load, 4), unless(equal, auditArch, 1), stmt(ret, kill),
		stmt(load, 0), when(atLeast, x32, 1), stmt(ret, kill),
		when(atLeast, newest, 1), stmt(ret, enosys),
		// clone3 keeps its flags in memory where no filter can see them; libc falls back to clone
		when(equal, unix.SYS_CLONE3, 1), stmt(ret, enosys),
	}
	p = append(p, deny(denied)...)
	for _, command := range []uint32{unix.F_SETOWN, unix.F_SETOWN_EX, unix.F_SETSIG} { // signals by way of a file
		p = append(p, ifArgument(unix.SYS_FCNTL, 1, equal, command)...)
	}
	for _, command := range []uint32{fioSetOwn, unix.SIOCSPGRP} {
		p = append(p, ifArgument(unix.SYS_IOCTL, 1, equal, command)...)
	}
	if wall == landlock {
		p = append(p, onHost()...)
	}
	return append(p, stmt(ret, unix.SECCOMP_RET_ALLOW))
}

// assembleProgram writes the filter that each program adds.
func assembleProgram(wall string) []unix.SockFilter {
	p := append([]unix.SockFilter{stmt(load, 0)}, deny(deniedToPrograms)...)
	p = append(p, unlessArgument(unix.SYS_CLONE, 0, anyBit, unix.CLONE_THREAD)...) // threads yes, processes no
	p = append(p, ifArgument(unix.SYS_PRCTL, 0, equal, unix.PR_SET_PDEATHSIG)...)
	if wall == landlock { // signals to itself only
		p = append(p, unlessArgument(unix.SYS_KILL, 0, equal, ownPID)...)
		p = append(p, unlessArgument(unix.SYS_TGKILL, 0, equal, ownPID)...)
	}
	return append(p, stmt(ret, unix.SECCOMP_RET_ALLOW))
}

func deny(calls []uint32) []unix.SockFilter {
	var p []unix.SockFilter
	for _, nr := range calls {
		p = append(p, when(equal, nr, 1), stmt(ret, eperm))
	}
	return p
}

// onHost are the rules for a program that no namespace holds.
func onHost() []unix.SockFilter {
	const change = unix.O_WRONLY | unix.O_RDWR | unix.O_CREAT | unix.O_TRUNC
	p := []unix.SockFilter{when(equal, unix.SYS_OPENAT2, 1), stmt(ret, enosys)} // its flags are in memory
	p = append(p, deny(deniedOnHost)...)
	p = append(p, ifArgument(unix.SYS_OPENAT, 2, anyBit, change)...)
	for nr, argument := range opensHere {
		p = append(p, ifArgument(nr, argument, anyBit, change)...)
	}
	for _, signal := range []uint32{uint32(unix.SIGKILL), uint32(unix.SIGSTOP)} { // they would look like the machine's doing
		p = append(p, ifArgument(unix.SYS_KILL, 1, equal, signal)...)
		p = append(p, ifArgument(unix.SYS_TGKILL, 2, equal, signal)...)
	}
	return append(p, unlessArgument(unix.SYS_PRLIMIT64, 0, equal, 0)...)
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
