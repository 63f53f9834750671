# The warm interpreter of a cell: it forks one process per job and waits for it. It reads
# nothing of a job but its limits, so that no job finds a trace of the one before it, and
# it does the same work for each, so that each finds the same memory.
import _socket, ctypes, os, random, resource, signal, socket, struct, traceback

# modules that programs often import: those they find loaded
import abc, array, bisect, calendar, cmath, contextlib, copy, dataclasses, enum, functools, heapq, io, itertools, math, numbers
import operator, queue, re, statistics, string, textwrap, types, typing

OWN_PID = struct.pack("<I", 0x5e1f91d0)  # stands in the filter for the process's own pid
if sys.version_info < (3, 10):
    sys.exit(f"Python 3.10 or newer is needed, this is {sys.version.split()[0]}")
wall, filter_code = sys.argv[-2], ctypes.create_string_buffer(bytes.fromhex(sys.argv[-1]))
own_pid = [ctypes.c_int.from_buffer(filter_code, at) for at in range(0, len(filter_code) - 1, 4) if filter_code[at : at + 4] == OWN_PID]
steps = enclosing(wall, filter_code)
job_pages, own_pages = Pages(), Pages()


def enclose():
    if wall == "landlock":
        pid = getpid()
        for place in own_pid:
            place.value = pid
    for function, arguments, name in steps:
        check(function(*arguments), name)
    if wall == "landlock" and posix.getppid() != interpreter:  # it died before this process was tied to it
        exit_now(125)


def serve_job():
    """The life of a job's process, from its fork to its end."""
    try:
        check(dup2(4, STATUS), "dup2")
        enclose()
        line = Line()
        posix.write(STATUS, b"R")
    except BaseException as e:
        posix.write(STATUS, b"fault " + describe(e).encode())
        exit_now(125)
    close_range(STATUS, STATUS, 0)
    gc.enable()
    job = marshal.loads(line.read())
    line.nonce, kind, *rest = job
    del job
    if kind == "script":
        close_range(4, 4, 0)
    line.emit("ready")
    if kind == "script":
        run_script(line, *rest)
    if kind == "calls":
        run_calls(line, *rest)
    if kind == "remote":
        run_remote(line, *rest)
    if kind == "tests":
        run_tests(line)
    exit_now(125)


def serve(judge, job):
    """Takes one request and sees its process to the end. False if the judge is gone."""
    received.value = 16 + 4 * FILES
    if recvmsg(judge, *RECEIVE) <= REQUEST or received.value < 16 + 4 * FILES:
        return False
    if wall != "landlock":
        # the next child, and it alone, begins a pid namespace
        check(setns(SELF, PID), "setns")
        check(unshare(PID), "unshare processes")
    pid = check(fork(), "fork")
    pages = own_pages if pid else job_pages
    rewrite(getpid(), pages.vector, pages.number, pages.vector, pages.number, 0)
    if pid == 0:
        job()
    for f in files:
        close_range(f, f, 0)
    handle.value = check(pidfd_open(PIDFD_OPEN, pid, 0), "pidfd_open")
    check(sendmsg(judge, *SEND), "send handle")
    close_range(handle, handle, 0)
    check(wait4(pid, *WAIT), "wait")
    check(send(judge, *END), "send end")
    return True


def filled(text):
    """A pipe from which a text can be read."""
    r, w = os.pipe()
    os.write(w, text)
    os.close(w)
    return r


def rehearse(job, example=(), candidates=()):
    """A request of its own, for which it serves job. What is done for the first time only is
    done then. Returns what the example, which is sent to the process, has written to its
    results, and which of the candidate pages this process has written to."""
    ours, theirs = _socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    taken, take = os.pipe()
    text = marshal.dumps(["", *example])
    job_file, stdin = filled(len(text).to_bytes(4, "little") + text), filled(b"1\n")
    same = b"".join([struct.pack("<qq", *resource.getrlimit(which)) for which in LIMITS])
    socket.send_fds(ours, [same + b"size=4k\0"], [stdin, take, take, job_file, take])
    saved = os.dup(4)
    os.dup2(theirs.fileno(), 4)
    serve(4, job)
    own = written_pages(candidates)
    os.dup2(saved, 4)
    theirs.close()
    while message := socket.recv_fds(ours, len(end), 1):
        for f in message[1]:
            os.close(f)
        if message[0][:3].lower() == b"end":
            break
    ours.close()
    os.close(take)
    with open(taken, "rb") as results:
        text = results.read()
    for f in saved, job_file, stdin:
        os.close(f)
    return text, own


EXAMPLES = ("script", "print(int(input()) + 1)"), ("calls", "def f(x): return x + 1\n", "f", [[1]], None)


def look_at_pages():
    """Finds out which pages jobs write to, and which ones this process does for each, and
    has them copied at once from now on where that is cheaper. False if no job runs."""
    candidates = writable_pages()

    def looked_at():
        def leave(_):
            posix.write(5, b"pages " + marshal.dumps(written_pages(candidates)))
            exit_now(0)

        posix._exit = leave
        del steps[-1]  # the filter, which denies the call that finds them
        serve_job()

    theirs, own = set(), set()
    for example in EXAMPLES:
        text, written = rehearse(looked_at, example, candidates)
        _, found, pages = text.rpartition(b"pages ")
        if not found:
            return False  # what does not work will not work for the first job either, and there it is told
        theirs |= set(marshal.loads(pages))
        own |= set(written)
    one_by_one = min(cost() for _ in range(3))
    job_pages.set(sorted(theirs))
    own_pages.set(sorted(own))
    if min(cost() for _ in range(3)) > one_by_one:
        job_pages.set([])
        own_pages.set([])
    return True


def cost():
    """CPU seconds of a job, this process's own included."""

    def used():
        return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))

    before = used()
    rehearse(serve_job, EXAMPLES[0])
    return used() - before


sys.path[:] = [p for p in sys.path if p]  # nothing of the working directory
sys.argv[:] = ["program.py"]
os.environ.clear()
interpreter = os.getpid()
me = os.pidfd_open(interpreter)
os.dup2(me, SELF, inheritable=False)
os.close(me)
gc.disable()
random.seed(0)  # a program that draws numbers draws the same ones each time
os.register_at_fork = register_at_fork
for _ in range(3):
    rehearse(lambda: exit_now(0))
furnish()
provide_packages()
remember_streams()
copy_constants_at_fork()
gc.collect()
gc.freeze()
seen = look_at_pages()
gc.collect()
gc.freeze()
posix.write(4, b"warm " + sys.version.split()[0].encode())
while serve(4, serve_job):
    pass
