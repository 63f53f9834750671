# Values on their way between processes, as one line of JSON. Plain data keep their Python
# types: an object {"t": TAG, "v": ...} stands for what JSON has not. Subclasses arrive as
# what they are made of, so that no method of an untrusted class takes part in a comparison.
import builtins, json
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import date, datetime, time as daytime, timedelta
from decimal import Decimal
from fractions import Fraction

TEXTUAL = {"Decimal": (Decimal, Decimal.__str__, Decimal), "Fraction": (Fraction, Fraction.__str__, Fraction),
           "datetime": (datetime, datetime.isoformat, datetime.fromisoformat), "date": (date, date.isoformat, date.fromisoformat),
           "time": (daytime, daytime.isoformat, daytime.fromisoformat)}
LISTS = (("tuple", tuple), ("set", set), ("frozenset", frozenset), ("deque", deque))
DICTS = (("Counter", Counter), ("OrderedDict", OrderedDict), ("dict", dict))
# Built-in types and functions that are values like others: they do nothing but compute.
BUILTIN = {n: f for n, f in vars(builtins).items() if isinstance(f, type) or
           n in "abs all any ascii bin callable chr divmod format hash hex id isinstance issubclass len max min next oct ord pow repr round sorted sum".split()}
arrived = set()  # the names of those that have come from the other side
encoder = json.JSONEncoder(separators=(",", ":"))


def to_tree(v, reference):
    """v as JSON has it; reference(v) stands for a value that is no plain data."""
    if v is None or v is True or v is False:
        return v
    if isinstance(v, str):
        return str.__str__(v)
    if isinstance(v, int):
        # Python writes no decimal number of more than 4300 digits
        return int.__int__(v) if int.bit_length(v) < 14000 else {"t": "int", "v": hex(int.__int__(v))}
    if isinstance(v, float):
        return float.__float__(v)
    if isinstance(v, list):
        return [to_tree(x, reference) for x in list.__iter__(v)]
    for tag, kind in LISTS:
        if isinstance(v, kind):
            return {"t": tag, "v": [to_tree(x, reference) for x in kind.__iter__(v)]}
    for tag, kind in DICTS:
        if isinstance(v, kind):
            return {"t": tag, "v": [[to_tree(k, reference), to_tree(x, reference)] for k, x in dict.items(v)]}
    for tag, (kind, text, _) in TEXTUAL.items():
        if isinstance(v, kind):
            return {"t": tag, "v": text(v)}
    if isinstance(v, complex):
        return {"t": "complex", "v": [v.real, v.imag]}
    if isinstance(v, (bytes, bytearray)):
        return {"t": "bytes" if isinstance(v, bytes) else "bytearray", "v": v.hex()}
    if type(v) is range:
        return {"t": "range", "v": [v.start, v.stop, v.step]}
    if type(v) is timedelta:
        return {"t": "timedelta", "v": [v.days, v.seconds, v.microseconds]}
    if v is Ellipsis:
        return {"t": "Ellipsis", "v": None}
    if isinstance(v, (type, type(len))) and BUILTIN.get(v.__name__) is v:
        return {"t": "builtin", "v": v.__name__}
    return {"t": "reference", "v": reference(v)}


def from_tree(v, resolve):
    """The value of a tree; resolve(number) gives what a reference stands for."""
    if isinstance(v, list):
        return [from_tree(x, resolve) for x in v]
    if not isinstance(v, dict):
        return v
    tag, v = v["t"], v["v"]
    if tag == "reference":
        return resolve(v)
    for name, kind in LISTS:
        if tag == name:
            return kind([from_tree(x, resolve) for x in v])
    for name, kind in DICTS:
        if tag == name:
            return kind({from_tree(k, resolve): from_tree(x, resolve) for k, x in v})
    if tag in TEXTUAL:
        return TEXTUAL[tag][2](v)
    return {"int": lambda: int(v, 16), "complex": lambda: complex(*v), "bytes": lambda: bytes.fromhex(v), "bytearray": lambda: bytearray.fromhex(v),
            "range": lambda: range(*v), "timedelta": lambda: timedelta(*v), "Ellipsis": lambda: Ellipsis, "builtin": lambda: arrived.add(v) or BUILTIN[v]}[tag]()


def pack(v, reference):
    return encoder.encode(to_tree(v, reference))


def unpack(text, resolve):
    return from_tree(json.loads(text), resolve)
