# The two ends of a conversation between tests and a program, which live in different
# processes and see each other's objects. A message is JSON. It says what has changed in
# the containers that both sides hold, then what is asked or answered.
import functools, keyword, sys


class Far:
    """What is known here of an object of the other side."""

    __slots__ = "peer", "number", "kind", "base", "own", "met", "name", "ahead"

    def __init__(self, peer, number, kind=-1, base="", name=""):
        self.peer, self.number, self.kind, self.base, self.name = peer, number, kind, base, name
        self.own = self.met = False  # see remote.py
        self.ahead = []  # items that an iterator has given and nobody has taken


def references(shared, key):
    container = shared[key][0]
    return sys.getrefcount(container)


UNHELD = references({0: [[], None]}, 0)  # of a container that nobody else holds


class Peer:
    """One end. Of its two kinds each has refer(v), how the other side may know an object that is no
    plain data, and ask(operation, *operands)."""

    def __init__(self):
        self.kept, self.numbers = [], {}  # our objects that the other side knows, and their numbers
        self.remotes = {}  # what stands here for the other side's, by their numbers
        self.shared = {}  # mutable containers that both sides hold: (ours, number): [container, what it held]
        self.keys = {}  # ... and their keys, by id
        self.counts = {True: 0, False: 0}
        self.touched = False  # whether the other side has had a part in anything
        self.strange = False  # whether anything but plain data and functions came from the other side

    # Containers

    def share(self, container, ours):
        key = ours, self.counts[ours]
        self.counts[ours] += 1
        self.keys[id(container)] = key
        self.shared[key] = entry = [container, None]
        return entry

    def content(self, container):
        """The tree of what a container holds."""
        if isinstance(container, bytearray):
            return container.hex()
        if isinstance(container, dict):
            return [[self.tree(k), self.tree(v)] for k, v in dict.items(container)]
        return self.trees(container)

    def trees(self, values):
        kinds = set(map(type, values))
        if kinds <= ATOMS or kinds == {int} and -SMALL < min(values) and max(values) < SMALL:
            return list(values)
        return [self.tree(x) for x in values]

    def changes(self):
        """What the other side has to learn of the containers that both hold."""
        new = []
        for (ours, number), entry in list(self.shared.items()):
            container, before = entry
            if not same(container, before):
                entry[1] = items(container)
                new.append([not ours, number, self.content(container)])
        return new

    def change(self, new):
        for ours, number, content in new:
            entry = self.shared[ours, number]
            refill(entry[0], self.holding(entry[0], content))
            entry[1] = items(entry[0])

    def holding(self, container, content):
        if isinstance(container, bytearray):
            return bytes.fromhex(content)
        if isinstance(container, dict):
            return [(self.value(k), self.value(v)) for k, v in content]
        return self.values(content)

    def values(self, trees):
        if {list, dict}.isdisjoint(map(type, trees)):
            return trees
        return [self.value(x) for x in trees]

    def unused(self):
        """Forgets containers that nobody here holds any more; the other side may do so too. One that has
        changed is first sent (bag.items.append(1) leaves nobody who holds it)."""
        gone = []
        for key in list(self.shared):
            if references(self.shared, key) == UNHELD and same(*self.shared[key]):
                del self.keys[id(self.shared.pop(key)[0])]
                gone.append([not key[0], key[1]])
        return gone

    def forget(self, gone):
        for ours, number in gone:
            del self.keys[id(self.shared.pop((ours, number))[0])]

    # Objects

    def keep(self, v):
        """The number of an object that stays here."""
        number = self.numbers.get(id(v))
        if number is None:
            number = self.numbers[id(v)] = len(self.kept)
            self.kept.append(v)
        return number

    def stand_in(self, number, make):
        if number not in self.remotes:
            self.remotes[number] = make()
        return self.remotes[number]

    # Values

    def tree(self, v):
        kind = type(v)
        if kind in ATOMS:
            return v
        if kind is int:
            return v if -SMALL < v < SMALL else {"t": "int", "v": hex(v)}
        tag = TAGS.get(kind)
        if tag in MUTABLE:
            return self.container_tree(v, tag)
        if tag:
            return {"t": tag, "v": self.trees(v)}
        far = far_of(v)
        if far is not None and far.peer is self:
            return {"t": "yours", "v": far.number}
        return simple_tree(v) or self.compound_tree(v, kind) or array_tree(self, v) or self.refer(v)

    def container_tree(self, v, tag):
        if id(v) in self.keys:
            ours, number = self.keys[id(v)]
            return {"t": "same", "v": [not ours, number]}
        entry = self.share(v, True)
        content = self.content(v)
        entry[1] = items(v)
        if tag == "list":
            return content
        tree = {"t": tag, "v": content}
        if tag == "deque" and v.maxlen is not None:
            tree["most"] = v.maxlen
        if tag == "defaultdict" and isinstance(v.default_factory, type) and BUILTIN.get(v.default_factory.__name__) is v.default_factory:
            tree["default"] = v.default_factory.__name__
        return tree

    def compound_tree(self, v, kind):
        if kind in (range, slice):
            return {"t": kind.__name__, "v": self.trees([v.start, v.stop, v.step])}
        if kind in VIEWS:
            return {"t": VIEWS[kind], "v": self.trees(list(v))}
        if kind is SimpleNamespace:
            return {"t": "namespace", "v": self.trees([*v.__dict__, *v.__dict__.values()])}
        if isinstance(v, (type, type(len))) and BUILTIN.get(v.__name__) is v:
            return {"t": "builtin", "v": v.__name__}
        if kind is type and v in NAMELESS:
            return {"t": "nameless", "v": NAMELESS[v]}
        return None

    def value(self, t):
        kind = type(t)
        if kind is not dict:
            return self.new_container(list, t) if kind is list else t
        tag, v = t["t"], t["v"]
        if tag in SIMPLE:
            return SIMPLE[tag](v)
        if tag in MUTABLE:
            return self.new_container(functools.partial(empty, t), v)
        if tag in IMMUTABLE:
            return IMMUTABLE[tag](self.values(v))
        return getattr(self, "value_" + tag)(v)

    def new_container(self, make, content):
        container = make()
        entry = self.share(container, False)
        refill(container, self.holding(container, content))
        entry[1] = items(container)
        return container

    def value_same(self, v):
        ours, number = v
        return self.shared[ours, number][0]

    def value_yours(self, v):
        return self.kept[v]

    def value_range(self, v):
        return range(*v)

    def value_slice(self, v):
        return slice(*self.values(v))

    def value_keys(self, v):
        return dict.fromkeys(self.values(v)).keys()

    def value_values(self, v):
        return dict(enumerate(self.values(v))).values()

    def value_items(self, v):
        return dict(self.values(v)).items()

    def value_namespace(self, v):
        v = self.values(v)
        return SimpleNamespace(**dict(zip(v[: len(v) // 2], v[len(v) // 2 :])))

    def value_builtin(self, v):
        self.strange = True
        return BUILTIN[v]

    def value_nameless(self, v):
        self.strange = True
        return next(kind for kind, name in NAMELESS.items() if name == v)

    def value_ref(self, v):
        """An object of the other side: its number, that of its class or -1, and the plain type that it is made of."""
        self.strange |= v[1] >= 0
        return self.stand_in(v[0], lambda: coroutine_of(Far(self, *v)) if v[2] == "coroutine" else Remote(Far(self, *v)))

    def value_based(self, v):
        """An object of a class on an immutable plain type: that type's value, whose methods are its own, with the other side's attributes."""
        plain, number, kind, fields = v
        self.strange = True
        return self.stand_in(number, lambda: based(self.value(plain), Far(self, number, kind), fields))

    def value_class(self, v):
        """A class of exceptions, which can be caught here: its number, its name, its bases and the module that has it."""
        number, name, bases, module = v
        return self.stand_in(number, lambda: standard_exception(module, name) or RemoteExceptionClass.stand_in(Far(self, number), name, self.values(bases)))

    def value_exception(self, v):
        number, kind, arguments, attributes, text, cause = v
        cause = self.value(cause)
        parts = self.value(kind), self.values(arguments), dict(self.values(attributes))
        return self.stand_in(number, lambda: exception_of(Far(self, number), *parts, text, cause))

    def value_ndarray(self, v):
        values, kind, shape = v
        if "O" in kind:
            raise ValueError("an array of objects")
        return array_of(self.value(values), kind, shape)

    def value_named(self, v):
        """A named tuple of a class that has nothing else."""
        name, fields, content = v
        return named_class(name, *fields)._make(self.values(content))


def empty(t):
    """A new container of a tree's type."""
    if t["t"] == "deque":
        return deque(maxlen=t.get("most"))
    if t["t"] == "defaultdict":
        return defaultdict(BUILTIN.get(t.get("default")))
    return MUTABLE[t["t"]]()


@functools.lru_cache(maxsize=100)
def named_class(name, *fields):
    if not (isinstance(name, str) and name.isidentifier()) or keyword.iskeyword(name):
        name = "Tuple"
    return namedtuple(name, fields)


def imported(module, path):
    """What a module of the standard library that is loaded here holds under a name, or None."""
    v = sys.modules.get(module) if module.partition(".")[0] in sys.stdlib_module_names else None
    for name in path.split("."):
        v = vars(v).get(name) if isinstance(v, (type, type(sys))) else None
    return v


def standard_exception(module, name):
    kind = imported(module, name)
    return kind if isinstance(kind, type) and issubclass(kind, BaseException) else None
