# Tests that are Python statements. They run here, in a process that holds no untrusted
# code; the program runs in another one, and its functions are called from here through
# the judge. So expected values never come near the program, and nothing that it patches,
# overrides or prints takes part in a comparison. Since it holds no untrusted code, one
# process serves many jobs, unless tests do what could matter to those after them.
import ast, builtins, json, marshal, posix, resource, symtable, sys

# Names that tests commonly use without importing them, where they come from.
USUAL = {name: module for module, names in {
    "collections": "Counter OrderedDict defaultdict deque namedtuple", "decimal": "Decimal", "fractions": "Fraction",
    "datetime": "date datetime timedelta", "typing": "Any Dict List Optional Set Tuple Union",
    "math": "ceil comb cos exp factorial floor gcd inf isclose isinf isnan log nan pi sin sqrt tan",
    "functools": "reduce", "itertools": "chain combinations permutations product", "copy": "deepcopy",
}.items() for name in names.split()}


def free_names(source):
    """The names that a source loads and does not bind itself."""
    loaded, bound = set(), set()

    def walk(table):
        for s in table.get_symbols():
            top = table.get_type() == "module"
            if top and (s.is_assigned() or s.is_imported()) or s.is_global() and s.is_assigned():
                bound.add(s.get_name())
            if s.is_referenced() and (top or s.is_global()):
                loaded.add(s.get_name())
        for child in table.get_children():
            walk(child)

    walk(symtable.symtable(source, "tests", "exec"))
    return loaded - bound


def bases(source):
    """Names that a source uses only as NAME.attribute."""
    names, others = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names.add(node.value.id)
            node.value.id = ""
        elif isinstance(node, ast.Name):
            others.add(node.id)
    return names - others


def share(source):
    """Which free names of the tests are the program's; the rest is the tests' own. A program
    that defines set, len or isclose anew must not come to compare its own results."""
    free = free_names(source)
    modules = {n for n in free if n in sys.stdlib_module_names} & bases(source)
    free -= modules
    usual, built = {n for n in free if n in USUAL}, {n for n in free if n in PRISTINE}
    for theirs in (free - usual - built, usual - built, built):
        if theirs:
            break
    own = {n: __import__(n) for n in modules} | {n: getattr(__import__(USUAL[n]), n) for n in usual - theirs}
    return theirs, own


class Remote:
    """Something of the program's that is no plain data. It equals nothing but itself."""

    def __init__(self, ask, number):
        object.__setattr__(self, "_remote", (ask, number))

    def __call__(self, *arguments, **keywords):
        value, changed = _ask(self, "call", list(arguments), keywords)
        for i, new in changed:
            old = arguments[i]
            if isinstance(old, list):
                old[:] = new
            elif isinstance(old, (dict, set)):
                old.clear()
                old.update(new)
        return value

    def __getattr__(self, name):
        return _ask(self, "get", name)[0]

    def __setattr__(self, name, value):
        _ask(self, "set", name, value)

    def __getitem__(self, key):
        return _ask(self, "item", key)[0]

    def __iter__(self):
        iterator, n = _ask(self, "iter")[0], 1
        while len(items := _ask(iterator, "take", n)) == n:
            yield from items
            n = min(2 * n, 1024)
        yield from items

    def __next__(self):
        for item in _ask(self, "take", 1):
            return item
        raise StopIteration

    def __len__(self):
        return _ask(self, "len")[0]

    def __bool__(self):
        return True

    def __contains__(self, value):
        return value in list(self)  # the program neither learns the value nor compares it

    def __str__(self):
        return _ask(self, "str")[0]

    def __repr__(self):
        return _ask(self, "repr")[0]


class Broken(BaseException):
    """A fault of the tests, for which there is no verdict."""


class ProgramError(Exception):
    """An exception of the program that is none of Python's own."""


def _ask(remote, operation, *operands):
    ask, _ = object.__getattribute__(remote, "_remote")
    return ask(operation, remote, *operands)


def asker(line):
    """The function that asks the program, through the judge, and returns or raises its answer."""
    remotes = {}

    def number(v):
        if isinstance(v, Remote):
            return object.__getattribute__(v, "_remote")[1]
        # built-in types that the program has returned may make values of many types
        raise (TypeError if v is Remote or arrived else Broken)(f"they pass the program a value of type {type(v).__name__}, which cannot be sent")

    def resolve(n):
        if n not in remotes:
            remotes[n] = Remote(ask, n)
        return remotes[n]

    def ask(*request):
        line.emit("ask", pack(list(request), number))
        kind, _, text = line.read().decode().partition(" ")
        if kind == "gone":
            raise Gone
        if kind == "answer":
            return unpack(text, resolve)
        name, message = json.loads(text)
        kind = getattr(builtins, name, None)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            raise ProgramError(message)
        try:
            e = kind(message.removeprefix(name + ": "))
        except TypeError:  # a type that wants more than a message
            e = ProgramError(message)
        raise e

    return ask


def failing(e, sources):
    """The line of the tests that an exception comes from."""
    text, trace = "", e.__traceback__
    while trace is not None:
        source = sources.get(trace.tb_frame.f_code.co_filename)
        if source is not None:
            lines = source.splitlines()
            text = lines[trace.tb_lineno - 1].strip() if trace.tb_lineno <= len(lines) else ""
        trace = trace.tb_next
    return text[:200]


# Modules in which tests that only import and call leave nothing behind.
PURE = set("abc bisect cmath collections copy dataclasses datetime enum fractions functools heapq itertools json math "
           "numbers re statistics string typing".split())
# Built-in functions by which they could.
ABLE = set("breakpoint compile delattr eval exec getattr globals input locals open print setattr vars".split())
# What is reached through them and could.
CHANGING = sys.stdlib_module_names - PURE | set("register overload update_wrapper wraps dataclass encoder decoder "
                                                "gi_frame cr_frame ag_frame tb_frame".split())


def leaves_trace(source):
    """Whether tests may change what later ones find in this process. Only what cannot is let pass."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names) if {n.name.partition(".")[0] for n in names} <= PURE:
                pass
            case ast.ImportFrom(module=str(module), level=0, names=names) if module.partition(".")[0] in PURE and not CHANGING & {n.name for n in names}:
                pass
            case ast.Import() | ast.ImportFrom():
                return True
            case ast.Attribute(attr=name, ctx=ctx) if name.startswith("_") or not isinstance(ctx, ast.Load) or name in CHANGING:
                return True
            case ast.Name(id=name) if name.startswith("_") or name in ABLE or name in sys.stdlib_module_names - PURE:
                return True
    return False


class Gone(BaseException):
    """The program is at its end and answers no more."""


# Memory in KiB by which a job may make the process grow that takes another: what it
# holds is not there for the next, whose limit is the same.
GROWTH = 32 << 10


def run_tests(line):
    """Runs the tests of one job after the other, until some may leave a trace."""
    begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.setrecursionlimit(1000)
    while True:
        setup, asserts = marshal.loads(line.read())
        try:
            once = leaves_trace("\n".join([setup, *asserts]))
        except BaseException:
            once = True
        last = examine(line, setup, asserts)
        sys.modules.pop("tests", None)
        gc.collect()  # what is left of it does its last now, not in the next job
        once = once or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begun > GROWTH
        if once:
            line.emit("once")
        line.emit(*last)
        if once:
            posix._exit(0)


def examine(line, setup, asserts):
    """Emits pass for every test in turn until one fails. Returns what ended them."""
    try:
        theirs, own = share("\n".join([setup, *asserts]))
        sources = {"setup": setup} | {f"test {i + 1}": a for i, a in enumerate(asserts)}
        codes = [compile(s, n, "exec", dont_inherit=True) for n, s in sources.items()]
    except BaseException as e:
        return "broken", describe(e)
    ask = asker(line)
    module = type(sys)("tests")
    sys.modules["tests"] = module
    module.__dict__.update(own, __builtins__=PRISTINE)
    done = -1
    arrived.clear()
    try:
        answer = ask("names", sorted(theirs))
        names = {n: answer[n] for n in theirs if n in answer}  # and no others: the program may have forged it
        module.__dict__.update(names)
        if all(isinstance(v, Remote) for v in names.values()):
            line.emit("named")
        for code in codes:
            exec(code, module.__dict__)
            if done >= 0:
                line.emit("pass")
            done += 1
    except Gone:
        return "gone",
    except Broken as e:
        return "broken", describe(e)
    except BaseException as e:
        what = describe(e)
        return "failed", (what if not isinstance(e, AssertionError) or str(e) else "assertion failed") + ": " + failing(e, sources).replace("\n", " ")
    return "end",
