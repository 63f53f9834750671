# Tests that make calls with constant arguments, one after the other, need not wait for each
# answer: all calls are sent at once, and the program answers in their order. Which calls a
# test makes is read from its text, so that the program is asked for the same calls in the
# same order as without.


class NotStraight(Exception):
    """A statement whose calls cannot be told from its text."""


class Call:
    """A call of a program's function with constant arguments."""

    def __init__(self, node, name):
        self.node, self.name = node, name
        arguments = [ast.literal_eval(a) for a in node.args]
        named = {k.arg: ast.literal_eval(k.value) for k in node.keywords}
        if None in named:
            raise NotStraight
        end = Alone()
        self.text = encoder.encode(end.trees(arguments)) + "," + encoder.encode(end.tree(named))


class Alone(Peer):
    """An end for values that hold nothing of the other side."""

    def refer(self, v):
        raise NotStraight

    def stand_in(self, number, make):
        raise ValueError("an object where plain data were said to be")

    value_yours = stand_in


def calls_of(statement, names):
    """The calls that a statement makes, in their order; names gives a program's name for each of the statement's."""
    found = []

    def uses(node):
        return any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node))

    def visit(node):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in names:
                try:
                    found.append(Call(node, names[name]))
                except (ValueError, TypeError, MemoryError, RecursionError):
                    raise NotStraight from None
            case ast.Name(id=name):
                if name in names:
                    raise NotStraight
            case ast.Constant() | ast.expr_context() | ast.operator() | ast.unaryop() | ast.cmpop():
                pass
            case ast.BoolOp(values=[first, *rest]) | ast.Compare(left=first, comparators=[_, *rest]) if any(map(uses, rest)):
                raise NotStraight  # it may not come to them
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp() | ast.IfExp() | ast.Dict() | ast.NamedExpr() | ast.Await() | ast.Yield() | ast.YieldFrom():
                if uses(node):
                    raise NotStraight
            case _:
                for child in ast.iter_child_nodes(node):
                    visit(child)

    match statement:
        case ast.Assert(test=ast.BoolOp(op=ast.And(), values=parts), msg=message):
            pass
        case ast.Assert(test=test, msg=message):
            parts = [test]
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in names:
            parts, message = [value], None
        case ast.Expr(value=value):
            parts, message = [value], None
        case _:
            raise NotStraight
    if message is not None and uses(message):
        raise NotStraight
    for part in parts:
        visit(part)
    return found


def straight_calls(statements, names):
    """The calls of all statements, or of those before the first whose calls cannot be told, and whether that is all."""
    found = []
    for statement in statements:
        try:
            found += calls_of(statement, names)
        except NotStraight:
            return found, False
    return found, True


MOST_CALLS = 256  # in one batch: what the tests say meanwhile must fit a pipe
MOST_TEXT = 1 << 16


def plan_batches(setup, tests, theirs):
    """Where batches begin: test number: calls. The calls' nodes are changed into what takes their answers."""
    calls = checked(setup, tests, theirs)
    batches = {0: calls[:MOST_CALLS]} if calls is not None else batches_of(tests, theirs)
    batches = {i: calls for i, calls in batches.items() if len(calls) > 1}
    for calls in batches.values():
        for call in calls:
            call.node.func = ast.copy_location(ast.Name("_answer", ast.Load()), call.node)
            call.node.args, call.node.keywords = [], []
    return batches


def batches_of(tests, theirs):
    """Batches of tests in a row all of whose calls can be told."""
    batches, batch, size = {}, None, 0
    for i, tree in enumerate(tests):
        calls, whole = straight_calls(tree.body, {n: n for n in theirs})
        if not whole or len(calls) > MOST_CALLS:
            batch = None
        elif calls:
            if batch is None or len(batch) + len(calls) > MOST_CALLS or size > MOST_TEXT:
                batch, size = batches.setdefault(i, []), 0
            batch += calls
            size += sum(len(c.text) for c in calls)
    return batches


def checked(setup, tests, theirs):
    """The calls of a function that the set-up defines and the only test calls, with a name of the program: check(f)."""
    match [tree.body for tree in tests]:
        case [[ast.Expr(value=ast.Call(func=ast.Name(id=check), args=[ast.Name(id=name)], keywords=[]))]] if name in theirs:
            pass
        case _:
            return None
    defined = [s for s in setup.body if isinstance(s, ast.FunctionDef) and s.name == check]
    used = sum(isinstance(n, ast.Name) and n.id == check for tree in [setup, *tests] for n in ast.walk(tree))
    if used != 1 or len(defined) != 1 or len(defined[0].args.args) != 1 or defined[0].decorator_list:
        return None
    parameter = defined[0].args.args[0].arg
    others = {n: n for n in theirs}
    return straight_calls(defined[0].body, others | {parameter: name})[0]


class Answers:
    """The answers to a batch, as they come."""

    def __init__(self, end, calls, names):
        self.end, self.calls, self.names = end, deque(calls), names
        self.come, self.last, self.over = deque(), None, False
        end.batch = self
        end.touched = True
        end.line.emit("batch", "[" + ",".join([f"[{names[c.name]._far_.number},{c.text}]" for c in calls]) + "]")

    def take(self):
        """The answer to the next call."""
        call = self.calls.popleft()
        while not self.come and not self.over:
            self.hear()
        if self.come:
            return self.end.read(lambda: Alone().value(self.come.popleft()))
        if self.last is not None:
            (kind, message), self.last = self.last, None
            maker = self.names[call.name]
            return made(maker, self.end.received(kind, message, "call", [maker]))
        arguments, named = json.loads(f"[{call.text}]")
        fresh = Alone()
        return self.names[call.name](*fresh.values(arguments), **fresh.value(named))

    def hear(self):
        kind, text = self.end.next_message()
        answers, rest = self.end.read(lambda: json.loads(text))
        self.end.read(lambda: self.come.extend(answers))
        if kind != b"items":
            self.over, self.last = True, None if rest is None else (kind, rest)

    def finish(self):
        """Before anything else is asked: the batch is at its end."""
        while not self.over:
            self.hear()
        self.end.batch = None
        if self.come:
            raise self.end.stop("the program answered what it was not asked")
