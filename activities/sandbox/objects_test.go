//go:build linux

package sandbox

import (
	"strings"
	"testing"

	"temper/model/reward"
)

const vector = `
class Vector:
    made = 0
    def __init__(self, *x): self.x = list(x); Vector.made += 1
    def __eq__(self, other): return isinstance(other, Vector) and self.x == other.x
    def __hash__(self): return hash(tuple(self.x))
    def __lt__(self, other): return self.x < other.x
    def __add__(self, other): return Vector(*map(sum, zip(self.x, other.x)))
    def __iadd__(self, other): self.x = (self + other).x; return self
    def __mul__(self, n): return Vector(*[n * v for v in self.x])
    __rmul__ = __mul__
    def __neg__(self): return self * -1
    def __abs__(self): return sum(v * v for v in self.x) ** 0.5
    def __len__(self): return len(self.x)
    def __bool__(self): return any(self.x)
    def __contains__(self, v): return v in self.x
    def __getitem__(self, i): return self.x[i]
    def __setitem__(self, i, v): self.x[i] = v
    def __delitem__(self, i): del self.x[i]
    def __iter__(self): return iter(self.x)
    def __reversed__(self): return iter(self.x[::-1])
    def __int__(self): return self.x[0]
    def __float__(self): return float(self.x[0])
    def __index__(self): return self.x[0]
    def __call__(self, n): return self * n
    def __enter__(self): self.x.append('in'); return self
    def __exit__(self, kind, e, trace): self.x.append(kind is ValueError and str(e)); return True
    def __str__(self): return f'<{self.x}>'
    def __repr__(self): return f'Vector{tuple(self.x)}'
    def __format__(self, spec): return spec + str(self)
    @property
    def size(self): return len(self.x)
    @classmethod
    def unit(cls): return cls(1, 0)
    @staticmethod
    def zero(): return Vector(0, 0)
    def add(self, v): self.x.append(v); return self
class Longer(Vector): pass
def make(*x): return Vector(*x)
def same(v): return v
`

// Tests use a program's objects as if they were in one process with it.
func TestObjects(t *testing.T) {
	s := opened(t)
	for name, tc := range map[string][2]string{
		"equality":            {vector, "assert make(1, 2) == make(1, 2) and make(1) != make(2) and [make(1)] == [make(1)] and make(1) in [make(1)]"},
		"hash":                {vector, "assert hash(make(1)) == hash(make(1)) and len({make(1), make(1), make(2)}) == 2 and {make(1): 5}[make(1)] == 5"},
		"order":               {vector, "assert make(1) < make(2) and sorted([make(3), make(1)])[0] == make(1) and max(make(1), make(4), make(2)).x == [4]"},
		"operators":           {vector, "v = Vector(1, 2)\nassert (v + v).x == [2, 4] and (v * 3).x == (3 * v).x == [3, 6] and (-v).x == [-1, -2] and abs(Vector(3, 4)) == 5 and ((v + v) * 2).x == [4, 8]"},
		"in place":            {vector, "v = w = Vector(1, 2)\nv += v\nassert v is w and v.x == [2, 4]\nv.x = [7]\nassert w.x == [7] and same(v) is v"},
		"containers":          {vector, "v = Vector(1, 2, 3)\nv[0] = 9\ndel v[1]\nassert len(v) == 2 and v[0] == 9 and v[:1] == [9] and 3 in v and 4 not in v and list(v) == [9, 3] and list(reversed(v)) == [3, 9] and not Vector(0)"},
		"contains alone":      {vector, "assert 3 in Vector(3)"},
		"numbers":             {vector, "v = Vector(3)\nassert int(v) == 3 and float(v) == 3.0 and [0, 1, 2, 3][v] == 3"},
		"called":              {vector, "assert Vector(1, 2)(5).x == [5, 10]"},
		"context":             {vector, "with Vector(1) as v: raise ValueError('told')\nassert v.x == [1, 'in', 'told']"},
		"text":                {vector, "v = Vector(1)\nassert str(v) == '<[1]>' and repr(v) == 'Vector(1,)' and f'{v:>>}' == '>><[1]>'"},
		"classes":             {vector, "v = Longer(1)\nassert isinstance(v, Vector) and isinstance(v, (int, Longer)) and not isinstance(make(1), Longer) and issubclass(Longer, Vector) and type(v) is Longer and type(v) == type(v) and type(v).__name__ == 'Longer' and v.__class__ is Longer"},
		"members of a class":  {vector, "n = Vector.made\nassert Vector.unit().x == [1, 0] and Vector.zero().size == 2 and Vector.made == n + 2 and hasattr(make(1), 'size') and not hasattr(make(1), 'width') and getattr(make(1), 'width', 7) == 7"},
		"fluent":              {"class Bst:\n def __init__(s): s.v = set()\n def insert(s, x): s.v.add(x); return s\n def __contains__(s, x): return x in s.v\n def __eq__(s, o): return s.v == (o.v if isinstance(o, Bst) else o)", "b = Bst()\nb.insert(1).insert(2)\nfor i in range(3, 5):\n    b.insert(i)\nassert 1 in b and 4 in b and 9 not in b and b == {1, 2, 3, 4}"},
		"what it has":         {"class A:\n def __len__(self): return 1\nclass B:\n x = 1\n def __call__(self): pass", "assert hasattr(A(), '__len__') and not hasattr(B(), '__len__') and hasattr(A, '__len__') and not hasattr(B, '__iter__') and hasattr(B(), 'x') and not callable(A()) and callable(B()) and callable(A)"},
		"methods":             {vector, "v = Vector()\nassert v.add(1).add(2) is v\nadd = v.add\nadd(3)\nassert v.x == [1, 2, 3]"},
		"copies":              {vector, "import copy\nv = Vector(1)\nw = copy.deepcopy(v)\nw.add(2)\nassert v.x == [1] and w.x == [1, 2] and copy.copy(v) == v"},
		"enumeration":         {"from enum import Enum, IntEnum\nclass C(Enum):\n RED = 1\n BLUE = 2\nclass N(IntEnum):\n ONE = 1\ndef f(): return C.RED\ndef g(): return N.ONE", "assert f() == C.RED and f() is C.RED and f() != C.BLUE and f().value == 1 and f().name == 'RED' and len(C) == 2 and [c.name for c in C] == ['RED', 'BLUE'] and C(2) is C.BLUE\nassert g() == 1 and g().name == 'ONE' and g() is N.ONE and isinstance(g(), int) and isinstance(g(), N) and {1: 5}[g()] == 5"},
		"data class":          {"from dataclasses import dataclass\n@dataclass(order=True)\nclass P:\n x: int\n y: int = 0\ndef mk(x): return P(x)", "assert mk(1) == P(1, 0) and mk(1) != mk(2) and mk(1) < mk(2) and repr(mk(1)) == 'P(x=1, y=0)'"},
		"named tuple":         {"from collections import namedtuple\nP = namedtuple('P', 'x y')\ndef mk(x): return P(x, 2)\ndef x_of(p): return p.x", "assert mk(1) == (1, 2) and mk(1).x == 1 and mk(1)._replace(x=5) == (5, 2) and isinstance(mk(1), P) and isinstance(mk(1), tuple) and x_of(mk(3)) == 3 and mk(1) == P(1, 2)"},
		"tests' named tuple":  {"def add(p): return p.x + p.y", "from collections import namedtuple\nQ = namedtuple('Q', 'x y')\nassert add(Q(1, 2)) == 3"},
		"subclass of list":    {"class Stack(list):\n def push(self, v): self.append(v)\n def top(self): return self[-1]", "s = Stack()\ns.push(1)\ns.push(2)\nassert s.top() == 2 and len(s) == 2 and s == [1, 2] and list(s) == [1, 2] and s.pop() == 2 and isinstance(s, list)"},
		"identity":            {"o = object()\ndef get(): return o\ndef new(): return object()", "assert get() == get() and get() is get() and new() != new()"},
		"linked list":         {"class Node:\n def __init__(self, v, next=None): self.v, self.next = v, next\ndef rev(n):\n p = None\n while n: n.next, p, n = p, n, n.next\n return p", "a = Node(1, Node(2, Node(3)))\nb = a.next\nr = rev(a)\nassert r.v == 3 and r.next is b and r.next.next is a and a.next is None"},
		"views":               {"def keys(d): return d.keys()\ndef vals(d): return d.values()\ndef pairs(d): return d.items()", "assert keys({'a': 1}) == {'a'} and list(vals({'a': 1})) == [1] and pairs({'a': 1}) == {('a', 1)}"},
		"generator's send":    {"def f():\n x = 0\n while True: x += yield x", "g = f()\nassert next(g) == 0 and g.send(5) == 5 and g.send(2) == 7\ng.close()"},
		"part of an iterator": {"def f():\n yield from range(100)", "g = f()\nfor x in g:\n    if x == 5: break\nassert next(g) == 6 and next(g) == 7 and sum(g) == sum(range(8, 100))"},
		"an iterator's error": {"def f():\n yield 1\n yield 2\n raise ValueError('late')", "got = []\ntry:\n    for x in f(): got.append(x)\nexcept ValueError as e: got.append(str(e))\nassert got == [1, 2, 'late']"},
		"own iterator":        {"class Up:\n def __init__(self, n): self.n = n\n def __iter__(self): return self\n def __next__(self):\n  if self.n == 0: raise StopIteration\n  self.n -= 1\n  return self.n", "assert list(Up(3)) == [2, 1, 0]\nit = iter(Up(2))\nassert next(it) == 1 and next(it) == 0 and next(it, 'end') == 'end'\nu = Up(1)\nu.__next__()\ntry:\n    u.__next__()\n    assert False\nexcept StopIteration: pass"},
		"signature":           {"def f(a, b=2, *c, d=4, **e): pass", "import inspect\ns = inspect.signature(f)\nassert list(s.parameters) == ['a', 'b', 'c', 'd', 'e'] and s.parameters['b'].default == 2 and f.__name__ == 'f' and callable(f)"},
		"documentation":       {"def f():\n 'says it'\nclass A:\n 'a class'", "assert f.__doc__ == 'says it' and A.__doc__ == 'a class' and A().__doc__ == 'a class'"},
		"coroutine":           {"import asyncio\nasync def f(x):\n await asyncio.sleep(0)\n return x + 1", "import asyncio\nassert asyncio.run(f(1)) == 2\nasync def go(): return await f(5)\nassert asyncio.run(go()) == 6"},
		"sum":                 {vector, "v, w = make(1, 2), make(3, 4)\nassert sum([Vector(1, 2), Vector(3, 4)], Vector(0, 0)) == Vector(4, 6) and (make(1) * 2 == Vector(2)) and 2 * make(1) == Vector(2) and (Vector(1).add(5) * 2).x == [2, 10]"},
		"sum from 0":          {"class M:\n def __init__(self, c): self.c = c\n def __eq__(self, o): return self.c == o.c\n def __add__(self, o): return M(self.c + (o.c if isinstance(o, M) else o))\n __radd__ = __add__\ndef mk(c): return M(c)", "assert sum([M(1), M(2)]) == M(3) and sum([mk(1), mk(2)]) == mk(3) and sum(M(i) for i in range(4)) == M(6)"},
		"other operand first": {"class N:\n def __init__(self, s): self.s = s\n def __radd__(self, o): return N(o + self.s)\n def __rpow__(self, o): return N(o ** self.s)\n def __pow__(self, e, m=None): return N(pow(self.s, e, m))\n def __eq__(self, o): return self.s == o.s", "assert 'a' + N('b') == N('ab') and [1] + N([2]) == N([1, 2]) and (1,) + N((2,)) == N((1, 2)) and 2 ** N(3) == N(8) and pow(N(2), 3, 5) == N(3)"},
		"made by a function":  {"class M:\n def __init__(self, c): self.c = c\n def __eq__(self, o): return self.c == o.c\n def __rsub__(self, k): return M(k - self.c)\ndef mk(c): return M(c)", "assert mk(4).c == 4 and 10 - mk(4) == mk(6)"},
		"made by its class":   {"class M:\n def __init__(self, c): self.c = c\n def __eq__(self, o): return self.c == o.c\n def __mul__(self, k): return M(self.c * k)\n @classmethod\n def of(cls, s): return cls(int(s))", "m = M.of('3')\nassert m * 2 == M(6)\nm *= 4\nassert m.c == 12"},
		"deep copy":           {"class Bag:\n def __init__(self, items): self.items = list(items)", "import copy\na = Bag([[1], 2])\nb = copy.deepcopy(a)\nb.items[0].append(9)\nassert a.items == [[1], 2] and b.items == [[1, 9], 2]\nc, d = copy.deepcopy([a, a])\nassert c is d and c is not a"},
		"changed and let go":  {"class Node:\n def __init__(self): self.kids = []\n def size(self): return 1 + sum(k.size() for k in self.kids)", "r = Node()\nr.kids.append(Node())\nr.kids[0].kids.append(Node())\nassert r.size() == 3 and len(r.kids) == 1"},
		"generator's end":     {"log = []\ndef g():\n try:\n  yield 1\n  yield 2\n finally: log.append('closed')\ndef h():\n yield 1\n return 7", "it = g()\nassert next(it) == 1\nit.close()\nassert log == ['closed'] and list(it) == []\ndef outer():\n    r = yield from h()\n    yield r\nassert list(outer()) == [1, 7]"},
		"iter of an iterator": {"class Up:\n def __init__(self): self.n = 0\n def __iter__(self): return self\n def __next__(self):\n  self.n += 1\n  return self.n", "u = Up()\nassert iter(u) is u and next(iter(u)) == 1 and u.n == 1"},
		"abstract classes":    {"class H:\n def __contains__(self, x): return x > 3\n def __call__(self): return 1\nclass L(list): pass", "import collections.abc as abc\nh = H()\nassert isinstance(h, abc.Container) and isinstance(h, (abc.Sized, abc.Callable)) and not isinstance(h, abc.Iterable) and issubclass(H, abc.Container) and not issubclass(H, (abc.Sized, int)) and issubclass(L, list)"},
		"two of a list's":     {"class Multi(dict):\n def add(self, k, v): self.setdefault(k, []).append(v)\n def __missing__(self, k): return 'none'", "m = Multi()\nn = Multi(a=1)\nm.add('a', 1)\nassert m == {'a': [1]} and m['q'] == 'none' and n == {'a': 1}"},
		"methods of a tuple":  {"from typing import NamedTuple\nclass P(NamedTuple):\n x: int\n y: int = 3\n def norm(self): return self.x + self.y\ndef mk(): return P(1)", "p = mk()\nassert p.norm() == 4 and p._replace(x=7).norm() == 10 and p._replace(x=7) == P(7) == (7, 3) and repr(p) == 'P(x=1, y=3)'"},
		"asynchronous":        {"class A:\n async def __aenter__(self): self.x = 1; return self\n async def __aexit__(self, *a): self.x = 2\n", "import asyncio\nasync def go():\n    async with A() as a: assert a.x == 1\n    return a.x\nassert asyncio.run(go()) == 2"},
		"slots":               {"class S:\n __slots__ = ('a',)\n def __init__(self): self.a = 1", "s = S()\ntry:\n    s.b = 2\n    assert False\nexcept AttributeError: pass\nassert S.__slots__ == ('a',)"},
		"LeetCode's lists":    {"class Solution:\n def rev(self, head):\n  p = None\n  while head: head.next, p, head = p, head, head.next\n  return p\nis_same_list = None", "assert is_same_list(Solution().rev(list_node([1, 2])), list_node([2, 1])) and not is_same_list(Solution().rev(list_node([1])), list_node([1, 2])) and is_same_list(Solution().rev(list_node([])), None)"},
		"LeetCode's trees":    {"class Solution:\n def up(self, root: Optional[TreeNode]): return TreeNode(9, None, root)", "assert is_same_tree(Solution().up(tree_node([1, None, 2])), tree_node([9, None, 1, None, 2])) and not is_same_tree(Solution().up(TreeNode(1)), tree_node([9, 1]))"},
		"a helper as problem": {"def is_same_tree(p, q): return p.val == q.val + 1", "assert is_same_tree(TreeNode(2), TreeNode(1)) and not is_same_tree(TreeNode(1), TreeNode(1))"},
		"from solution":       {"def f(x): return x\ndef sort(x): return sorted(x)", "from solution import f, sort as s\nassert f(1) == 1 and s([2, 1]) == [1, 2]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gradeAsserts(t, s, name, tc[0], "", Limits{}, reward.Correct, tc[1])
		})
	}
}

// What a program raises is what the tests catch.
func TestExceptionsOfPrograms(t *testing.T) {
	s := opened(t)
	const own = "class Empty(Exception): pass\nclass Full(Empty, ValueError):\n def __init__(self, most):\n  super().__init__(f'at most {most}')\n  self.most = most\n def twice(self): return 2 * self.most\ndef f(n):\n if n == 0: raise Empty\n raise Full(n)\n"
	for name, tc := range map[string][2]string{
		"class of its own":     {own, "try:\n    f(0)\n    assert False\nexcept Empty as e:\n    assert str(e) == '' and type(e) is Empty and not isinstance(e, Full)"},
		"arguments and fields": {own, "try:\n    f(3)\n    assert False\nexcept Empty as e:\n    assert str(e) == 'at most 3' and e.args == ('at most 3',) and e.most == 3 and e.twice() == 6 and type(e).__name__ == 'Full'"},
		"built-in base":        {own, "try:\n    f(3)\n    assert False\nexcept ValueError as e:\n    assert isinstance(e, Full)"},
		"made by the tests":    {own, "e = Full(4)\nassert e.most == 4 and isinstance(e, Full) and issubclass(Full, Empty)\ntry:\n    raise e\nexcept Empty as caught:\n    assert caught is e"},
		"key":                  {"def f(): return {}['k']", "try:\n    f()\n    assert False\nexcept KeyError as e:\n    assert str(e) == \"'k'\" and e.args == ('k',)"},
		"system's":             {"def f(): open('/no')", "try:\n    f()\n    assert False\nexcept FileNotFoundError as e:\n    assert e.errno == 2"},
		"text that is none":    {"def f(): return b'\\xff'.decode()", "try:\n    f()\n    assert False\nexcept UnicodeDecodeError as e:\n    assert e.start == 0"},
		"standard library's":   {"import json\ndef f(): json.loads('{')", "import json\ntry:\n    f()\n    assert False\nexcept json.JSONDecodeError as e:\n    assert isinstance(e, ValueError) and e.lineno == 1"},
		"unittest":             {own, "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        with self.assertRaises(Full) as c: f(1)\n        self.assertEqual(c.exception.most, 1)\nresult = unittest.TestResult()\nT('test').run(result)\nassert result.wasSuccessful() and result.testsRun == 1"},
		"exit that is meant":   {"import sys\ndef f(): sys.exit(3)", "try:\n    f()\n    assert False\nexcept SystemExit as e:\n    assert e.code == 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gradeAsserts(t, s, name, tc[0], "", Limits{}, reward.Correct, tc[1])
		})
	}
}

// Containers that both sides hold are the same for both.
func TestSharedContainers(t *testing.T) {
	s := opened(t)
	for name, tc := range map[string][2]string{
		"nested":             {"def flip(m):\n for r in m: r.reverse()", "r = [1, 2]\nm = [r, [3, 4]]\nflip(m)\nassert r == [2, 1] and m[0] is r and m == [[2, 1], [4, 3]]"},
		"by keyword":         {"def f(nums): nums.sort()", "a = [3, 1, 2]\nf(nums=a)\nassert a == [1, 2, 3]"},
		"returned":           {"def f(a): a.append(1); return a\ndef g(d): return [d['k'], d]", "a = []\nassert f(a) is a and f(a) == [1, 1]\nd = {'k': a}\nr = g(d)\nassert r[0] is a and r[1] is d"},
		"kept":               {"class Box:\n def __init__(self, a): self.a = a\n def total(self): return sum(self.a)\n def add(self, v): self.a.append(v)", "a = [1]\nb = Box(a)\na.append(2)\nassert b.total() == 3\nb.add(4)\nassert a == [1, 2, 4] and b.a is a"},
		"the program's":      {"class G:\n def __init__(self): self.m = [[1, 2], [3, 4]]\n def turn(self): self.m[0].reverse()", "g = G()\nm = g.m\ng.turn()\nassert m == [[2, 1], [3, 4]]\nm[1].append(5)\nassert g.m[1] == [3, 4, 5] and g.m is m"},
		"cyclic":             {"def f(a): return len(a)", "a = [1]\na.append(a)\nassert f(a) == 2"},
		"other kinds":        {"def f(d, s, q, b):\n d.clear(); d['x'] = 1; s.add(9); q.appendleft(0); b[0] = 65\n return type(q).__name__", "from collections import deque\nd, s, q, b = {'a': 2}, {1}, deque([1], maxlen=3), bytearray(b'bc')\nassert f(d, s, q, b) == 'deque' and d == {'x': 1} and s == {1, 9} and list(q) == [0, 1] and b == b'Ac'"},
		"default dictionary": {"def f(d): d['new'].append(1)", "from collections import defaultdict\nd = defaultdict(list)\nf(d)\nassert d == {'new': [1]}"},
		"forgotten":          {"import gc\ndef f(a): return sum(type(o) is list and len(o) == 777 for o in gc.get_objects())", "for _ in range(20): n = f([0] * 777)\nassert n < 5"},
		"out of a call":      {"def walk(t, out):\n if t:\n  walk(t[0], out); out.append(t[1]); walk(t[2], out)", "out = []\nwalk([[None, 1, None], 2, None], out)\nassert out == [1, 2]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gradeAsserts(t, s, name, tc[0], "", Limits{}, reward.Correct, tc[1])
		})
	}
}

// A program uses functions and objects of the tests that it is given.
func TestCallbacks(t *testing.T) {
	s := opened(t)
	const apply = "def apply(g, *x): return g(*x)\n"
	for name, tc := range map[string][2]string{
		"function":        {apply, "assert apply(lambda x, y: x * y, 6, 7) == 42"},
		"library's":       {apply, "import math, operator\nassert apply(math.sqrt, 9) == 3 and apply(operator.add, 1, 2) == 3 and apply(str.upper, 'a') == 'A' and apply(sorted, [2, 1]) == [1, 2]"},
		"key":             {"def f(a, k): return sorted(a, key=k)", "assert f(['bb', 'a'], len) == ['a', 'bb'] and f([1, 2], lambda x: -x) == [2, 1]"},
		"method":          {apply, "seen = []\napply(seen.append, 1)\nassert seen == [1]"},
		"its exception":   {"def f(g):\n try: g()\n except KeyError as e: return e.args[0]", "def g(): raise KeyError('k')\nassert f(g) == 'k'"},
		"passing through": {apply, "class Mine(Exception): pass\nm = Mine('x')\ndef g(): raise m\ntry:\n    apply(g)\n    assert False\nexcept Mine as e:\n    assert e is m"},
		"back and forth":  {"def even(n, odd): return True if n == 0 else odd(n - 1, even)", "def odd(n, even): return False if n == 0 else even(n - 1, odd)\nassert even(10, odd) and not even(7, odd)"},
		"object":          {"def total(ps):\n for p in ps: p.x += 1\n return sum(p.x for p in ps) + ps[0].plus(10)", "class P:\n    def __init__(self, x): self.x = x\n    def plus(self, n): return self.x + n\na = P(1)\nassert total([a, P(5)]) == 20 and a.x == 2"},
		"class":           {"def f(kind): return [kind(i) for i in range(2)]", "class P:\n    def __init__(self, x): self.x = x\nr = f(P)\nassert [p.x for p in r] == [0, 1] and isinstance(r[0], P)"},
		"file in memory":  {"def count(f): return len(f.readlines())\ndef out(f): print('hi', file=f)", "import io\nassert count(io.StringIO('a\\nb')) == 2\nb = io.StringIO()\nout(b)\nassert b.getvalue() == 'hi\\n'"},
		"generator":       {"def f(g): return sum(g)", "assert f(x * x for x in range(4)) == 14"},
		"printed":         {"def f(): print('hi'); return 1", "import io, contextlib\nb = io.StringIO()\nwith contextlib.redirect_stdout(b):\n    assert f() == 1\nassert b.getvalue() == 'hi\\n'"},
		"read":            {"def f(): return int(input()) + int(input('more'))", "import io, sys\nsys.stdin = io.StringIO('1\\n2\\n')\nassert f() == 3"},
		"patched input":   {"def f(): return input('? ') + input()", "from unittest.mock import patch\nwith patch('builtins.input', side_effect=['a', 'b']) as m:\n    assert f() == 'ab'\nassert m.call_count == 2"},
		"from a thread":   {"import threading\ndef f(g):\n out = []\n ts = [threading.Thread(target=lambda i=i: out.append(g(i))) for i in range(4)]\n for t in ts: t.start()\n for t in ts: t.join()\n return sorted(out)", "assert f(lambda x: x + 1) == [1, 2, 3, 4]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gradeAsserts(t, s, name, tc[0], "", Limits{}, reward.Correct, tc[1])
		})
	}
}

// Faults of the tests themselves give no verdict, whatever the program does; those that a
// program brings about are its own.
func TestFaultsOfTests(t *testing.T) {
	s := opened(t)
	const good = "def f(x): return 2"
	for name, tc := range map[string]struct{ program, setup, assert, say string }{
		"missing module":       {good, "import no_such_module", "assert f(1) == 2", "No module named 'no_such_module'"},
		"leaves":               {good, "import sys\nsys.exit(0)", "assert f(1) == 2", "SystemExit"},
		"wrong name of module": {good, "", "import math\nassert math.isclos(f(1), 2)", "isclos"},
		"division":             {good, "", "assert f(1) == 1 / 0", "ZeroDivisionError"},
		"after a call":         {good, "", "assert f(1) == 2\nassert f(2) == int('x')", "invalid literal"},
		"syntax":               {good, "", "assert f(1) ==", "SyntaxError"},
		"files":                {"def f(p): return open(p).read()", "", "import tempfile, os\np = os.path.join(tempfile.mkdtemp(), 'x')\nassert f(p) == 'hi'", "they make files"},
		"pickles":              {"class S: pass", "", "import copy, pickle\nassert pickle.loads(pickle.dumps(S()))", "they make objects of bytes"},
		"runs its text":        {"def f(x): return '3'", "", "s = f('1 + 2')\nassert eval(s) == 3", "they run text"},
		"patterns":             {"class S: pass", "", "match S():\n    case S(): x = 1\nassert x", "they match by the class S"},
		"derived class":        {"class S: pass", "", "class C(S): pass\nassert C()", "they derive a class from S"},
		"own assertion":        {good, "assert 1 == 2", "assert f(1) == 2", "AssertionError"},
		"even if it raises":    {"def f(x): raise ValueError", "x = [1][5]", "assert f(1) == 2", "IndexError"},
	} {
		got, err := grade(s, tc.program, tc.setup, tc.assert)
		if err == nil || got.Verdict != reward.Ungradable || !strings.Contains(err.Error(), tc.say) {
			t.Errorf("%s: %+v, %v; want ungradable with %q", name, got, err, tc.say)
		}
	}
	for name, tc := range map[string][2]string{
		"no function":         {"g = 1", "assert f(1) == 2"},
		"wrong type":          {"def f(x): return 5", "assert f(1)[0] == 2"},
		"an object":           {"class A: pass\ndef f(x): return A()", "assert f(1) + 1 == 2"},
		"of no use":           {"class A: pass\nf = A()", "assert f(1) == 2"},
		"not even asked":      {"class A: pass\nf = A()", "assert f + 1 == 2"},
		"a constant":          {"f = 5", "assert f(1) == 2"},
		"an unsendable thing": {"def f(x): return str", "assert f(f(1).join) == 2"},
	} {
		if got, err := grade(s, tc[0], "", tc[1]); got.Verdict != reward.Incorrect {
			t.Errorf("%s: %+v, %v; want incorrect", name, got, err)
		}
	}
}
