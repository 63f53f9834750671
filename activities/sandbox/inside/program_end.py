# The program's end of the conversation with its tests: it does what it is asked for.
import importlib
from time import monotonic


class ProgramEnd(Peer):
    trusts, tested, expected_kinds = True, (), ()  # what it does with the tests' objects is its own affair

    def __init__(self, line):
        super().__init__()
        self.line, self.called, self.lock = line, set(), threading.RLock()
        self.module, self.given = {}, {}  # the program's names and values, and those that the tests know

    def serve(self, module):
        """Answers one question after the other."""
        self.module = module
        while True:
            kind, _, text = self.line.read().partition(b" ")
            if kind == b"ask":
                self.answer(text)
            elif kind == b"batch":
                self.answer_batch(text)

    def answer(self, text):
        operation, gone, new, operands, streams = json.loads(text)
        try:
            self.forget(gone)
            self.change(new)
            operands = self.values(operands)
            if operation == "names":
                value = self.given = {n: self.module[n] for n in operands if n in self.module}
            elif operation == "call":
                if isinstance(operands[0], type):
                    self.called.add(operands[0])
                value = self.redirected(self.value(streams), *operands)
            else:
                value = OPERATIONS[operation](*operands)
            text = self.message(value)
        except BaseException as e:
            return self.line.emit("raised", self.raised(e))
        self.line.emit("answer", text)

    def message(self, value):
        """A value with what has changed of what the tests know."""
        new = {n: self.module[n] for n, v in self.given.items() if n in self.module and self.module[n] is not v}
        self.given = self.given | new
        return encoder.encode([self.changes(), self.tree(value)] + [[[n, self.tree(v)] for n, v in new.items()]] * bool(new))

    def redirected(self, streams, f, arguments, named):
        """Calls a function with standard streams, and functions on them, that the tests have put in place."""
        if not streams:
            return f(*arguments, **named)
        before = {n: getattr(holder(n), n) for n in streams}
        for n, v in streams.items():
            setattr(holder(n), n, v)
        try:
            return f(*arguments, **named)
        finally:
            for n, v in before.items():
                setattr(holder(n), n, v)

    def raised(self, e):
        try:
            return self.message(e)
        except BaseException as other:
            return encoder.encode([[], self.tree(RuntimeError(f"{describe(e)} ({describe(other)})"))])

    def answer_batch(self, text):
        """Makes calls that depend on nothing in between, until one raises or returns more than plain data."""
        done, since = [], monotonic()
        for number, arguments, named in json.loads(text):
            try:
                end = ProgramEnd(self.line)  # what comes is held by nobody else
                f = self.kept[number]
                if isinstance(f, type):
                    self.called.add(f)
                value = f(*end.values(arguments), **end.value(named))
                end = ProgramEnd(self.line)
                end.called = self.called
                tree = encoder.encode(end.tree(value))
            except BaseException as e:
                return self.line.emit("raised", f"[[{','.join(done)}],{self.raised(e)}]")
            if end.kept:
                return self.line.emit("answer", f"[[{','.join(done)}],{self.message(value)}]")
            done.append(tree)
            if len(tree) > 1 << 13 or monotonic() - since > 0.005:  # the judge measures each by what it hears
                self.line.emit("items", f"[[{','.join(done)}],null]")
                done, since = [], monotonic()
        self.line.emit("answer", f"[[{','.join(done)}],null]")

    def ask(self, operation, *operands):
        """Asks the tests for something of an object of theirs."""
        with self.lock:
            self.line.emit("back", encoder.encode([operation, self.changes(), self.trees(operands)]))
            while True:
                kind, _, text = self.line.read().partition(b" ")
                if kind == b"ask":  # on the way to the answer
                    self.answer(text)
                    continue
                gone, new, value = json.loads(text)
                self.forget(gone)
                self.change(new)
                value = self.value(value)
                if kind == b"threw":
                    raise value
                return value

    # How the tests may know an object

    def refer(self, v):
        kind = type(v)
        if isinstance(v, BaseException):
            attributes = [(n, x) for n, x in v.__dict__.items() if n[:1] != "_"]
            if id(v) not in self.numbers:  # else it may be its own cause
                number, cause = self.keep(v), self.tree(v.__cause__)
            else:
                number, cause = self.keep(v), None
            return {"t": "exception", "v": [number, self.tree(kind), self.trees(BaseException.args.__get__(v)), self.trees(attributes), text_of(v), cause]}
        if isinstance(v, type) and issubclass(v, BaseException):
            return {"t": "class", "v": [self.keep(v), v.__name__, self.trees([b for b in v.__bases__ if issubclass(b, BaseException)]), v.__module__]}
        if isinstance(v, (int, float, str, bytes, tuple, frozenset)) and not isinstance(v, bool):
            fields = list(kind._fields) if is_named_tuple(v) else []
            return {"t": "based", "v": [self.tree(plain_of(v)), self.keep(v), self.class_number(kind), fields]}
        base = next((tag for tag in ("list", "set", "dict", "deque") if isinstance(v, MUTABLE[tag])), "")
        if base and kind not in self.called and id(v) not in self.numbers:
            return self.tree(plain_of(v))
        return {"t": "ref", "v": [self.keep(v), self.class_number(kind), "coroutine" if inspect.iscoroutine(v) else base]}

    def class_number(self, kind):
        return self.keep(kind) if kind.__module__ not in sys.stdlib_module_names else -1

    def value_imported(self, v):
        module, path = v
        importlib.import_module(module)
        return imported(module, path)


def holder(name):
    return sys if name.startswith("std") else builtins


def text_of(e):
    try:
        return str(e)
    except BaseException:
        return ""


def run_remote(line, program):
    try:
        module = load(program, "solution")
    except BaseException as e:
        line.emit("fail", describe(e))
        posix._exit(1)
    line.emit("loaded")
    ProgramEnd(line).serve(module.__dict__)
