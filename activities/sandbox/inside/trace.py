# Whether tests leave something behind in the process that the next job's tests run in.

# Modules in which tests that only import and call leave nothing behind.
PURE = set("abc bisect cmath collections copy dataclasses datetime enum fractions functools heapq itertools json math "
           "numbers re statistics string typing".split())
# Built-in functions by which they could.
ABLE = set("breakpoint compile delattr eval exec getattr globals input locals open print setattr vars".split())
# What is reached through them and could.
CHANGING = sys.stdlib_module_names - PURE | set("register overload update_wrapper wraps dataclass encoder decoder "
                                                "gi_frame cr_frame ag_frame tb_frame".split())


def leaves_trace(nodes):
    """Whether tests may change what later ones find in this process. Only what cannot is let pass."""
    for node in nodes:
        match node:
            case ast.Import(names=names) if {n.name.partition(".")[0] for n in names} <= PURE:
                pass
            case ast.ImportFrom(module=str(module), level=0, names=names) if module.partition(".")[0] in PURE and not CHANGING & {n.name for n in names}:
                pass
            case ast.ImportFrom(module="solution", level=0):
                pass
            case ast.Import() | ast.ImportFrom():
                return True
            case ast.Attribute(attr=name, ctx=ctx) if name.startswith("_") or not isinstance(ctx, ast.Load) or name in CHANGING:
                return True
            case ast.Name(id=name) if name.startswith("_") or name in ABLE or name in sys.stdlib_module_names - PURE:
                return True
    return False
