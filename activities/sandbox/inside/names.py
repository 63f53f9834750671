# What the tests' text says before any of it runs.
import ast, symtable

# Names that tests commonly use without importing them, where they come from.
USUAL = {name: module for module, names in {
    "collections": "Counter OrderedDict defaultdict deque namedtuple", "decimal": "Decimal", "fractions": "Fraction",
    "datetime": "date datetime timedelta", "typing": "Any Dict List Optional Set Tuple Union",
    "math": "ceil comb cos exp factorial floor gcd inf isclose isinf isnan log nan pi sin sqrt tan",
    "functools": "reduce", "itertools": "chain combinations permutations product", "copy": "deepcopy",
}.items() for name in names.split()}


def free_names(source):
    """The names that a source loads and does not bind itself."""
    loaded, bound = set(), set()

    def walk(table):
        for s in table.get_symbols():
            top = table.get_type() == "module"
            if top and (s.is_assigned() or s.is_imported()) or s.is_global() and s.is_assigned():
                bound.add(s.get_name())
            if s.is_referenced() and (top or s.is_global()):
                loaded.add(s.get_name())
        for child in table.get_children():
            walk(child)

    walk(symtable.symtable(source, "tests", "exec"))
    return loaded - bound


def bases(nodes):
    """Names that a text uses only as NAME.attribute."""
    attributes = {id(n.value): n.value.id for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)}
    return set(attributes.values()) - {n.id for n in nodes if isinstance(n, ast.Name) and id(n) not in attributes}


def compared(nodes):
    """Names that the tests compare, or take items or methods of: those are no functions."""
    sides = [side for n in nodes if isinstance(n, ast.Compare) for side in (n.left, *n.comparators)]
    sides += [n.value for n in nodes if isinstance(n, (ast.Subscript, ast.Attribute))]
    return {n.id for n in sides if isinstance(n, ast.Name)}


def share(source, nodes):
    """Which free names of the tests are the program's; the rest is the tests' own. A program
    that defines set, len or isclose anew must not come to compare its own results."""
    free = free_names(source) | {n.name for i in solution_imports(nodes) for n in i.names if n.name != "*"}
    modules = {n for n in free if n in sys.stdlib_module_names} & bases(nodes)
    free -= modules
    usual, built = {n for n in free if n in USUAL}, {n for n in free if n in PRISTINE}
    if free - usual - built:  # a variable of the program's may be called log
        usual -= {n for n in usual if USUAL[n] in ("math", "functools", "copy") and n not in ("inf", "nan", "pi")} & compared(nodes)
    for theirs in (free - usual - built, usual - built, built):
        if theirs:
            break
    own = {n: __import__(n) for n in modules} | {n: getattr(__import__(USUAL[n]), n) for n in usual - theirs}
    return theirs, own


def solution_imports(nodes):
    """Where tests take names by import of module solution, which is the program."""
    return [n for n in nodes if isinstance(n, ast.ImportFrom) and n.module == "solution" and not n.level]


PLAIN_ATTRIBUTES = {n for kind in (str, int, float, complex, bytes, tuple, list, dict, set, frozenset, range) for n in dir(kind)}


def tested_classes(nodes, theirs):
    """Names of the program that the tests use as classes whose objects they examine: they take
    attributes of what a call of the name gives that no plain data have, or, where the name is
    written as classes are, any attribute, operators among such objects, comparisons with what
    others give or a test of what they hold. And names so written whose objects they expect of
    others, or by whose methods they make some."""
    made = {}  # variables that hold such an object, and the class

    def maker(node):
        """The name whose call gives this value, by itself or by operators on such."""
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in theirs:
                return name
            case ast.Name(id=name):
                return made.get(name)
            case ast.BinOp(left=left, right=right):
                return maker(left) or maker(right)
            case ast.UnaryOp(operand=operand):
                return maker(operand)
        return None

    def written_as_class(name):
        return name is not None and name[0].isupper() and "_" not in name

    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=variable)], value=value) if maker(value):
                made[variable] = maker(value)
            case ast.withitem(context_expr=value, optional_vars=ast.Name(id=variable)) if maker(value):
                made[variable] = maker(value)
    def holds(node, name):
        """Whether such objects take part in a value."""
        return any(isinstance(n, (ast.Call, ast.Name)) and maker(n) == name for n in ast.walk(node))

    found, expected = set(), set()
    for node in nodes:
        match node:
            case ast.Compare(left=left, comparators=rest):
                for one in (left, *rest):
                    if written_as_class(name := maker(one)) and not name.isupper():
                        others = [other for other in (left, *rest) if other is not one]
                        if any(isinstance(n, ast.Name) and n.id not in PRISTINE for other in others for n in ast.walk(other)):
                            expected.add(name)
                        if any(holds(other, name) for other in others):
                            found.add(name)
            case ast.Attribute(value=ast.Name(id=name)) if name in theirs and written_as_class(name):
                expected.add(name)
        match node:
            case ast.Attribute(value=value, attr=attribute):
                name = maker(value)
                if name and (written_as_class(name) or attribute not in PLAIN_ATTRIBUTES):
                    found.add(name)
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, ast.Name(id=name)]) if name in theirs:
                found.add(name)
            case ast.withitem(context_expr=value) if maker(value):
                found.add(maker(value))
            case ast.BinOp(left=left, right=right) if maker(left) == maker(right) and written_as_class(maker(left)):
                found.add(maker(left))
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                either = maker(right) if isinstance(operator, (ast.In, ast.NotIn)) else maker(left) and maker(left) == maker(right) and maker(left)
                if written_as_class(either or None) and (isinstance(operator, (ast.In, ast.NotIn)) or isinstance(left, ast.BinOp) or isinstance(right, ast.BinOp)):
                    found.add(either)
    return found, expected


def helpers(nodes, theirs):
    """Those of the names that tests take from the program which are LeetCode's: nodes, and functions
    on them where another name is what is tested."""
    found = theirs & HELPER_NAMES - {n.name for i in solution_imports(nodes) for n in i.names}
    if theirs <= HELPER_NAMES or not found & {"list_node", "tree_node"}:
        found -= HELPER_NAMES - NODES
    return found


def several_functions(theirs):
    """The functions that tests take from the program, if there is more than one. (Names written as classes are none.)"""
    functions = sorted(n for n in theirs if n[0].islower() or n[0] == "_")
    return functions if len(functions) > 1 else []


def fed_to_others(nodes, theirs):
    """Functions of the program whose results the tests hand to others of the program's."""
    holds = {n: n for n in theirs}  # names of the tests' for functions of the program, and for their results
    for node in nodes:
        match node:
            case ast.FunctionDef(name=check, args=ast.arguments(args=[parameter])):
                for call in nodes:
                    match call:
                        case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=given)]) if name == check and given in theirs:
                            holds[parameter.arg] = given
    results = {}

    def made_in(node):
        """The functions whose calls take part in a value."""
        return {holds[n.func.id] for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in holds} | {
            results[n.id] for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in results}

    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=variable)], value=ast.Call(func=ast.Name(id=name))) if name in holds:
                results[variable] = holds[name]
    fed = set()
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in holds:
                fed |= {f for x in arguments for f in made_in(x)} - {holds[name]}
    return sorted(fed)


def expected_exceptions(nodes):
    """Names of exceptions that the tests catch, or hand to what is called raises or assertRaises."""
    places = []
    for node in nodes:
        match node:
            case ast.ExceptHandler(type=kind) if kind is not None:
                places.append(kind)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[kind, *_]) if "aises" in name:
                places.append(kind)
    return {n.id for place in places for n in ast.walk(place) if isinstance(n, ast.Name)}


def of_program(nodes, theirs):
    """A test of whether the program may have a part in a value, by the names in it."""
    names = theirs | {a.arg for n in nodes if isinstance(n, ast.FunctionDef) for a in n.args.args}

    def has_part(node):
        return any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node))

    for node in nodes:
        match node:
            case ast.Assign(targets=targets, value=value) if has_part(value):
                names |= {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value) | ast.NamedExpr(target=target, value=value) if has_part(value):
                names |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
    return has_part


UNPICKLING = {"pickle", "marshal", "shelve"}


def beyond(nodes, theirs):
    """What tests do that cannot be done from another process than the program's, or ""."""
    has_part = of_program(nodes, theirs)
    for node in nodes:
        match node:
            case ast.ClassDef(bases=bases) if used := [b.id for b in bases if isinstance(b, ast.Name) and b.id in theirs and not b.id.endswith(("Error", "Exception"))]:
                return f"they derive a class from {used[0]}, which is the program's"
            case ast.Import(names=[ast.alias(name="tempfile"), *_]) | ast.ImportFrom(module="tempfile") | ast.Call(func=ast.Name(id="open")) | ast.Call(func=ast.Attribute(attr="write_text" | "write_bytes" | "mkdir" | "makedirs")):
                return "they make files, of which the program sees none"
            case ast.Import(names=names) if any(n.name in UNPICKLING for n in names):
                return "they make objects of bytes, which could run what a program has written"
            case ast.ImportFrom(module=module) if module in UNPICKLING:
                return "they make objects of bytes, which could run what a program has written"
            case ast.Call(func=ast.Name(id="eval" | "exec" | "compile"), args=[text, *_]) if has_part(text):
                return "they run text that the program may have written"
            case ast.MatchClass(cls=ast.Name(id=name)) if name in theirs:
                return f"they match by the class {name}, which is the program's"
    return ""


def nodes_of(tree):
    """Every node of a tree but those of contexts and operators, which say nothing here, parents first."""
    nodes = [tree]
    for node in nodes:
        for field in node._fields:
            child = getattr(node, field, None)
            if isinstance(child, list):
                nodes += [c for c in child if isinstance(c, ast.AST) and c._fields]
            elif isinstance(child, ast.AST) and child._fields:
                nodes.append(child)
    return nodes


# Built-in functions that have others in their place in the tests, by their arguments.
ASKING = {("type", 1), ("isinstance", 2), ("issubclass", 2), ("iter", 1), ("hasattr", 2), ("callable", 1)}


class Prepared(ast.NodeTransformer):
    """Tests as they run: functions such as isinstance know objects of the program, what they import of it is
    there, and a method's result of which they make nothing is known to be that."""

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and (node.func.id, len(node.args)) in ASKING:
            node.func.id = "_" + node.func.id
        return node

    def visit_Expr(self, node):
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            lost = ast.Call(ast.Name("_lost", ast.Load()), [], [])
            call = ast.Call(ast.Name("_thrown_away", ast.Load()), [lost, node.value], [])
            node.value = ast.fix_missing_locations(ast.copy_location(call, node.value))
        return node

    def visit_ImportFrom(self, node):
        if node.module != "solution" or node.level:
            return node
        renamed = [ast.Assign([ast.Name(n.asname, ast.Store())], ast.Name(n.name, ast.Load())) for n in node.names if n.asname]
        return [ast.fix_missing_locations(ast.copy_location(x, node)) for x in renamed or [ast.Pass()]]
