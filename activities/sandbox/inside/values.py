# Values on their way between tests and a program, as JSON. Plain data keep their Python
# types: an object {"t": TAG, "v": ...} stands for what JSON has not. What is no plain data
# stays where it is and is known to the other side by a number (see peer.py).
import builtins, json, operator, types
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from datetime import date, datetime, time as daytime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

ATOMS = {bool, float, str, type(None)}  # JSON has them
SMALL = 1 << 63  # larger integers are sent as hexadecimal digits, which take no quadratic time
TEXTUAL = {"Decimal": (Decimal, Decimal.__str__, Decimal), "Fraction": (Fraction, Fraction.__str__, Fraction),
           "datetime": (datetime, datetime.isoformat, datetime.fromisoformat), "date": (date, date.isoformat, date.fromisoformat),
           "time": (daytime, daytime.isoformat, daytime.fromisoformat)}
IMMUTABLE = {"tuple": tuple, "frozenset": frozenset}
MUTABLE = {"list": list, "set": set, "deque": deque, "bytearray": bytearray, "dict": dict, "Counter": Counter, "OrderedDict": OrderedDict, "defaultdict": defaultdict}
TAGS = {kind: tag for tag, kind in (IMMUTABLE | MUTABLE).items()}
VIEWS = {type({}.keys()): "keys", type({}.values()): "values", type({}.items()): "items"}
# Types and functions that are values like others: they do nothing but compute.
BUILTIN = {n: f for n, f in vars(builtins).items() if isinstance(f, type) or
           n in "abs all any ascii bin callable chr divmod format hash hex id isinstance issubclass len max min next oct ord pow print repr round sorted sum".split()}
# Types of what is no plain data, for tests of whether something is of them.
NAMELESS = {getattr(types, n): n for n in "GeneratorType FunctionType MethodType CoroutineType AsyncGeneratorType ModuleType".split()}
encoder = json.JSONEncoder(separators=(",", ":"), check_circular=False)


def items(container):
    """What a mutable container holds, as a list."""
    return list(dict.items(container)) if isinstance(container, dict) else list(container)


def same(container, before):
    """Whether a container holds the very objects that it held."""
    if len(container) != len(before):
        return False
    if isinstance(container, dict):
        return all(k is a and v is b for (k, v), (a, b) in zip(dict.items(container), before))
    if isinstance(container, set):
        return {*map(id, container)} == {*map(id, before)}
    return all(map(operator.is_, container, before))


def refill(container, new):
    """Gives a container another content in place; it stays the same object."""
    if isinstance(container, (list, bytearray)):
        container[:] = new
    elif isinstance(container, dict):
        dict.clear(container)
        for k, v in new:
            dict.__setitem__(container, k, v)
    else:
        container.clear()
        (container.extend if isinstance(container, deque) else container.update)(new)


def plain_of(v):
    """What an object of a subclass of a plain type is made of, by no method of its class."""
    if isinstance(v, str):
        return str.__str__(v)
    if isinstance(v, int):
        return int.__int__(v)
    if isinstance(v, float):
        return float.__float__(v)
    if isinstance(v, bytes):
        return bytes.__getitem__(v, slice(None))
    for kind in (tuple, frozenset, list, set, deque):
        if isinstance(v, kind):
            return kind(kind.__iter__(v))
    return dict(dict.items(v))


def is_named_tuple(v):
    kind = type(v)
    return tuple in kind.__bases__ and isinstance(kind.__dict__.get("_fields"), tuple)


def simple_tree(v):
    """The tree of a value that holds no others and is of one of the types known here, or None."""
    kind = type(v)
    for tag, (known, text, _) in TEXTUAL.items():
        if kind is known:
            return {"t": tag, "v": text(v)}
    if kind is complex:
        return {"t": "complex", "v": [v.real, v.imag]}
    if kind is bytes:
        return {"t": "bytes", "v": v.hex()}
    if kind is timedelta:
        return {"t": "timedelta", "v": [v.days, v.seconds, v.microseconds]}
    if v is Ellipsis or v is NotImplemented:
        return {"t": "constant", "v": repr(v)}
    return None


SIMPLE = {"int": lambda v: int(v, 16), "complex": lambda v: complex(*v), "bytes": bytes.fromhex, "timedelta": lambda v: timedelta(*v),
          "constant": {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}.get} | {tag: read for tag, (_, _, read) in TEXTUAL.items()}
