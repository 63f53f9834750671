# What stands for an object of the other side. Its operators, attributes and methods are the
# other side's, which is asked for each. In the tests' process three rules keep a program
# from deciding what it must not:
#
#   - such an object equals plain data never, and has no order with them: the program would
#     learn what is expected, or say that it is met. Nor has it arithmetic with them, but for
#     the 0 with which sum begins, and where its class is one whose objects the tests expect
#     or make; what comes of that is an object, and becomes neither a number nor a truth;
#   - whether it contains something is found by going through it here;
#   - but an object that the tests made themselves, by calling a class that their text shows
#     to be one, is what they test, and its methods take part, until the program returns it
#     where the tests ask for a result (see TestsEnd.value_ref).
import dataclasses, inspect, operator
from abc import ABC

BINARY = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and or xor".split()
COMPARISONS = "lt le gt ge eq ne".split()
UNARY = "neg pos abs invert".split()
CONVERSIONS = {"int": int, "float": float, "complex": complex, "index": operator.index, "round": round, "trunc": "__trunc__", "floor": "__floor__", "ceil": "__ceil__",
               "bool": bool, "hash": hash, "bytes": bytes, "format": format, "str": str, "repr": repr, "len": len, "reversed": reversed, "dir": dir}


def special(name):
    """Calls a special method as Python does, of the type and not of the object."""
    return lambda v, *operands: getattr(type(v), name)(v, *operands)


def on_right(operation):
    return lambda v, other: operation(other, v)


def take(iterator, most):
    """Up to so many items, what was raised after them, and what the iterator returned. (What says that it ends is no exception here.)"""
    some = []
    try:
        while len(some) < most:
            some.append(next(iterator))
    except StopIteration as e:
        return some, None, e.value
    except Exception as e:
        return some, e, None
    return some, None, None


def on_loop(awaitable, loops=[]):
    """Runs something to its end on the one loop of this process."""
    import asyncio  # takes long, and few need it

    if not loops:
        loops.append(asyncio.new_event_loop())

    async def run():
        return await awaitable

    return loops[0].run_until_complete(run())


def parameters(f):
    """A signature as plain data: names, kinds and defaults."""
    return [[p.name, int(p.kind), p.default is not p.empty, None if p.default is p.empty else p.default] for p in inspect.signature(f).parameters.values()]


# What can be asked of an object.
OPERATIONS = {"get": getattr, "set": setattr, "delete": delattr, "item": operator.getitem, "set item": operator.setitem, "delete item": operator.delitem,
              "call": lambda f, arguments, named: f(*arguments, **named), "iter": iter, "next": next, "take": take, "contains": operator.contains,
              "enter": special("__enter__"), "exit": special("__exit__"), "instance": lambda kind, v: isinstance(v, kind), "subclass": lambda kind, v: issubclass(v, kind), "of": lambda v, kind: isinstance(v, kind), "below": lambda v, kind: issubclass(v, kind),
              "type": type, "has": hasattr, "callable": callable, "plain": plain_of, "parameters": parameters, "copy": lambda v: copy.copy(v), "deepcopy": lambda v: copy.deepcopy(v),
              "library": lambda v, module, name, arguments, named: getattr(sys.modules[module], name)(v, *arguments, **named),
              "await": lambda v: on_loop(v), "anext": lambda v: on_loop(anext(v)), "aiter": aiter,
              "aenter": lambda v: on_loop(type(v).__aenter__(v)), "aexit": lambda v, *what: on_loop(type(v).__aexit__(v, *what))}
OPERATIONS |= {n: f if callable(f) else special(f) for n, f in CONVERSIONS.items()}
OPERATIONS |= {n: getattr(operator, f"__{n}__", None) for n in BINARY + COMPARISONS + UNARY} | {"divmod": divmod, "pow": pow}
OPERATIONS |= {"r" + n: on_right(OPERATIONS[n]) for n in BINARY}
OPERATIONS |= {"i" + n: getattr(operator, f"__i{n}__") for n in BINARY if n != "divmod"}


def far_of(v):
    """What is known of an object of the other side, None of one of this."""
    kind = type(v)
    if kind is Remote or kind is RemoteExceptionClass or isinstance(v, BaseException) or kind.__dict__.get("_based_"):
        try:
            return object.__getattribute__(v, "_far_") if kind is not RemoteExceptionClass else v._far_
        except AttributeError:
            return None
    return None


def ask_far(v, operation, *operands):
    far = far_of(v)
    return far.peer.ask(operation, v, *operands)


def got(name):
    return property(lambda v: ask_far(v, "get", name))


class Remote:
    __slots__ = ("_far_", "__weakref__")
    __doc__, __module__, __dict__, __annotations__ = map(got, ("__doc__", "__module__", "__dict__", "__annotations__"))

    def __init__(self, far):
        object.__setattr__(self, "_far_", far)

    def __call__(self, *arguments, **named):
        return made(self, ask_far(self, "call", list(arguments), named))

    def __getattr__(self, name):
        if name == "__signature__":
            return signature(ask_far(self, "parameters"))
        if self._far_.met and name in OF_NUMBERS:
            raise TypeError(NO_NUMBER)
        v = ask_far(self, "get", name)
        if type(v) is Remote:
            v._far_.name = name
        return v

    def __setattr__(self, name, value):
        ask_far(self, "set", name, value)

    def __delattr__(self, name):
        ask_far(self, "delete", name)

    @property
    def __class__(self):
        far = self._far_
        return MUTABLE[far.base] if far.base in MUTABLE else far.peer.ask("type", self)

    def __iter__(self):
        return items_of(ask_far(self, "iter"))

    def __next__(self):
        ahead = self._far_.ahead
        return ahead.pop(0) if ahead else ask_far(self, "next")

    def __contains__(self, value):
        if admits(self, value):
            return ask_far(self, "contains", value)
        return any(value is x or value == x for x in self)

    def __exit__(self, kind, e, trace):
        return ask_far(self, "exit", kind, e, None)

    def __instancecheck__(self, v):
        return far_of(v) is not None and ask_far(self, "instance", v)

    def __subclasscheck__(self, v):
        return far_of(v) is not None and ask_far(self, "subclass", v)

    def __await__(self):
        return coroutine_of(self._far_).__await__()

    def __aiter__(self):
        return ask_far(self, "aiter")

    async def __anext__(self):
        return ask_far(self, "anext")

    async def __aenter__(self):
        return ask_far(self, "aenter")

    async def __aexit__(self, kind, e, trace):
        return ask_far(self, "aexit", kind, e, None)

    def __deepcopy__(self, memo):
        own = self._far_.own
        return like(self, own, ask_far(self, "deepcopy"))


def items_of(iterator):
    """Goes through a remote iterator, first by one and then by more items at a time."""
    far, n = iterator._far_, 1
    while True:
        while far.ahead:
            yield far.ahead.pop(0)
        far.ahead, e, value = ask_far(iterator, "take", n)
        if len(far.ahead) < n:
            yield from far.ahead
            far.ahead = []
            if e is not None:
                raise e
            return value
        n = min(2 * n, 1024)


def made(maker, v):
    """v, with a mark if it is an object that the tests have made of a class which they test. A function
    whose results the tests show to be objects shows what class they are of."""
    if type(v) is Remote and v._far_.kind >= 0 and maker._far_.number in maker._far_.peer.expected_kinds:
        maker._far_.peer.expected_kinds.add(v._far_.kind)
    if type(v) is Remote and maker._far_.number in maker._far_.peer.tested and v._far_.kind == maker._far_.number:
        v._far_.own = True
    return v


def admits(v, *others):
    """Whether the other side may see and judge these beside v."""
    far = v._far_
    far.peer.touched = True
    return far.own or far.peer.trusts or all(far_of(x) is not None for x in others)


def beside_plain(v, name, *operands):
    """An arithmetical operator on v and plain data of the tests."""
    if name == "radd" and type(operands[0]) is int and operands[0] == 0:
        return ask_far(v, name, *operands)
    if v._far_.kind not in v._far_.peer.expected_kinds:
        return NotImplemented
    result = ask_far(v, name, *operands)
    if type(result) is not Remote:
        raise TypeError(NO_NUMBER)
    result._far_.met = True
    return result


# By what an object would become a number or a truth, beside comparisons.
OF_NUMBERS = {n for kind in (int, float, complex) for n in dir(kind) if n[0] != "_"}
NO_NUMBER = "an object that arithmetic with plain data gave is no number"
NUMBERS = {"int", "float", "complex", "index", "round", "trunc", "floor", "ceil", "bool", "abs"}


def add_methods():
    def unary(name):
        def act(v, *operands):
            own = v._far_.own
            result = like(v, own, ask_far(v, name, *operands))
            if v._far_.met and name in NUMBERS and type(result) is not Remote:
                raise TypeError(NO_NUMBER)
            return result

        return act

    def binary(name):
        return lambda v, other: ask_far(v, name, other) if admits(v, other) else NotImplemented

    def arithmetic(name):
        def act(v, *operands):
            if not admits(v, *operands):
                return beside_plain(v, name, *operands)
            own = v._far_.own
            return like(v, own, ask_far(v, name, *operands), *operands)

        return act

    def equality(name):
        def compare(v, other):
            if admits(v, other):
                return ask_far(v, name, other)
            if v._far_.base in MUTABLE:
                return OPERATIONS[name](ask_far(v, "plain"), other)
            return NotImplemented

        return compare

    names = {n: unary(n) for n in [*UNARY, *CONVERSIONS, "copy", "enter"]} | {n: binary(n) for n in COMPARISONS}
    names |= {n: equality(n) for n in ("eq", "ne")}
    names |= {p + n: arithmetic(p + n) for p in ("", "r", "i") for n in BINARY if p + n in OPERATIONS}
    names |= {"getitem": unary("item"), "setitem": unary("set item"), "delitem": unary("delete item")}
    for name, method in names.items():
        setattr(Remote, f"__{name}__", method)


def like(v, own, result, *others):
    """The result of an operator on v, which the tests have made if they made v (own) and it is of the same
    class, and which has met plain data if what it comes from has."""
    if type(result) is Remote:
        far = result._far_
        far.own |= own and far.kind == v._far_.kind
        far.met |= any([x._far_.met for x in (v, *others) if type(x) is Remote])
    return result


add_methods()
Remote.__slots__ = got("__slots__")  # its own are in force by now


def signature(plain):
    empty = inspect.Parameter.empty
    return inspect.Signature([inspect.Parameter(name, inspect._ParameterKind(kind), default=default if has else empty) for name, kind, has, default in plain])


def coroutine_of(far):
    """A coroutine of the other side as one of this."""
    async def run():
        return far.peer.ask("await", Remote(far))

    return run()


BASED = {}  # classes of objects that are plain data with attributes of the other side


def based(plain, far, fields):
    """An object of an immutable plain type whose other attributes, and text, are the other side's."""
    kind = type(plain)
    if fields:
        plain, kind = named_class("Tuple", *fields)._make(plain), named_class("Tuple", *fields)
    if kind not in BASED:
        def either(name):
            def compare(v, other):
                return ask_far(v, name, other) if far_of(v) is not None and far_of(other) is not None else getattr(kind, f"__{name}__")(v, other)

            return compare

        members = {"_based_": True, "__hash__": kind.__hash__, "__eq__": either("eq"), "__ne__": either("ne"), "__getattr__": lambda v, name: ask_far(v, "get", name)}
        members |= {f"__{n}__": lambda v, *operands, n=n: ask_far(v, n, *operands) for n in ("str", "repr", "format")}
        if fields:
            members["_replace"] = lambda v, **named: ask_far(v, "get", "_replace")(**named)
        BASED[kind] = type(kind.__name__, (kind,), members)
    v = BASED[kind](*plain) if fields else BASED[kind](plain)
    v._far_ = far
    return v


class RemoteExceptionClass(type):
    """A class of exceptions of the other side. It has no code here."""

    @classmethod
    def stand_in(cls, far, name, bases):
        if not bases or not all(isinstance(b, type) and issubclass(b, BaseException) for b in bases):
            raise TypeError(f"{name} is no class of exceptions")
        return cls(name, tuple(bases), {"_far_": far, "__str__": lambda e: e.__dict__.get("_text_", ""), "__getattr__": lambda e, name: ask_far(e, "get", name)})

    def __call__(cls, *arguments, **named):
        return ask_far(cls, "call", list(arguments), named)

    def __getattr__(cls, name):
        return ask_far(cls, "get", name)


def exception_of(far, kind, arguments, attributes, text, cause):
    """An exception of the other side, to be raised here."""
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        raise TypeError("what was raised is no exception")
    if kind.__module__ == "builtins":
        try:
            e = kind(*arguments)
        except TypeError:  # not made with these, but by a subclass
            e = kind.__new__(kind)
            e.args = tuple(arguments)
    else:
        e = kind.__new__(kind)
        e.args = tuple(arguments)
    e.__dict__.update(attributes, _far_=far, _text_=text)
    if isinstance(cause, BaseException):
        e.__cause__ = cause
    return e


def type_of(*arguments):
    """What type(v) is in the tests: of an object of the program its class there."""
    kind = type(*arguments)
    if len(arguments) == 1 and (kind is Remote or kind.__dict__.get("_based_")):
        return ask_far(arguments[0], "type")
    return kind


PLAIN = {bool, int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset, dict, type(None)}


def is_instance(v, kinds):
    """What isinstance(v, kinds) is in the tests: whether an object of the program is of a class of
    Python's that is no plain type, the program's side knows."""
    if type(v) is not Remote:
        return isinstance(v, kinds)
    if type(kinds) is tuple:
        return any([is_instance(v, kind) for kind in kinds])
    if type(kinds) is not type(ABC) and type(kinds) is not type or kinds in PLAIN or imported(kinds.__module__, kinds.__qualname__) is not kinds:
        return isinstance(v, kinds)
    return ask_far(v, "of", kinds) is True


def is_subclass(v, kinds):
    """What issubclass(v, kinds) is in the tests: of a class of the program that one knows."""
    if type(v) is not Remote or type(kinds) is Remote:
        return issubclass(v, kinds)
    if type(kinds) is tuple:
        return any([is_subclass(v, kind) for kind in kinds])
    return ask_far(v, "below", kinds) is True


def asked(operation, f):
    """A function that an object of the program is asked for, and f of others."""
    return lambda v, *operands: ask_far(v, operation, *operands) is True if type(v) is Remote else f(v, *operands)


def iterator_of(v):
    """What iter(v) is in the tests: of an object of the program the iterator there, which is asked for one item at a time."""
    return ask_far(v, "iter") if type(v) is Remote else iter(v)


# Functions of the standard library that look into objects, and of an object of the other side
# are called there.
LOOKING = {"dataclasses": "asdict astuple fields is_dataclass replace",
           "inspect": "isgenerator isgeneratorfunction iscoroutine iscoroutinefunction isasyncgenfunction isfunction isclass ismethod isabstract getmembers getmro getdoc getsource"}


def looking_there(module, name):
    f = getattr(sys.modules[module], name)

    @functools.wraps(f)
    def look(*arguments, **named):
        if arguments and type(arguments[0]) is Remote:
            return ask_far(arguments[0], "library", module, name, list(arguments[1:]), named)
        return f(*arguments, **named)

    return look


def look_there():
    for module, names in LOOKING.items():
        for name in names.split():
            setattr(sys.modules[module], name, looking_there(module, name))


look_there()
