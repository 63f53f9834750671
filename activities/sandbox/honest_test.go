//go:build linux

package sandbox

import (
	"strings"
	"testing"

	"temper/model/reward/code"
)

// What right programs do beside computing is on the list of calls, behind both walls.
func TestHonestPrograms(t *testing.T) {
	walls := map[string]*Sandbox{}
	for _, wall := range []string{Namespaces, Landlock} {
		walls[wall] = openedWith(t, cellPath)
		walls[wall].wall = wall
	}
	for name, program := range map[string]string{
		"event loop":         "import asyncio\nasync def f(i):\n await asyncio.sleep(0.001)\n return i\nasync def main():\n n = await asyncio.get_running_loop().run_in_executor(None, sum, [1, 2])\n return n + sum(await asyncio.gather(*map(f, range(3))))\nassert asyncio.run(main()) == 6",
		"pool of threads":    "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(8) as pool: assert list(pool.map(abs, [-1, -2])) == [1, 2]",
		"stack without end":  "import resource, sys, threading\nresource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\nresource.setrlimit(resource.RLIMIT_STACK, [0x10000000, resource.RLIM_INFINITY])\nsys.setrecursionlimit(10**6)\nthreading.stack_size(1 << 27)\nt = threading.Thread(target=lambda: None)\nt.start()\nt.join()",
		"alarm":              "import signal, time\nrung = []\nsignal.signal(signal.SIGALRM, lambda *_: rung.append(1))\nsignal.setitimer(signal.ITIMER_REAL, 0.01)\nsignal.alarm(0)\nsignal.setitimer(signal.ITIMER_REAL, 0.01)\ntime.sleep(0.1)\nassert rung\nsignal.raise_signal(signal.SIGALRM)",
		"waiting for files":  "import os, select, selectors\nr, w = os.pipe()\nos.write(w, b'x')\nassert select.select([r], [], [], 0)[0] == [r]\np = select.poll()\np.register(r)\nassert p.poll(0)\nwith selectors.DefaultSelector() as s:\n s.register(r, selectors.EVENT_READ)\n assert s.select(0)",
		"memory":             "import mmap\nm = mmap.mmap(-1, 1 << 20)\nm[:3] = b'abc'\nm.flush()\nm.close()\nx = bytearray(64 << 20)\nx += bytes(64 << 20)\ndel x",
		"data base":          "import sqlite3\nc = sqlite3.connect(':memory:')\nc.execute('create table t (a)')\nc.execute('insert into t values (1)')\nassert c.execute('select * from t').fetchall() == [(1,)]",
		"tools":              "import cProfile, faulthandler, hashlib, os, platform, secrets, shutil, time, tracemalloc, uuid\nfaulthandler.enable()\ntracemalloc.start()\ncProfile.run('1')\nuuid.uuid4()\nsecrets.token_hex()\nos.cpu_count()\nos.getlogin if 0 else os.times()\nshutil.get_terminal_size()\ntime.thread_time()\nplatform.machine()\nhashlib.sha256(b'x')",
		"/usr is read":       "import os, shutil, sys\nopen(os.__file__).read()\nassert list(os.walk(os.path.dirname(os.__file__)))\nos.statvfs('/usr')\nos.access('/usr', os.R_OK)\nfd = os.dup(0)\nos.set_blocking(fd, False)\nos.set_inheritable(fd, True)\nos.closerange(fd, fd + 1)",
		"standard streams":   "import os, sys\nassert not sys.stdin.isatty()\nsys.stdout.reconfigure(line_buffering=True)\nos.fstat(0)\nos.writev(1, [b'', b''])",
		"namespaces: files":  "import mmap, os, pathlib, shutil, tempfile\nwith tempfile.TemporaryDirectory() as d:\n p = pathlib.Path(d) / 'x'\n p.write_text('abc')\n shutil.copy2(p, p.with_name('y'))\n shutil.copytree(d, d + '2')\n shutil.rmtree(d + '2')\n shutil.move(p.with_name('y'), p.with_name('z'))\n os.symlink('x', d + '/l')\n os.link(p, d + '/h')\n with open(p, 'r+b') as f:\n  m = mmap.mmap(f.fileno(), 0)\n  m[:1] = b'z'\n  m.close()\n  f.truncate(2)\n  os.fsync(f.fileno())\n assert p.read_text() == 'zb'\n os.chmod(p, 0o600)\n os.utime(p)\n assert len(os.listdir(d)) == 4",
		"landlock: no files": "import os\nassert not os.access('/tmp', os.W_OK)\ntry: open('x', 'w')\nexcept PermissionError: pass",
	} {
		for wall, s := range walls {
			if other := map[string]string{Namespaces: Landlock, Landlock: Namespaces}[wall]; strings.HasPrefix(name, other+":") {
				continue // what the other wall alone gives
			}
			t.Run(wall+"/"+name, func(t *testing.T) {
				out := run(t, s, Job{Program: program, Stdin: []string{"a b\n"}})
				if out.Status != code.Finished {
					t.Errorf("%+v", out)
				}
			})
		}
	}
}
