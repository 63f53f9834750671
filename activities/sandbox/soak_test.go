//go:build linux

package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"temper/model/reward/code"
)

// Programs in a row, half of them hostile, leave no process, file, mount or descriptor
// behind, and every honest one gets its right verdict.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of programs: -short leaves them out, make test does not")
	}
	const programs = 2000
	s, err := New(context.Background(), Options{Cell: cellPath, RecycleAfter: 100})
	if err != nil {
		t.Fatal(err)
	}
	hostile := hostilePrograms(t)
	for _, a := range hostile[:4] { // so that what is made once is there before counting
		s.Run(context.Background(), a)
	}
	before := state(t, s)
	begun := time.Now()
	var wg sync.WaitGroup
	work := make(chan int)
	for range 2 * runtime.NumCPU() {
		wg.Go(func() {
			for i := range work {
				if i%2 == 0 {
					honest(t, s, i)
				} else if out, err := s.Run(context.Background(), hostile[i/2%len(hostile)]); err != nil {
					t.Errorf("hostile program %d: %+v, %v", i, out, err)
				}
			}
		})
	}
	for i := range programs {
		work <- i
	}
	close(work)
	wg.Wait()
	t.Logf("%d programs, half of them hostile, in %v", programs, time.Since(begun).Round(time.Millisecond))
	requireNoPrograms(t, s, opened(t))
	for what, after := range state(t, s) {
		if after != before[what] {
			t.Errorf("%s: before\n%s\nafter\n%s", what, before[what], after)
		}
	}
	s.Close()
}

func honest(t *testing.T, s *Sandbox, i int) {
	job := Job{Program: fmt.Sprintf("import os\ndef f(x): return [x + %d, os.listdir('/tmp')]", i), Function: "f", Calls: calls("[1]")}
	out, err := s.Run(context.Background(), job)
	if want := fmt.Sprintf("[%d,[]]", i+1); err != nil || len(out.Tests) != 1 || string(out.Tests[0].Value) != want {
		t.Errorf("honest program %d: %+v, %v", i, out, err)
	}
}

// hostilePrograms are the attacks of the self-test and a few more, none of which lasts long.
func hostilePrograms(t *testing.T) []Job {
	t.Helper()
	var all []Job
	limits := Limits{CPUSeconds: 0.1, WallSeconds: 0.1, OutputBytes: 1 << 20}
	for _, a := range attacks {
		program, err := attackPrograms.ReadFile("attacks/" + a.name + ".py")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Job{Program: string(program), Function: "attack", Calls: []json.RawMessage{[]byte(`["namespaces"]`)}, Limits: limits})
	}
	for _, program := range []string{
		"import os\nwhile True:\n try: os.fork()\n except OSError: break",
		"import os\nfor i in range(2000): open(f'/tmp/{i}', 'w').write('x' * 20000)",
		"import os, signal\nos.kill(0, signal.SIGTERM)\nos.kill(-1, signal.SIGKILL)",
		"import threading, time\nfor _ in range(10): threading.Thread(target=time.sleep, args=(1000,)).start()",
		"import os\nfor fd in range(64):\n try: os.close(fd)\n except OSError: pass",
		"import os\nos.execv('/usr/bin/python3', ['python3', '-c', 'print(1)'])",
		"import ctypes\nctypes.string_at(0)",
		"import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
		"x = 'x'\nwhile True: x += x",
		"import os\nos.dup2(1, 5)\nos.write(5, b'x' * 100000)",
		"import os\nr, w = os.pipe()\nos.read(r, 1)",
		"import gc\ngc.freeze()\ngc.disable()\nl = []\nwhile True: l.append(l[:])",
	} {
		all = append(all, Job{Program: program, Stdin: []string{"1\n"}, Limits: limits})
	}
	return append(all, Job{Program: "import os\nos._exit(0)", Asserts: []string{"assert f(1) == 2"}, Limits: limits},
		Job{Program: "class A:\n def __eq__(s, o): return True\ndef f(x): return A()", Asserts: []string{"assert f(1) == 2"}, Limits: limits})
}

// state is what a program could leave behind on the host.
func state(t *testing.T, s *Sandbox) map[string]string {
	t.Helper()
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	var left []byte
	if s.baseUID > 0 { // folders of others may vanish while it looks: its exit code says nothing
		left, _ = exec.Command("find", "/tmp", "/var/tmp", "/dev/shm", "-xdev", "-uid", fmt.Sprintf("+%d", s.baseUID-1),
			"-uid", fmt.Sprintf("-%d", s.baseUID+cellsPerSlot*cap(s.tickets))).Output()
	}
	return map[string]string{"mounts": string(mounts), "files of slots": string(left)}
}

// What one job does is not seen by the next: neither its files nor what it changed in the
// interpreter that both come from, nor the layout of memory.
func TestJobsDoNotMeet(t *testing.T) {
	s := openedWith(t, cellPath)
	look := "import builtins, sys, random, math, gc, os\nclass A: pass\ntry: files = os.listdir('/tmp')\nexcept OSError: files = None\nprint(files, len, math.pi, 'spy' in sys.modules, hasattr(builtins, 'spy'), random.random(), id(A), id(A()), len(gc.get_objects()), sys.getrecursionlimit(), os.getcwd(), os.umask(0o22), sorted(os.environ))"
	job := Job{Program: look, Stdin: []string{""}}
	want := run(t, s, job).Tests[0].Stdout
	for i := range 12 {
		run(t, s, Job{Program: fmt.Sprintf("import builtins, sys, math, random, os, json\nmath.pi = 3\nbuiltins.spy = %d\nsys.modules['spy'] = sys\nrandom.seed(%d)\nsys.setrecursionlimit(99999)\nos.environ['SPY'] = '1'\nos.umask(0)\ntry:\n open('/tmp/spy', 'w').close()\n os.mkdir('/tmp/d')\n os.chdir('/tmp/d')\nexcept OSError: os.chdir('/')\nx = [0] * %d", i, i, i*10000), Stdin: []string{strings.Repeat("x", i*1000)}})
		out := run(t, s, job)
		if got := out.Tests[0].Stdout; got == "" || got != want || out.Status != code.Finished {
			t.Fatalf("after job %d: got %swant %s", i, got, want)
		}
	}
}
