# The system calls by which the interpreter makes a job's process and by which that process
# encloses itself. A process pays for each page of memory that it writes to for the first
# time, after a fork each one anew. So these calls are functions of libc, with arguments
# that are laid out once; what Python has for them touches three times as many pages.
import ctypes, os, resource, struct

libc = ctypes.PyDLL(None)  # keeps the interpreter's lock: there is one thread
errno_address = libc.__errno_location
errno_address.restype = ctypes.POINTER(ctypes.c_int)
fork, wait4, recvmsg, sendmsg, send, close_range = libc.fork, libc.wait4, libc.recvmsg, libc.sendmsg, libc.send, libc.close_range
setns, unshare, dup2, getpid, exit_now = libc.setns, libc.unshare, libc.dup2, libc.getpid, libc._exit
rewrite = libc.process_vm_writev
pidfd_open = libc.syscall  # younger than libc's name for it
PIDFD_OPEN = 434

FILES = 5  # stdin, stdout, stderr, job and results, as numbers 0, 1, 2, 4 and 5
STATUS, SELF = 30, 31  # descriptors: a job's way to report, the interpreter's own pidfd
PID, MOUNTS = 0x20000000, 0x00020000  # CLONE_NEWPID, CLONE_NEWNS
# What the judge sends, beside the files: struct rlimit of these, then the options of /tmp.
LIMITS = resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_AS
REQUEST = 16 * len(LIMITS)
ON_CLOSE_EXEC = 0x40000000  # MSG_CMSG_CLOEXEC


def pointer(buffer, offset=0):
    return ctypes.c_void_p(ctypes.addressof(buffer) + offset)


def message(data, size, files):
    """struct msghdr for data and files, and the struct cmsghdr that holds the latter."""
    vector = ctypes.create_string_buffer(struct.pack("<QQ", ctypes.addressof(data), size), 16)
    control = ctypes.create_string_buffer(struct.pack("<Qii", 16 + 4 * files, 1, 1), (16 + 4 * files + 7) // 8 * 8)  # SOL_SOCKET, SCM_RIGHTS
    fields = 0, 0, ctypes.addressof(vector), 1, ctypes.addressof(control), len(control), 0
    header = ctypes.create_string_buffer(struct.pack("<QIxxxxQQQQixxxx", *fields), 56)
    header.parts = vector, control  # they live as long
    return header


request = ctypes.create_string_buffer(REQUEST + 128)
receiving = message(request, len(request) - 1, FILES)
received = ctypes.c_size_t.from_buffer(receiving, 40)  # bytes of control: what the kernel has filled
files = [ctypes.c_int.from_buffer(receiving.parts[1], 16 + 4 * i) for i in range(FILES)]
process = ctypes.create_string_buffer(b"pid", 3)
sending = message(process, 3, 1)
handle = ctypes.c_int.from_buffer(sending.parts[1], 16)
end = ctypes.create_string_buffer(b"end ", 8 + 144)  # then the status and struct rusage
RECEIVE = pointer(receiving), ON_CLOSE_EXEC
SEND = pointer(sending), 0
WAIT = pointer(end, 4), 0, pointer(end, 8)
END = pointer(end), ctypes.c_size_t(len(end)), 0


def check(result, what):
    if result < 0:
        number = errno_address()[0]
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def enclosing(wall, filter_code):
    """What makes a process a job's, as function, arguments and name: its own files, mounts, limits and no privileges."""
    steps = [(libc.setsid, (), "setsid")]  # else a signal to the process group reaches the interpreter
    if wall == "landlock":
        steps.append((libc.prctl, (1, 9, 0, 0, 0), "parent death signal"))
    steps += [(dup2, (f, target), "dup2") for f, target in zip(files, (0, 1, 2, 4, 5))]
    steps += [(close_range, (first, last, 0), "close_range") for first, last in ((3, 3), (6, STATUS - 1), (STATUS + 1, 63))]
    if wall != "landlock":
        steps += [(unshare, (MOUNTS,), "unshare mounts"), (libc.mount, (b"tmpfs", b"/tmp", b"tmpfs", 6, pointer(request, REQUEST)), "mount /tmp"), (libc.chdir, (b"/tmp",), "enter /tmp")]
    steps.append((libc.capset, (struct.pack("<Ii", 0x20080522, 0), bytes(24)), "drop capabilities"))
    steps += [(libc.setrlimit, (which, pointer(request, 16 * i)), f"limit {which}") for i, which in enumerate(LIMITS)]
    program = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(filter_code) // 8, ctypes.addressof(filter_code)), 16)
    steps.append((libc.prctl, (22, 2, program, 0, 0), "seccomp"))
    return steps
