# What programs find beside the bare interpreter: names that contest sites provide, and
# ways to what a wall has taken away. It is there before the first job.
import builtins, io, os, socket, sys

builtins.exit = builtins.quit = sys.exit  # of the site module
PRISTINE = dict(vars(builtins))  # for tests, which find Python as it is
globals().update({n: v for n, v in PRISTINE.items() if n[0] != "_"})  # for the judge's own part, whatever a program does to the built-in ones
PROVIDED = "string re datetime collections heapq bisect copy math random statistics itertools functools operator io sys json typing"
STREAMS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2} | {f"{d}/{n}": n for n in range(3) for d in ("/dev/fd", "/proc/self/fd")}


def provide_names():
    """Names that programs for LeetCode and LiveCodeBench need not import; Python's own come first."""
    names = {}
    for name in PROVIDED.split():
        module = __import__(name)
        names |= {n: getattr(module, n) for n in getattr(module, "__all__", dir(module)) if not n.startswith("_")}
        names[name] = module
    vars(builtins).update(names | PRISTINE)


def open_streams(plain_open=io.open):
    """Makes open know the standard streams by their paths: there is no /proc that these lead to."""

    def open(file, mode="r", *arguments, **options):
        if isinstance(file, (str, os.PathLike)) and (stream := STREAMS.get(os.fspath(file))) is not None:
            file = os.dup(stream)
        return plain_open(file, mode, *arguments, **options)

    io.open = builtins.open = open


class PipeEnd:
    """What asyncio needs of a socket that wakes its loop."""

    def __init__(self, descriptor):
        self.descriptor = descriptor

    def fileno(self):
        return self.descriptor

    def setblocking(self, blocking):
        os.set_blocking(self.descriptor, blocking)

    def recv(self, size):
        return os.read(self.descriptor, size)

    def send(self, data):
        return os.write(self.descriptor, data)

    def close(self):
        os.close(self.descriptor)


def seekable_stdin():
    """Standard input as it is where a file is redirected to it: what a stream can do it learns when it is made."""
    file = os.open(os.__file__, os.O_RDONLY)
    os.dup2(file, 0)
    os.close(file)
    raw = io.FileIO(0)
    raw.name = "<stdin>"
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BufferedReader(raw), "utf-8", "surrogateescape")
    sys.stdin.mode = "r"


def furnish():
    # what LiveCodeBench's harness sets, and integers of any length as text
    sys.setrecursionlimit(50000)
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)
    provide_names()
    open_streams()
    seekable_stdin()
    socket.socketpair = lambda *_: tuple(map(PipeEnd, os.pipe()))  # a filter denies sockets
