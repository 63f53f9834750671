//go:build linux

package sandbox

import (
	"testing"

	"temper/model/reward"
)

// Tests of many styles pass with programs that deserve it.
func TestVariety(t *testing.T) {
	t.Parallel()
	s := opened(t)
	const V = "class V:\n    def __init__(s,x): s.x=x\n    def __eq__(s,o): return isinstance(o,V) and s.x==o.x\n    def __hash__(s): return hash(s.x)\n    def __add__(s,o): return V(s.x+o.x)\n    def __lt__(s,o): return s.x<o.x\n    def __len__(s): return s.x\n    def __bool__(s): return s.x!=0\n    def __contains__(s,k): return k==s.x\n    def __enter__(s): return s\n    def __exit__(s,*a): return False\n    def __setitem__(s,k,v): s.x=v\n    def __getitem__(s,k): return s.x\n    def __delitem__(s,k): s.x=0\n    def __neg__(s): return V(-s.x)\n    def __int__(s): return s.x\n"
	for _, tc := range [][2]string{
		{V, "assert V(1)==V(1)"}, {V, "assert V(1)+V(2)==V(3)"}, {V, "assert V(1)<V(2)"}, {V, "assert len(V(3))==3"}, {V, "assert not V(0)"}, {V, "assert 3 in V(3)"}, {V, "assert 4 not in V(3)"},
		{V, "v=V(1)\ndel v[0]\nassert v.x==0"}, {V, "assert V(3)[0]==3"}, {V, "assert hash(V(1))==hash(V(1))"}, {V, "assert len({V(1),V(1)})==1"}, {V, "assert sorted([V(2),V(1)])[0].x==1"}, {V, "assert V(1)!=V(2)"}, {V, "assert V(1) in [V(1)]"}, {V, "assert max(V(1),V(3)).x==3"}, {V, "assert type(V(1)) is V"}, {V, "assert type(V(1)).__name__=='V'"}, {V, "assert V(1) is not None"}, {V, "assert callable(V)"}, {V, "assert hasattr(V(1),'x')"},
		{"class P:\n def __init__(s,**k): s.__dict__.update(k)\ndef mk(**k): return P(**k)", "assert vars(mk(a=1))=={'a':1}"},
		{"class P:\n def __init__(s): s.a=1", "p=P()\np.a+=5\nassert p.a==6 and p.__dict__=={'a':6}"},
		{"class P:\n def __repr__(s): return 'P!'\ndef f(): return [P(), {1: P()}]", "assert repr(f())=='[P!, {1: P!}]' and str(f()[0])=='P!'"},
		{"from typing import NamedTuple\nclass P(NamedTuple):\n x: int\n y: int = 2\n def s(self): return self.x + self.y\ndef f(): return P(1)", "assert f()==(1,2) and f().x==1 and f().s()==3 and P(1)==f() and isinstance(f(),P) and f()._asdict()=={'x':1,'y':2}"},
		{"import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass P:\n x:int", "import dataclasses\ntry:\n    P(1).x=2\n    assert False\nexcept dataclasses.FrozenInstanceError: pass\nassert hash(P(1))==hash(P(1))"},
		{"import dataclasses\n@dataclasses.dataclass\nclass P:\n x:int", "import dataclasses\nassert dataclasses.asdict(P(1))=={'x':1} and [f.name for f in dataclasses.fields(P)]==['x'] and dataclasses.is_dataclass(P)"},
		{"def f(): return iter([1,2,3])", "it=f()\nassert next(it)==1 and list(it)==[2,3]"},
		{"def f(): return (x*x for x in range(3))", "assert tuple(f())==(0,1,4)"},
		{"def f(): return map(str,[1,2])", "assert list(f())==['1','2']"},
		{"def f(x): return zip(x,x)", "assert dict(f([1,2]))=={1:1,2:2}"},
		{"def f(g,n): return [g() for _ in range(n)]", "from unittest.mock import Mock\nm=Mock(return_value=3)\nassert f(m,2)==[3,3]\nassert m.call_count==2"},
		{"def f(g): g.send('x', to=5)", "from unittest.mock import MagicMock\nm=MagicMock()\nf(m)\nm.send.assert_called_once_with('x', to=5)"},
		{"def deco(fn):\n def w(*a): return fn(*a)+1\n return w", "@deco\ndef g(x): return x\nassert g(1)==2"},
		{"import functools\ndef deco(fn):\n @functools.wraps(fn)\n def w(*a): return fn(*a)+1\n return w", "@deco\ndef g(x):\n    'doc'\n    return x\nassert g(1)==2 and g.__name__=='g' and g.__doc__=='doc'"},
		{"def compose(*fs):\n def h(x):\n  for f in fs: x=f(x)\n  return x\n return h", "assert compose(lambda x:x+1, str)(1)=='2'"},
		{"def memo(f):\n c={}\n def g(x):\n  if x not in c: c[x]=f(x)\n  return c[x]\n return g", "n=[]\ndef slow(x):\n    n.append(x)\n    return x*2\nm=memo(slow)\nassert m(2)==4 and m(2)==4 and n==[2]"},
		{"class LRU:\n def __init__(s,n): s.n=n; s.d={}\n def get(s,k): return s.d.get(k,-1)\n def put(s,k,v): s.d[k]=v", "c=LRU(2)\nc.put(1,1)\nassert c.get(1)==1 and c.get(2)==-1"},
		{"class A:\n def __init__(s): raise ValueError('no')", "try:\n    A()\n    assert False\nexcept ValueError as e: assert 'no' in str(e)"},
		{"def f(x):\n assert x>0, 'positive'\n return x", "try:\n    f(-1)\nexcept AssertionError as e: assert str(e)=='positive'\nelse: assert False"},
		{"def f(): raise Exception('a','b')", "try:\n    f()\nexcept Exception as e: assert e.args==('a','b')"},
		{"class E(Exception):\n def __init__(s,c): s.code=c\n def __str__(s): return f'E{s.code}'\ndef f(): raise E(7)", "try:\n    f()\n    assert False\nexcept E as e: assert e.code==7 and str(e)=='E7'"},
		{"def f():\n try: 1/0\n except ZeroDivisionError as e: raise ValueError('x') from e", "try:\n    f()\nexcept ValueError as e: assert isinstance(e.__cause__, ZeroDivisionError)"},
		{"def f(x): return x", "def test_f():\n    assert f(1)==1\ntest_f()"},
		{"def f(x): return x", "class TestF:\n    def test_a(self): assert f(1)==1\nTestF().test_a()"},
		{"import sys\ndef f(): sys.stdout.write('hi')", "import sys, io\nold=sys.stdout\nsys.stdout=io.StringIO()\nf()\nout=sys.stdout.getvalue()\nsys.stdout=old\nassert out=='hi'"},
		{"import re\ndef f(s): return re.match(r'(\\d+)',s)", "assert f('12a').group(1)=='12' and f('a') is None"},
		{"import datetime\ndef f(): return datetime.timezone.utc, datetime.datetime(2020,1,1,tzinfo=datetime.timezone.utc)", "import datetime\nassert f()[1]==datetime.datetime(2020,1,1,tzinfo=datetime.timezone.utc)"},
		{"def f(): return float('nan'), complex(1,2), b'a', bytearray(b'b'), range(3), slice(1,2), ..., NotImplemented", "r=f()\nassert r[0]!=r[0] and r[1:]==(1+2j,b'a',bytearray(b'b'),range(3),slice(1,2),...,NotImplemented)"},
		{"def f(): return {frozenset({1}):{(1,2):[{3}]}}", "assert f()=={frozenset({1}):{(1,2):[{3}]}}"},
		{"from abc import ABC, abstractmethod\nclass S(ABC):\n @abstractmethod\n def area(s): ...\nclass C(S):\n def area(s): return 3", "try:\n    S()\n    assert False\nexcept TypeError: pass\nassert C().area()==3 and issubclass(C,S) and isinstance(C(),S)"},
		{"class A:\n def __iter__(s): yield 1; yield 2", "a,b=A()\nassert (a,b)==(1,2) and [*A()]==[1,2] and sum(A())==3"},
		{"class A:\n def __getattr__(s,n): return n.upper()", "assert A().foo=='FOO'"},
		{"class M:\n def __matmul__(s,o): return 'mm'\n def __truediv__(s,o): return 'td'\n def __pow__(s,o): return o", "assert M()@M()=='mm' and M()/M()=='td'"},
		{"class T:\n def __init__(s,c): s.c=c\n def __add__(s,o): return T(s.c+(o if isinstance(o,int) else o.c))\n def __radd__(s,o): return s+o\n def __eq__(s,o): return s.c==(o if isinstance(o,int) else o.c)", "assert (T(1)+5).c==6 and sum([T(1),T(2)]).c==3"},
		{"class Money:\n def __init__(s,c): s.c=c\n def __eq__(s,o): return s.c==(o if isinstance(o,int) else o.c)\n def show(s): return '$'", "m=Money(5)\nassert m==5 and m.show()=='$'"},
		{"counter=0\ndef inc():\n global counter\n counter+=1", "inc()\ninc()\nassert counter==2"},
		{"cache={}\ndef f(x): cache[x]=1", "f(3)\nassert cache=={3:1}"},
		{"def f(*a,**k): return a,k", "assert f(1,*[2],x=3,**{'y':4})==((1,2),{'x':3,'y':4})"},
		{"class Outer:\n class Inner:\n  v=3", "assert Outer.Inner.v==3 and Outer.Inner().v==3"},
		{"class A:\n x=1", "A.x=5\nassert A().x==5"},
		{"def f(): return lambda x: x+1", "assert f()(1)==2 and [g(3) for g in [f()]]==[4] and list(map(f(),[1,2]))==[2,3]"},
		{"def f(n):\n return [[0]*n]*n", "m=f(2)\nm[0][0]=1\nassert m==[[1,0],[1,0]]"},
		{"import asyncio\nasync def f(x):\n await asyncio.sleep(0)\n if x<0: raise ValueError\n return x", "import asyncio\nasync def main():\n    assert await asyncio.gather(f(1),f(2))==[1,2]\n    try:\n        await f(-1)\n        assert False\n    except ValueError: pass\nasyncio.run(main())"},
		{"async def g():\n for i in range(3): yield i", "import asyncio\nasync def main(): return [x async for x in g()]\nassert asyncio.run(main())==[0,1,2]"},
		{"import contextlib\n@contextlib.contextmanager\ndef cm(l):\n l.append('a')\n yield 5\n l.append('b')", "l=[]\nwith cm(l) as v: l.append(v)\nassert l==['a',5,'b']"},
		{"import heapq\nclass H:\n def __init__(s): s.h=[]\n def push(s,x): heapq.heappush(s.h,x)\n def pop(s): return heapq.heappop(s.h)", "h=H()\nh.push(3)\nh.push(1)\nassert h.pop()==1 and h.h==[3]"},
		{"import time\ndef f(): time.sleep(0.01); return 1", "import time\nt=time.time()\nassert f()==1 and time.time()-t<60"},
		{"def f(x): return x", "import json\nassert json.loads(json.dumps(f({'a':[1,None]})))=={'a':[1,None]}"},
		{"import collections\ndef f(s): return collections.Counter(s)", "assert f('aab')=={'a':2,'b':1} and f('aab').most_common(1)==[('a',2)]"},
		{"from fractions import Fraction\nfrom decimal import Decimal\ndef f(): return Fraction(1,3), Decimal('0.10')", "from fractions import Fraction\nassert f()[0]*3==1 and str(f()[1])=='0.10'"},
		{"import math\ndef f(): return math", "assert f().pi>3"},
		{"def f(): return __name__", "assert f() is not None"},
		{"def f(a=[]):\n a.append(1)\n return a", "assert f()==[1] and f()==[1,1]"},
		{"def g(): yield 1\nclass A:\n def __iter__(s): return iter([])\nasync def c(): pass", "import types, inspect\nfrom collections.abc import Iterable, Iterator\nassert isinstance(g(), types.GeneratorType) and isinstance(g(), Iterator) and isinstance(A(), Iterable) and not isinstance(A(), Iterator) and inspect.isgenerator(g()) and inspect.iscoroutinefunction(c) and inspect.isfunction(g) and isinstance(g, types.FunctionType)"},
	} {
		gradeAsserts(t, s, tc[1], tc[0], "", Limits{CPUSeconds: 2}, reward.Correct, tc[1])
	}
}
