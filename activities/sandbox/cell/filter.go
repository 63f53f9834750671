//go:build linux

package main

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// denied are the system calls that answer EPERM: what starts or reaches other processes,
// the kernel's configuration, the network, or memory outside the address-space limit.
// With one process per cell the memory and CPU limits, which count per process, hold for
// the whole program.
var denied = append([]uint32{
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_KCMP,
	unix.SYS_PIDFD_GETFD, unix.SYS_PIDFD_OPEN, unix.SYS_PROCESS_MADVISE,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_FSOPEN, unix.SYS_FSMOUNT, unix.SYS_FSCONFIG,
	unix.SYS_FSPICK, unix.SYS_MOVE_MOUNT, unix.SYS_OPEN_TREE, unix.SYS_MOUNT_SETATTR,
	unix.SYS_UNSHARE, unix.SYS_SETNS, unix.SYS_PERSONALITY,
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_SECCOMP,
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	unix.SYS_KEYCTL, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY,
	unix.SYS_KEXEC_LOAD, unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE,
	unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_REBOOT, unix.SYS_QUOTACTL, unix.SYS_ACCT, unix.SYS_SYSLOG,
	unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_ADJTIMEX, unix.SYS_CLOCK_ADJTIME, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME,
	unix.SYS_SOCKET, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_NAME_TO_HANDLE_AT, unix.SYS_FANOTIFY_INIT,
	unix.SYS_MEMFD_CREATE, unix.SYS_SHMGET, unix.SYS_MSGGET, unix.SYS_SEMGET, unix.SYS_MQ_OPEN,
}, deniedHere...)

// installFilter puts the system-call filter in force for this process and everything
// that it executes. A foreign architecture's calls kill the process.
func installFilter() error {
	filter := assemble()
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, e := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog)))
	runtime.KeepAlive(filter)
	if e != 0 {
		return fmt.Errorf("seccomp: %w", e)
	}
	return nil
}

// assemble writes the filter in classic BPF over struct seccomp_data: call number at
// offset 0, architecture at 4, first argument (low half) at 16.
func assemble() []unix.SockFilter {
	const (
		load    = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		ret     = unix.BPF_RET | unix.BPF_K
		equal   = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		atLeast = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
		anyBit  = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
		kill    = unix.SECCOMP_RET_KILL_PROCESS
		x32     = 0x40000000
	)
	errno := func(e uint32) uint32 { return unix.SECCOMP_RET_ERRNO | e }
	stmt := func(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k} }
	// jump goes on to the next instruction when the test holds and skips it otherwise
	jump := func(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k, Jf: 1} }
	skip := func(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k, Jt: 1} }

	p := []unix.SockFilter{
		stmt(load, 4), skip(equal, auditArch), stmt(ret, kill),
		stmt(load, 0), jump(atLeast, x32), stmt(ret, kill),
	}
	for _, nr := range denied {
		p = append(p, jump(equal, nr), stmt(ret, errno(uint32(unix.EPERM))))
	}
	return append(p,
		// clone3 keeps its flags in memory where no filter can see them; libc falls back to clone
		jump(equal, unix.SYS_CLONE3), stmt(ret, errno(uint32(unix.ENOSYS))),
		// threads yes, processes no
		skip(equal, unix.SYS_CLONE), stmt(ret, unix.SECCOMP_RET_ALLOW),
		stmt(load, 16), skip(anyBit, unix.CLONE_THREAD), stmt(ret, errno(uint32(unix.EPERM))),
		stmt(ret, unix.SECCOMP_RET_ALLOW),
	)
}
