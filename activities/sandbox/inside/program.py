# The judged program and what runs it. A job is marshal [NONCE, KIND, PROGRAM, ...]; results
# go to descriptor 5, one line each: NONCE KIND TEXT.
import atexit, builtins, gc, itertools, marshal, posix, resource, sys, threading
from _thread import _count
from time import process_time_ns

# CPU nanoseconds after which calls wait for the judge: so much of one test may be taken
# for the next one's.
UNSEEN = 20_000_000


class Line:
    """The way back to the judge, and for some jobs the way in."""

    def __init__(self):
        self.nonce, self.rest, self.write, self.seen = "", b"", posix.write, 0

    def read(self):
        """The next message on descriptor 4: a length of four bytes, then that many."""
        message = self.rest or posix.read(4, 1 << 16)
        end = 4 + int.from_bytes(message[:4], "little")
        if end <= len(message):
            self.rest = message[end:]
            return message[4:end]
        chunks, missing = [message[4:]], end - len(message)
        while missing > 0:
            chunk = posix.read(4, min(missing, 1 << 20))
            if not chunk:
                posix._exit(0)  # the judge has closed: nothing more to do
            chunks.append(chunk)
            missing -= len(chunk)
        return b"".join(chunks)

    def emit(self, kind, text=""):
        line = f"{self.nonce} {kind} {text}\n".encode("utf-8", "backslashreplace")
        while line:
            line = line[self.write(5, line):]

    def settle(self):
        """Waits until the judge has looked at this process's clock, if there is something to
        see: it looks when it hears of a test's end, and by then the next one has begun."""
        if process_time_ns() - self.seen > UNSEEN:
            self.emit("clock")
            self.read()
            self.seen = process_time_ns()


def describe(e):
    try:
        text = f"{type(e).__name__}: {e}" if str(e) else type(e).__name__
    except BaseException:
        text = type(e).__name__
    return text[:300].replace("\n", " ").replace("\r", " ")


ESCAPES = {i: f"\\u{i:04x}" for i in range(32)} | {34: '\\"', 92: "\\\\"}


def encode(v):
    """A function's result as JSON: what it is, where its class does not say that it is something else."""
    if v is None:
        return "null"
    if v is True:
        return "true"
    if v is False:
        return "false"
    if isinstance(v, str):
        return '"' + str.translate(v, ESCAPES) + '"'
    if isinstance(v, int):
        return int.__repr__(v)
    if isinstance(v, float):
        if float.__sub__(v, v) != 0:
            raise ValueError(f"returned {float.__repr__(v)}, which JSON does not have")
        return float.__repr__(v)
    for kind in list, tuple:
        if isinstance(v, kind):
            honest(v, kind, [*map(id, kind.__iter__(v))], lambda: [*map(id, v)])
            return "[" + ",".join([encode(x) for x in kind.__iter__(v)]) + "]"
    if isinstance(v, dict):
        honest(v, dict, {id(k): id(x) for k, x in dict.items(v)}, lambda: {id(k): id(x) for k, x in v.items()})
        return "{" + ",".join([key(k) + ":" + encode(x) for k, x in dict.items(v)]) + "}"
    if type(v).__module__ == "numpy" and hasattr(v, "tolist"):  # its numbers and arrays
        return encode(v.tolist())
    raise TypeError(f"returned a value of type {type(v).__name__}, which JSON does not have")


def honest(v, kind, held, said):
    if type(v) is not kind and held != said():
        raise TypeError(f"returned a {kind.__name__} of class {type(v).__name__}, which does not hold what it gives out")


def key(k):
    if isinstance(k, str):
        return encode(k)
    if isinstance(k, int) and not isinstance(k, bool):
        return '"' + int.__repr__(k) + '"'
    raise TypeError(f"returned a dict with a key of type {type(k).__name__}, want str or int")


def load(program, name):
    """Runs the program's text as module name."""
    module = type(sys)(name)
    module.__dict__.update(__builtins__=builtins, __file__="program.py")
    sys.modules[name] = module
    exec(compile(program, "program.py", "exec", dont_inherit=True), module.__dict__)
    return module


def run_script(line, program):
    code, name = 0, "__main__"
    try:
        load(program, name)
    except SystemExit as e:
        code = e.code
        if code is None:
            code = 0
        elif not isinstance(code, int):
            print(code, file=sys.stderr)
            code = 1
    except BaseException as e:
        sys.excepthook(type(e), e, e.__traceback__)
        code = 1
    # what the interpreter does at its end, without taking itself apart
    for last in (_count, atexit._run_exitfuncs, sys.modules[name].__dict__.clear, gc.collect):
        try:
            if last() and last is _count:  # there are threads
                threading._shutdown()
        except BaseException as e:
            sys.excepthook(type(e), e, e.__traceback__)
    for stream in (sys.stdout, sys.__stdout__, sys.stderr, sys.__stderr__):
        try:
            stream.flush()
        except BaseException:
            pass
    posix._exit(code & 255)


def find(module, path):
    """The function that a path names; a method of class Solution (LeetCode's way) gets an instance per call."""
    first, _, method = path.partition(".")
    f, solution = module.__dict__.get(first), module.__dict__.get("Solution")
    if f is None and not method and isinstance(solution, type) and hasattr(solution, first):
        f, method = solution, first
    if method and isinstance(f, type):
        return lambda *arguments: getattr(f(), method)(*arguments)
    if not callable(f):
        raise NameError(f"the program defines no function {path}")
    return f


def run_calls(line, program, function, calls, nodes):
    emit = line.emit
    try:
        module = load(program, "solution")
        f = find(module, function)
        if nodes := nodes or annotated_nodes(module, function):
            f = with_nodes(f, module, *nodes)
    except BaseException as e:
        emit("fail", describe(e))
        posix._exit(1)
    emit("loaded")
    line.settle()
    for arguments in calls:
        kind = "value"
        try:
            value = f(*arguments)
            if value is None and arguments and isinstance(arguments[0], (list, dict)):
                kind, value = "nothing", arguments[0]  # it may have been changed in place
            value = encode(value)
        except BaseException as e:
            emit("error", describe(e))
            posix._exit(1)
        emit(kind, value)
        line.settle()
    posix._exit(0)
