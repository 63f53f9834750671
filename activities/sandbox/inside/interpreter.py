# The warm interpreter of a cell: it forks one process per job and waits for it. It reads
# nothing of a job but its limits, so that no job finds a trace of the one before it, and
# it does the same work for each, so that each finds the same memory.
import ctypes, os, random, resource, signal, socket, struct, traceback

# modules that programs often import: those they find loaded
import abc, array, bisect, calendar, cmath, contextlib, copy, dataclasses, enum, functools, heapq, io, itertools, math, numbers
import operator, queue, re, statistics, string, textwrap, types, typing

PID, MOUNTS = 0x20000000, 0x00020000  # CLONE_NEWPID, CLONE_NEWNS
OWN_PID = struct.pack("<I", 0x5e1f91d0)  # stands in the filter for the process's own pid
STATUS, SELF = 30, 31  # descriptors: a job's way to report, the interpreter's own pidfd
HEADER = struct.Struct("<QQQQQ")  # CPU seconds, memory, disk, threads, nanoseconds of credit for a page fault
if sys.version_info < (3, 10):
    sys.exit(f"Python 3.10 or newer is needed, this is {sys.version.split()[0]}")
wall, filter_code = sys.argv[-2], ctypes.create_string_buffer(bytes.fromhex(sys.argv[-1]))

# What a job's process does before its program, looked up and laid out once: it pays for
# each page of memory that it touches.
from posix import _exit, chdir, closerange, dup2, getpid, getppid, setsid, write
from resource import setrlimit
libc = ctypes.CDLL(None, use_errno=True)
capset, mount, prctl, setns, unshare = libc.capset, libc.mount, libc.prctl, libc.setns, libc.unshare
LIMITS = resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_AS
nothing = struct.pack("<Ii", 0x20080522, 0), bytes(24)
own_pid = [at for at in range(0, len(filter_code) - 1, 4) if filter_code[at : at + 4] == OWN_PID]
filter_program = struct.pack("<HxxxxxxQ", len(filter_code) // 8, ctypes.addressof(filter_code))


def check(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def enclose(files, cpu, memory, disk, threads):
    """Makes this process a job's: its own files, mounts, limits and no privileges."""
    setsid()  # else a signal to the process group reaches the interpreter
    if wall == "landlock":
        check(prctl(1, 9, 0, 0, 0), "parent death signal")
        if getppid() != interpreter:  # it died before this process was tied to it
            _exit(125)
        for at in own_pid:
            filter_code[at : at + 4] = getpid().to_bytes(4, "little")
    for target, f in zip((0, 1, 2, 4, 5), files):
        dup2(f, target)
    closerange(3, 4)
    closerange(6, STATUS)
    closerange(STATUS + 1, 64)
    if wall != "landlock":
        check(unshare(MOUNTS), "unshare mounts")
        check(mount(b"tmpfs", b"/tmp", b"tmpfs", 6, b"mode=1777,nr_inodes=1024,size=%d" % disk), "mount /tmp")
        chdir("/tmp")
    check(capset(*nothing), "drop capabilities")
    for which, value in zip(LIMITS, (cpu, disk, threads, memory)):
        setrlimit(which, (value, value))
    check(prctl(22, 2, filter_program, 0, 0), "seccomp")


def serve_job(files, limits):
    """The life of a job's process, from its fork to its end."""
    try:
        dup2(4, STATUS)
        *limits, credit = limits
        enclose(files, *limits)
        line = Line()
        write(STATUS, b"R")
    except BaseException as e:
        write(STATUS, b"fault " + describe(e).encode())
        _exit(125)
    closerange(STATUS, STATUS + 1)
    gc.enable()
    job = marshal.loads(line.read())
    line.nonce, kind, *rest = job
    del job
    if kind == "script":
        os.close(4)
    line.emit("ready", str(cpu_nanoseconds(credit)))
    if kind == "script":
        run_script(line, *rest)
    if kind == "calls":
        run_calls(line, *rest)
    if kind == "remote":
        run_remote(line, *rest)
    if kind == "tests":
        run_tests(line)
    os._exit(125)


def serve(judge, job):
    """Takes one request and sees its process to the end. False if the judge is gone."""
    header, files, _, _ = socket.recv_fds(judge, HEADER.size, 5)
    if len(header) != HEADER.size or len(files) != 5:
        return False
    if wall != "landlock":
        # the next child, and it alone, begins a pid namespace
        check(setns(SELF, PID), "setns")
        check(unshare(PID), "unshare processes")
    limits = HEADER.unpack(header)
    gc.collect()
    pid = os.fork()
    if pid == 0:
        job(files, limits)
    for f in files:
        os.close(f)
    handle = os.pidfd_open(pid)
    socket.send_fds(judge, [b"pid"], [handle])
    os.close(handle)
    _, status, usage = os.wait4(pid, 0)
    end, number = ("signal", os.WTERMSIG(status)) if os.WIFSIGNALED(status) else ("exit", os.WEXITSTATUS(status))
    judge.send(b"%s %d %d %d %d" % (end.encode(), number, (usage.ru_utime + usage.ru_stime) * 1e9, usage.ru_minflt, usage.ru_maxrss))
    return True


def rehearse():
    """A few requests of its own: what is done for the first time only is done."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for _ in range(3):
        socket.send_fds(ours, [HEADER.pack(1, 1 << 30, 1 << 25, 17, 0)], [0, 0, 0, 0, 0])
        serve(theirs, lambda *_: os._exit(0))
        for _ in "pid", "exit":
            for f in socket.recv_fds(ours, 64, 1)[1]:
                os.close(f)
    ours.close()
    theirs.close()


sys.path[:] = [p for p in sys.path if p]  # nothing of the working directory
sys.argv[:] = ["program.py"]
os.environ.clear()
interpreter = os.getpid()
me = os.pidfd_open(interpreter)
os.dup2(me, SELF, inheritable=False)
os.close(me)
judge = socket.socket(fileno=4)
gc.disable()
random.seed(0)  # a program that draws numbers draws the same ones each time
os.register_at_fork = register_at_fork
rehearse()
furnish()
provide_packages()
remember_streams()
copy_constants_at_fork(libc)
gc.collect()
gc.freeze()
judge.send(b"warm " + sys.version.split()[0].encode())
while serve(judge, serve_job):
    pass
