//go:build linux

package main

import "golang.org/x/sys/unix"

// The system calls that exist for a program. Everything else answers EPERM, and ENOSYS
// from newest on. The lists hold what honest programs were seen to call (Python's standard
// library, threads, asyncio, mmap, temporary files, several thousand solutions of data
// sets), what the libraries beside it call at their start, and what the interpreter needs.

// newest is the first call number that no list here knows; for libraries it and later ones
// do not exist, so that they fall back on older calls and a new kernel opens no new door.
const newest = unix.SYS_CACHESTAT

var allowed = join(allowedHere, []uint32{
	// memory and threads
	unix.SYS_BRK, unix.SYS_MMAP, unix.SYS_MUNMAP, unix.SYS_MPROTECT, unix.SYS_MREMAP, unix.SYS_MADVISE, unix.SYS_MSYNC, unix.SYS_MEMBARRIER,
	unix.SYS_CLONE, unix.SYS_EXIT, unix.SYS_EXIT_GROUP, unix.SYS_FUTEX, unix.SYS_SET_ROBUST_LIST, unix.SYS_RSEQ, unix.SYS_SET_TID_ADDRESS,
	unix.SYS_SCHED_YIELD, unix.SYS_SCHED_GETAFFINITY, unix.SYS_SCHED_GETSCHEDULER, unix.SYS_SCHED_GETPARAM,
	unix.SYS_SCHED_GET_PRIORITY_MAX, unix.SYS_SCHED_GET_PRIORITY_MIN, unix.SYS_SCHED_RR_GET_INTERVAL, unix.SYS_GETPRIORITY, unix.SYS_GETCPU,
	// its own signals
	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_RT_SIGPENDING, unix.SYS_RT_SIGSUSPEND,
	unix.SYS_RT_SIGTIMEDWAIT, unix.SYS_SIGALTSTACK, unix.SYS_RESTART_SYSCALL, unix.SYS_SETITIMER, unix.SYS_GETITIMER, unix.SYS_KILL, unix.SYS_TGKILL,
	unix.SYS_WAIT4, unix.SYS_WAITID,
	// time and chance
	unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_CLOCK_GETTIME, unix.SYS_CLOCK_GETRES, unix.SYS_GETTIMEOFDAY, unix.SYS_TIMES, unix.SYS_GETRUSAGE,
	unix.SYS_TIMERFD_CREATE, unix.SYS_TIMERFD_SETTIME, unix.SYS_TIMERFD_GETTIME, unix.SYS_GETRANDOM,
	// who and where it is
	unix.SYS_GETPID, unix.SYS_GETPPID, unix.SYS_GETTID, unix.SYS_GETPGID, unix.SYS_GETSID, unix.SYS_GETUID, unix.SYS_GETEUID, unix.SYS_GETGID, unix.SYS_GETEGID,
	unix.SYS_GETRESUID, unix.SYS_GETRESGID, unix.SYS_GETGROUPS, unix.SYS_CAPGET, unix.SYS_UNAME, unix.SYS_SYSINFO, unix.SYS_GETRLIMIT, unix.SYS_PRLIMIT64, unix.SYS_UMASK,
	// files
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_READV, unix.SYS_WRITEV, unix.SYS_PREAD64, unix.SYS_PWRITE64, unix.SYS_PREADV, unix.SYS_PWRITEV, unix.SYS_PREADV2, unix.SYS_PWRITEV2,
	unix.SYS_OPENAT, unix.SYS_CLOSE, unix.SYS_CLOSE_RANGE, unix.SYS_LSEEK, unix.SYS_FSTAT, fstatat, unix.SYS_STATX, unix.SYS_STATFS, unix.SYS_FSTATFS,
	unix.SYS_FACCESSAT, unix.SYS_FACCESSAT2, unix.SYS_READLINKAT, unix.SYS_GETDENTS64, unix.SYS_GETCWD, unix.SYS_CHDIR, unix.SYS_FCHDIR,
	unix.SYS_DUP, unix.SYS_DUP3, unix.SYS_FCNTL, unix.SYS_IOCTL, unix.SYS_FSYNC, unix.SYS_FDATASYNC, unix.SYS_FADVISE64, unix.SYS_SENDFILE,
	unix.SYS_GETXATTR, unix.SYS_LGETXATTR, unix.SYS_FGETXATTR, unix.SYS_LISTXATTR, unix.SYS_LLISTXATTR, unix.SYS_FLISTXATTR,
	// waiting
	unix.SYS_PIPE2, unix.SYS_EVENTFD2, unix.SYS_SIGNALFD4, unix.SYS_PPOLL, unix.SYS_PSELECT6, unix.SYS_EPOLL_CREATE1, unix.SYS_EPOLL_CTL, unix.SYS_EPOLL_PWAIT, unix.SYS_EPOLL_PWAIT2,
	// another program in its place, which has the same walls
	unix.SYS_EXECVE,
})

// allowedInNamespaces change files, of which there are only the program's own there.
var allowedInNamespaces = join(allowedInNamespacesHere, []uint32{
	unix.SYS_TRUNCATE, unix.SYS_FTRUNCATE, unix.SYS_FALLOCATE, unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_UTIMENSAT,
	unix.SYS_LINKAT, unix.SYS_SYMLINKAT, unix.SYS_UNLINKAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_MKDIRAT,
})

// interpreters are the calls that the interpreter needs beside, to make a program's process
// and to enclose it. Each program's own filter denies them.
var interpreters = join(interpretersHere, []uint32{
	unix.SYS_UNSHARE, unix.SYS_SETNS, unix.SYS_MOUNT, unix.SYS_PIDFD_OPEN, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_CAPSET, unix.SYS_SETSID,
	unix.SYS_SOCKETPAIR, unix.SYS_GETSOCKNAME, unix.SYS_GETSOCKOPT, unix.SYS_SENDTO, unix.SYS_SENDMSG, unix.SYS_RECVFROM, unix.SYS_RECVMSG,
})

// limited are calls of which a program is answered only a part; see assembleProgram.
var limited = []uint32{unix.SYS_PRCTL, unix.SYS_SETRLIMIT}

// commands are what is allowed of calls that do many things by a number.
var commands = []struct {
	place
	values []uint32
}{
	{place{unix.SYS_FCNTL, 1}, []uint32{unix.F_DUPFD, unix.F_DUPFD_CLOEXEC, unix.F_GETFD, unix.F_SETFD, unix.F_GETFL, unix.F_SETFL, unix.F_GETPIPE_SZ}},
	{place{unix.SYS_IOCTL, 1}, []uint32{unix.TCGETS, unix.TIOCGWINSZ, fioNRead, fioNBIO, fioClEx, fioNClEx}},
}

// ioctl commands that package unix does not name: bytes to read, blocking, closed by exec.
const fioNRead, fioNBIO, fioClEx, fioNClEx = 0x541b, 0x5421, 0x5451, 0x5450

// place is an argument of a call, by its number.
type place struct {
	call     uint32
	argument int
}

// The flags of calls that open a file, and the mode in calls that ask what may be done with one.
var (
	opens    = append(opensHere, place{unix.SYS_OPENAT, 2})
	accesses = append(accessesHere, place{unix.SYS_FACCESSAT, 2}, place{unix.SYS_FACCESSAT2, 2})
)

// programPrctl are the options of prctl that a program may use: its name, and what says
// how it is confined.
var programPrctl = []uint32{unix.PR_SET_NAME, unix.PR_GET_NAME, unix.PR_GET_SECCOMP, unix.PR_CAPBSET_READ, unix.PR_GET_NO_NEW_PRIVS}

func join(lists ...[]uint32) []uint32 {
	var all []uint32
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
