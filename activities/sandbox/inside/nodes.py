# LeetCode's nodes. Tests hold lists and trees as arrays: nodes are made of them and read again
# here, where the program's classes are.
import builtins


class ListNode:
    def __init__(self, val=0, next=None):
        self.val, self.next = val, next


class TreeNode:
    def __init__(self, val=0, left=None, right=None):
        self.val, self.left, self.right = val, left, right


builtins.ListNode, builtins.TreeNode = ListNode, TreeNode  # for programs that define none


def make_list(values, kind):
    head = None
    for v in reversed(values):
        node = kind(v)
        node.next, head = head, node
    return head


def make_tree(values, kind):
    """The nodes level by level; None stands for a child that is missing."""
    nodes = [None if v is None else kind(v) for v in values]
    rest = iter(nodes)
    root = next(rest, None)
    for parent in nodes:
        if parent is not None:
            parent.left, parent.right = next(rest, None), next(rest, None)
    return root


def read_list(node):
    values, seen = [], set()
    while node is not None:
        if id(node) in seen:
            raise ValueError("returned a list that has no end")
        seen.add(id(node))
        values.append(node.val)
        node = node.next
    return values


def read_tree(root):
    level, values, seen = [root], [], set()
    while any(node is not None for node in level):
        below = []
        for node in level:
            values.append(None if node is None else node.val)
            if node is None:
                continue
            if id(node) in seen:
                raise ValueError("returned a tree in which a node is met twice")
            seen.add(id(node))
            below += [node.left, node.right]
        level = below
    while values and values[-1] is None:
        values.pop()
    return values


SHAPES = {"list": ("ListNode", make_list, read_list), "tree": ("TreeNode", make_tree, read_tree)}


def annotated_nodes(module, path):
    """The shapes that a function's annotations say, or None: for tests that say nothing of nodes."""
    first, _, method = path.partition(".")
    f = module.__dict__.get(first)
    if f is None or method:
        f = getattr(f or module.__dict__.get("Solution"), method or first, None)
    notes, code = getattr(f, "__annotations__", None), getattr(f, "__code__", None)
    if not notes or not code:
        return None
    names = [n for n in code.co_varnames[:code.co_argcount] if n != "self"]
    shapes, result = [shape_of(notes.get(n)) for n in names], shape_of(notes.get("return"))
    return [shapes, result] if any(shapes) or result else None


def shape_of(note):
    text = note if isinstance(note, str) else str(note)
    for name, shape in ("ListNode", "list"), ("TreeNode", "tree"):
        at = text.find(name)
        if at >= 0:
            return shape + "s" * ("list[" in text[:at].lower())
    return ""


def with_nodes(f, module, shapes, result):
    """f with arguments made of arrays and its result as one."""

    def one(shape):
        name, make, read = SHAPES[shape]
        kind = module.__dict__.get(name, getattr(builtins, name))
        return lambda values: None if values is None else make(values, kind), read

    def make(value, shape):
        if not shape or not isinstance(value, list):
            return value
        if shape[-1] == "s":
            return [one(shape[:-1])[0](v) for v in value]
        return one(shape)[0](value)

    def read(value):
        if not result:
            return value
        if result[-1] == "s":
            return [one(result[:-1])[1](v) for v in value]
        return one(result)[1](value)

    def call(*arguments):
        return read(f(*[make(a, shape) for a, shape in zip(arguments, shapes + [""] * len(arguments))]))
    return call
