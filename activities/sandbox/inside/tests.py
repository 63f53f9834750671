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


def examine(line, setup, asserts):
    """Emits pass for every test in turn until one fails. Returns whether they may have left a trace here, and what ended them."""
    sources = {"setup": setup} | {f"test {i + 1}": a for i, a in enumerate(asserts)}
    try:
        trees = {n: ast.parse(s, n) for n, s in sources.items()}
        whole = ast.Module([statement for tree in trees.values() for statement in tree.body], [])
        theirs, own = share("\n".join(sources.values()), whole)
        once = leaves_trace(whole)
        codes = [compile(Prepared().visit(tree), n, "exec", dont_inherit=True) for n, tree in trees.items()]
    except BaseException as e:
        return True, ("broken", describe(e))
    return once, run(line, sources, trees, codes, whole, theirs, own)


def run(line, sources, trees, codes, whole, theirs, own):
    end = TestsEnd(line)
    end.expected = expected_exceptions(whole)
    module = type(sys)("tests")
    sys.modules["tests"] = module
    module.__dict__.update(own, __builtins__=PRISTINE, _type_of=type_of)
    done = -1
    names = {}
    try:
        names = given(end, theirs, whole)
        module.__dict__.update(names)
        if all(type(v) is Remote for v in names.values()):
            line.emit("named")
        for code in codes:
            exec(code, module.__dict__)
            if end.over:
                raise Control(end.over)
            if done >= 0:
                line.emit("pass")
            done += 1
    except Gone:
        return "gone",
    except Broken as e:
        return "broken", describe(e)
    except BaseException as e:
        if not end.over and tests_own(e, end, trees, theirs - names.keys()):
            return "broken", describe(e) + ": " + failing(e, sources)
        what = end.over or ("assertion failed" if type(e) is AssertionError and not str(e) else describe(e))
        return "failed", what + ": " + failing(e, sources).replace("\n", " ")
    return "end",


def given(end, theirs, tree):
    """What the program gives for the names that the tests take from it, and no others: it may have forged them."""
    answer = end.ask("names", *sorted(theirs))
    names = {n: answer[n] for n in theirs if n in answer}
    end.tested = {v._far_.number for n, v in names.items() if type(v) is Remote and n in tested_classes(tree, theirs)}
    end.touched, end.raised = any(type(v) is not Remote and type(v) is not RemoteExceptionClass for v in names.values()), None
    return names
