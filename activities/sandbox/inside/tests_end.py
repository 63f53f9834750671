# The tests' end of the conversation: it asks, and lets the program use what the tests hand
# it and nothing beyond. That the program is untrusted is decided here.
import types


class Broken(BaseException):
    """A fault of the tests, for which there is no verdict."""


class Gone(BaseException):
    """The program is at its end and answers no more."""


class Control(BaseException):
    """The program raised what would end a loop or a process of the tests, or said what it must not."""


CALLED = (types.FunctionType, types.MethodType, types.BuiltinMethodType, functools.partial)  # their only use is to be called
ITERATED = (types.GeneratorType, map, filter, zip, enumerate, reversed, type(iter([])), type(iter(())), type(iter({})), type(iter("")), type(iter(range(0))))
# Modules whose objects may be used by their public attributes.
OPEN = {"tests", "_io", "re", "unittest.mock", "random", "pathlib", "uuid", "collections", "array", "itertools", "string"}
# What can be asked of a function of the tests.
OF_FUNCTIONS = {"call", "eq", "ne", "hash", "bool", "repr", "str", "parameters"}
STREAMS_OF_TESTS = "stdin", "stdout", "input", "print"


class TestsEnd(Peer):
    trusts = False

    def __init__(self, line):
        super().__init__()
        self.line, self.serving = line, 0
        self.tested = set()  # numbers of classes that the tests show to be what they test
        self.expected_kinds = set()  # ... of those whose objects they expect or make too, and of functions that make such
        self.module, self.names = {}, {}  # of the tests, and what the program has given for them
        self.expected = set()  # names of exceptions that the tests expect
        self.lost = []  # objects that the tests made and the program has returned
        self.over = ""  # why no more can be asked
        self.raised = None  # the last exception of the program
        self.batch = None  # calls whose answers are on their way: see batch.py

    def ask(self, operation, *operands):
        if self.over:
            raise Control(self.over)
        if self.batch is not None:
            self.batch.finish()
        self.touched = True
        request = [operation, self.unused(), self.changes(), self.trees(operands)]
        request.append(self.tree(self.streams()) if operation == "call" else None)
        self.line.emit("ask", encoder.encode(request))
        kind, text = self.next_message()
        return self.received(kind, self.read(lambda: json.loads(text)), operation, operands)

    def next_message(self):
        """The program's next word that is no question."""
        while True:
            kind, _, text = self.line.read().partition(b" ")
            if kind == b"gone":
                raise Gone
            if kind != b"back":
                return kind, text
            self.serve(text)

    def received(self, kind, message, operation, operands):
        """The value that a message brings. An exception is raised."""
        value = self.read(lambda: self.values_after_changes(*message))
        if kind == b"raised":
            raise self.judged(value, operation, operands)
        return value

    def values_after_changes(self, new, value, names=()):
        self.change(new)
        value = self.value(value)
        for name, tree in names:  # variables of the program that have changed
            if name in self.names:
                v = self.value(tree)
                if self.module.get(name) is self.names[name]:  # and is not the tests' own by now
                    self.module[name] = v
                self.names[name] = v
        return value

    def read(self, act):
        """What of the program's may be anything: what cannot be read ends the tests."""
        try:
            return act()
        except MemoryError:
            raise
        except Exception as e:
            raise self.stop("what the program answered cannot be read: " + describe(e))

    def stop(self, why):
        self.over = why
        return Control(why)

    def judged(self, e, operation, operands):
        """What the tests get of an exception of the program. StopIteration and others that would
        silently end a loop of theirs are for those that ask for the next item."""
        self.raised = e
        stops = isinstance(e, (StopIteration, StopAsyncIteration))
        asked = operation in ("next", "anext") or operation == "call" and far_of(operands[0]).name in ("__next__", "send", "throw")
        if asked if stops else isinstance(e, Exception) or type(e).__name__ in self.expected:
            return e
        return self.stop(describe(e))

    def value_ref(self, v):
        """An object of the program. One that the tests have made is, where the program returns it, a
        result like others, or what solves a problem could return itself and agree."""
        known = super().value_ref(v)
        if type(known) is Remote and known._far_.own:
            known._far_.own = False
            self.lost.append(known._far_)
        return known

    def thrown_away(self, lost, result):
        """After a statement of the tests that is a method's call alone: nobody looks at what it returned."""
        for far in self.lost[lost:]:
            far.own = True
        del self.lost[lost:]

    def streams(self):
        """Standard streams, and functions on them, that the tests have replaced."""
        now = {n: getattr(holder(n), n) for n in STREAMS_OF_TESTS}
        return {n: v for n, v in now.items() if v is not ORIGINAL[n]}

    # What the program asks

    def serve(self, text):
        operation, new, operands = json.loads(text)
        self.serving += 1
        try:
            self.change(new)
            operands = self.values(operands)
            self.permit(operation, *operands)
            kind, value = "reply", (take if operation == "take" else OPERATIONS[operation])(*operands)
        except (Broken, Gone, Control):
            raise
        except BaseException as e:
            kind, value = "threw", e
        finally:
            self.serving -= 1
        try:
            answer = encoder.encode([self.unused(), self.changes(), self.tree(value)])
        except Exception as e:
            kind, answer = "threw", encoder.encode([[], [], self.tree(TypeError(describe(e)))])
        self.line.emit(kind, answer)

    def permit(self, operation, v, *operands):
        """Raises if the program may not do this to an object of the tests."""
        name = operands[0] if operation in ("get", "set", "delete") else ""
        if id(v) not in self.numbers or operation == "await":
            raise TypeError("no such object")
        if isinstance(v, CALLED):
            allowed = operation in OF_FUNCTIONS or operation == "get" and name in ("__name__", "__doc__")
        elif isinstance(v, ITERATED):
            allowed = operation in ("iter", "next", "take", "bool", "eq", "ne", "hash")
        else:
            allowed = name[:1] != "_" or name == "__name__" or type(v).__module__ == "tests" and name[:2] != "__"
            allowed = allowed and (operation in ("get", "call") or not isinstance(v, type) or operation not in ("set", "delete"))
        if not allowed:
            raise AttributeError(f"{type(v).__name__!r} object of the tests has no attribute {name!r} for the program")

    # How the program may know an object

    def refer(self, v):
        kind = type(v)
        if isinstance(v, BaseException):
            return {"t": "exception", "v": [self.keep(v), self.tree(kind), self.trees(v.args), [], str(v), None]}
        if isinstance(v, type) and issubclass(v, BaseException):
            return {"t": "class", "v": [self.keep(v), v.__name__, self.trees([b for b in v.__bases__ if issubclass(b, BaseException)]), v.__module__]}
        if kind.__bases__ == (tuple,) and is_named_tuple(v):
            return {"t": "named", "v": [kind.__name__, list(kind._fields), self.trees(tuple(v))]}
        module, path = getattr(v, "__module__", None) or "builtins", getattr(v, "__qualname__", "")
        if isinstance(module, str) and isinstance(path, str) and path and imported(module, path) is v:
            return {"t": "imported", "v": [module, path]}
        if isinstance(v, (int, float, str, bytes, tuple, frozenset, list, set, dict, deque)):
            return self.tree(plain_of(v))
        owner = v if isinstance(v, type) else kind
        if isinstance(v, CALLED + ITERATED) and not isinstance(getattr(v, "__self__", None), types.ModuleType) or owner.__module__ in OPEN or kind is object:
            return {"t": "ref", "v": [self.keep(v), -1, ""]}
        # what the program has returned may make values of many types
        fault = TypeError if self.strange or self.serving else Broken
        raise fault(f"they pass the program a value of type {kind.__name__}, which cannot be sent")

    def value_imported(self, v):
        raise ValueError("not for the program to say")


ORIGINAL = {}


def remember_streams():
    """Before any tests: what they may replace."""
    ORIGINAL.update((n, getattr(holder(n), n)) for n in STREAMS_OF_TESTS)
