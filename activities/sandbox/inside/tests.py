# Tests that are Python statements. They run here, in a process that holds no untrusted
# code; the program runs in another one, and what the tests take from it is called through
# the judge (see tests_end.py). So expected values never come near the program, and nothing
# that it patches, overrides or prints takes part in a comparison. Since it holds no
# untrusted code, one process serves many jobs, unless tests do what could matter to those
# after them.
import ast, builtins, json, marshal, posix, resource, sys


# Memory in KiB by which a job may make the process grow that takes another: what it
# holds is not there for the next, whose limit is the same.
GROWTH = 32 << 10


def run_tests(line):
    """Runs the tests of one job after the other, until some may leave a trace."""
    begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.setrecursionlimit(1000)
    while True:
        once, last = examine(line, *marshal.loads(line.read()))
        sys.modules.pop("tests", None)
        gc.collect()  # what is left of it does its last now, not in the next job
        once = once or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begun > GROWTH
        if once:
            line.emit("once")
        line.emit(*last)
        if once:
            posix._exit(0)


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


PREPARED = {"solution"} | {name for name, _ in ASKING}  # words that Prepared has something to do for


class Plan:
    """What the text of tests says, once for all programs that they examine."""

    def __init__(self, setup, asserts):
        self.sources = {"setup": setup} | {f"test {i + 1}": a for i, a in enumerate(asserts)}
        trees = {n: ast.parse(s, n) for n, s in self.sources.items()}
        nodes = [n for tree in trees.values() for n in nodes_of(tree)]
        source = "\n".join(self.sources.values())
        self.theirs, self.own = share(source, nodes)
        self.helpers = helpers(nodes, self.theirs)
        self.theirs -= self.helpers - NODES
        if what := beyond(nodes, self.theirs):
            raise Broken(what)
        self.leaves_trace = leaves_trace(nodes)
        self.tested, self.objects = tested_classes(nodes, self.theirs)
        self.expected = expected_exceptions(nodes)
        self.functions = several_functions(self.theirs)
        self.fed = fed_to_others(nodes, self.theirs) if self.functions else []
        if self.tested or any(word in source for word in PREPARED):
            trees = {n: Prepared().visit(tree) for n, tree in trees.items()}
        self.codes = self.compiled(trees)
        first, *tests = trees.values()
        self.batches = plan_batches(first, tests, self.theirs)
        self.batched = self.compiled(trees) if self.batches else self.codes

    def compiled(self, trees):
        return [compile(tree, n, "exec", dont_inherit=True) for n, tree in trees.items()]


# The same tests examine the answers to one question one after the other.
plan = functools.lru_cache(maxsize=8)(Plan)


def examine(line, setup, asserts):
    """Emits pass for every test in turn until one fails. Returns whether they may have left a trace here, and what ended them."""
    try:
        tests = plan(setup, tuple(asserts))
    except BaseException as e:
        return True, ("broken", describe(e))
    return tests.leaves_trace, run(line, tests)


def new_module(end, tests, names):
    module = type(sys)("tests")
    sys.modules["tests"] = module
    module.__dict__.update(tests.own, __builtins__=PRISTINE, _type=type_of, _isinstance=is_instance, _issubclass=is_subclass, _iter=iterator_of,
                           _hasattr=asked("has", hasattr), _callable=asked("callable", callable), _lost=lambda: len(end.lost), _thrown_away=end.thrown_away)
    if tests.helpers:
        exec(HELPERS, module.__dict__)
    module.__dict__.update(names)
    return module


def run(line, tests):
    end = TestsEnd(line)
    end.expected = tests.expected
    names = {}
    try:
        names = given(end, tests)
        module = new_module(end, tests, names)
        end.module, end.names = module.__dict__, dict(names)
        batches, codes = {}, tests.codes
        if all(type(v) is Remote for v in names.values()):
            line.emit("named")
            if names.keys() == tests.theirs:
                batches, codes = tests.batches, tests.batched
        for done, code in enumerate(codes, -1):
            if done in batches:
                module.__dict__["_answer"] = Answers(end, batches[done], names).take
            exec(code, module.__dict__)
            if end.over:
                raise Control(end.over)
            if done >= 0:
                line.emit("pass")
        if tests.functions:
            line.emit("passed", "the tests take several functions from the program, which could agree with each other: " + ", ".join(tests.functions))
        for name in tests.fed:
            if decide_nothing(end, tests, names, name):
                return "failed", f"the tests pass whatever {name} returns, by other functions of the program"
    except Gone:
        return "gone",
    except Broken as e:
        return "broken", describe(e)
    except BaseException as e:
        if not end.over and tests_own(e, end, tests.sources, tests.theirs - names.keys()):
            return "broken", describe(e) + ": " + failing(e, tests.sources)
        what = end.over or ("assertion failed" if type(e) is AssertionError and not str(e) else describe(e))
        return "failed", what + ": " + failing(e, tests.sources).replace("\n", " ")
    return "end",


def decide_nothing(end, tests, names, function):
    """Whether tests that passed do so too if a function returns something of no use. Those that hand its
    results to another function of the program's would, if that agrees to anything."""
    module = new_module(end, tests, names | {function: lambda *_, **__: object()})
    try:
        for code in tests.codes:
            exec(code, module.__dict__)
    except BaseException:
        return False
    return True


def given(end, tests):
    """What the program gives for the names that the tests take from it, and no others: it may have forged them."""
    answer = end.ask("names", *sorted(tests.theirs))
    names = {n: answer[n] for n in tests.theirs if n in answer}
    end.tested, end.expected_kinds = [{v._far_.number for n, v in names.items() if type(v) is Remote and n in which} for which in (tests.tested, tests.tested | tests.objects)]
    end.touched = any(type(v) is not Remote and type(v) is not RemoteExceptionClass for v in names.values())
    end.raised = None
    return names
