//go:build linux

package sandbox

import (
	"strings"
	"testing"
)

// Ways of reading, and of using the interpreter, that work on contest sites work here.
func TestIdioms(t *testing.T) {
	s := opened(t)
	numbers := strings.Repeat("7 ", 150_000) // more than a pipe holds
	for name, tc := range map[string]struct{ program, stdin, want string }{
		"size of stdin":         {"import io, os\nb = io.BytesIO(os.read(0, os.fstat(0).st_size)).readline\nprint(b().decode(), b().decode())", "1\n2\n", "1\n 2\n\n"},
		"one large read":        {"import os\nprint(sum(map(int, os.read(0, 1 << 25).split())))", numbers, "1050000\n"},
		"seek":                  {"import sys\na = sys.stdin.read()\nsys.stdin.seek(0)\nprint(a == sys.stdin.read() != '')", "5\n", "True\n"},
		"mapped":                {"import mmap\nprint(mmap.mmap(0, 0, access=mmap.ACCESS_READ).readline())", "5\n6\n", "b'5\\n'\n"},
		"mapped and shared":     {"import mmap\nprint(mmap.mmap(0, 0, mmap.MAP_SHARED, mmap.PROT_READ)[:1])", "5\n6\n", "b'5'\n"},
		"modes of streams":      {"import sys\nprint(sys.stdin.mode, sys.stdout.mode, sys.stderr.mode)", "", "r w w\n"},
		"path of stdin":         {"import pathlib\nprint(open('/dev/stdin').readline(), end='')\nprint(pathlib.Path('/dev/stdin').read_text())", "5\n6\n", "5\n\n"},
		"path of stdout":        {"with open('/dev/stdout', 'w') as f: f.write('x')\nprint(1)", "", "x1\n"},
		"nothing to read":       {"import sys\nprint(repr(sys.stdin.read()), sys.stdin.isatty())", "", "'' False\n"},
		"not to be written":     {"import os\ntry: os.write(0, b'x')\nexcept OSError: print('no')", "5\n", "no\n"},
		"asyncio":               {"import asyncio\nasync def f(x):\n await asyncio.sleep(0.01)\n return x + 1\nasync def g(): return await asyncio.gather(f(1), f(2))\nprint(asyncio.run(g()))", "", "[2, 3]\n"},
		"asyncio and threads":   {"import asyncio\nasync def g(): return await asyncio.to_thread(sum, [1, 2])\nprint(asyncio.run(g()))", "", "3\n"},
		"name of the file":      {"import os\nprint(os.path.basename(os.path.abspath(__file__)))", "", "program.py\n"},
		"mark of byte order":    {"\ufeffprint(1)", "", "1\n"},
		"many digits":           {"print(len(str(10 ** int(input()))), int('7' * 5000) % 10)", "5000", "5001 7\n"},
		"deep recursion":        {"def g(n): return n and 1 + g(n - 1)\nprint(g(int(input())))", "40000", "40000\n"},
		"deep recursion in C":   {"import functools\n@functools.lru_cache(None)\ndef g(n): return n and 1 + g(n - 1)\nprint(g(15000))", "", "15000\n"},
		"no import":             {"n: List[int] = [int(sqrt(int(input())))]\nprint(n, gcd(4, 6), math.pi > 3)", "16", "[4] 2 True\n"},
		"Python's own first":    {"print(pow(2, 3), pow(2, -1, 7), abs(-1))", "", "8 4 1\n"},
		"built-in names anew":   {"import builtins\nbuiltins.input = lambda: 'mine'\nprint(input())", "5", "mine\n"},
		"a program that leaves": {"print(1)\nexit()", "", "1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := run(t, s, Job{Program: tc.program, Stdin: []string{tc.stdin}})
			if got := out.Tests[0].Stdout; got != tc.want || out.Reason != "" {
				t.Errorf("got %q (%s), want %q", got, out.Reason, tc.want)
			}
		})
	}
}
