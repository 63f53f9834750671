# Whose fault an exception out of the tests is. Where it is the tests' own, no program could
# have passed, and there is no verdict.


def tests_own(e, end, sources, missing):
    """Whether an exception is the tests' fault whatever the program is. missing are names that the program should have."""
    if e is end.raised or isinstance(e, MemoryError) or isinstance(e, NameError) and getattr(e, "name", None) in missing:
        return False
    if not end.touched:
        return True
    if isinstance(e, AssertionError):
        return False
    trees = {n: ast.parse(s, n) for n, s in sources.items()}
    return fixed(failing_node(e, trees), trees)


def failing_node(e, trees):
    """The innermost expression of the tests in which an exception was raised, or None."""
    found = None
    trace = e.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        tree = trees.get(code.co_filename)
        if tree is not None and hasattr(code, "co_positions"):  # from Python 3.11 on
            place = list(code.co_positions())[trace.tb_lasti // 2]
            found = next((n for n in ast.walk(tree) if isinstance(n, ast.expr) and (n.lineno, n.end_lineno, n.col_offset, n.end_col_offset) == place), None)
        trace = trace.tb_next
    return found


def fixed(node, trees):
    """Whether an expression has the same value for every program: it uses but constants, built-in names and imported modules."""
    if node is None:
        return False
    imported = {(n.asname or n.name).partition(".")[0] for tree in trees.values() for i in ast.walk(tree) if isinstance(i, (ast.Import, ast.ImportFrom)) for n in i.names}
    stored = {n.id for tree in trees.values() for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return names <= (imported | PRISTINE.keys()) - stored
