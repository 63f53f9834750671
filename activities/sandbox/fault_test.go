//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"temper/model/reward"
	"temper/model/reward/code"
)

// fakeCell writes a helper that does what script says.
func fakeCell(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sandbox-cell")
	// a process forked meanwhile would hold the file open for writing, and nobody could execute it
	syscall.ForkLock.RLock()
	err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var gradedTests = code.Tests{Type: code.Function, Name: "f", Cases: []code.Case{{Args: []byte("[1]"), Expect: []byte("2")}}}

// requireUngradable grades a right program in a broken sandbox.
func requireUngradable(t *testing.T, s *Sandbox, say string) {
	t.Helper()
	got, err := s.Grade(context.Background(), "def f(x): return x + 1", gradedTests, Limits{CPUSeconds: 1, WallSeconds: 1})
	if err == nil || got.Verdict != reward.Ungradable || !strings.Contains(err.Error(), say) {
		t.Errorf("got %+v, %v; want ungradable with %q", got, err, say)
	}
}

// A fault of the set-up is an error, never a program that failed.
func TestBrokenSetUpIsUngradable(t *testing.T) {
	for name, tc := range map[string]struct{ script, say string }{
		"launcher ends at once":    {"exit 0\n", "ended before its walls stood"},
		"launcher reports a fault": {"printf 'make namespaces: no' >&3\nexit 125\n", "set up cell: make namespaces: no"},
		"launcher is killed":       {"kill -9 $$\n", "ended before its walls stood"},
		"launcher dies later":      {"printf 'R\\n' >&3\nkill -9 $$\n", "python did not start"},
		"disk full":                {"printf 'mount root: no space left on device\\n' >&3\nexit 125\n", "set up cell: mount root: no space"},
		"exec fails":               {"printf 'R\\nexec failed\\n' >&3\nexit 125\n", "set up cell: exec failed"},
		"python does not start":    {"printf 'R\\n' >&3\necho no module named encodings >&2\nexit 1", "python did not start (EOF): no module named encodings"},
		"fork refused":             {"printf 'make namespaces: fork/exec: resource temporarily unavailable\\n' >&3\nexit 125\n", "resource temporarily unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireUngradable(t, openedWith(t, fakeCell(t, tc.script)), tc.say)
		})
	}
}

// Every step of the interpreter's, broken in turn.
func TestBrokenInterpreterIsUngradable(t *testing.T) {
	for name, tc := range map[string]struct{ old, new, say string }{
		"fork refused":         {"    pid = check(fork(), \"fork\")\n", "    raise BlockingIOError(11, 'no fork')\n", "python did not start"},
		"fork refused later":   {"while serve(4, serve_job):", "fork = lambda: [][1]\nwhile serve(4, serve_job):", "interpreter of the cell is gone"},
		"no mounts":            {`(b"tmpfs", b"/tmp", b"tmpfs"`, `(b"tmpfs", b"/tmp", b"absent"`, "set up process: OSError: [Errno 19] mount /tmp"},
		"no privileges to set": {`struct.pack("<Ii", 0x20080522, 0)`, `struct.pack("<Ii", 1, 0)`, "set up process: OSError: [Errno 22] drop capabilities"},
		"no filter":            {"(22, 2, program", "(22, 7, program", "set up process: OSError: [Errno 22] seccomp"},
		"no limits":            {"libc.setrlimit, (which,", "libc.setrlimit, (-1,", "set up process: OSError: [Errno 22] limit 0"},
		"process says nothing": {`posix.write(STATUS, b"R")`, "exit_now(0)", "ended before its walls stood"},
		"process dies early":   {"    gc.enable()\n", "    os._exit(0)\n", "process ended before its program began"},
		"truncated end":        {"ctypes.c_size_t(len(end))", "ctypes.c_size_t(len(end) - 1)", `said "end `},
		"garbled end":          {`b"end "`, `b"End "`, `said "End `},
		"no handle":            {`check(sendmsg(judge, *SEND), "send handle")`, `posix.write(judge, b"pid")`, `said "pid"`},
		"no child":             {`posix.write(4, b"warm "`, "wait4 = lambda *_: -1\nposix.write(4, b\"warm \"", "interpreter of the cell is gone: EOF"},
		"end of protocol":      {`posix.write(4, b"warm "`, "wait4 = lambda *_: exit_now(0)\nposix.write(4, b\"warm \"", "interpreter of the cell is gone: EOF"},
		"not warm":             {`posix.write(4, b"warm "`, `posix.write(4, b"cold "`, "python did not start"},
		"old python":           {"if sys.version_info < (3, 10):", "if True:", "Python 3.10 or newer is needed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openedWith(t, cellPath)
			if !strings.Contains(s.inside, tc.old) {
				t.Fatalf("the interpreter does not hold %q any more", tc.old)
			}
			s.inside = strings.Replace(s.inside, tc.old, tc.new, 1)
			requireUngradable(t, s, tc.say)
		})
	}
}

// What vanishes while programs are graded: the next job begins anew, and if it can not,
// there is no verdict.
func TestFaultsInTheMiddle(t *testing.T) {
	for name, tc := range map[string]struct {
		hurt func(t *testing.T, s *Sandbox)
		say  string // "" if the sandbox recovers
	}{
		"interpreter killed": {func(t *testing.T, s *Sandbox) { killBelow(t, s, 1) }, ""},
		"launcher killed":    {func(t *testing.T, s *Sandbox) { s.free[0].program.cmd.Process.Kill() }, ""},
		"helper missing":     {func(t *testing.T, s *Sandbox) { s.free[0].discard(); s.cell = "/nonexistent" }, "no such file"},
		"interpreter missing": {func(t *testing.T, s *Sandbox) { s.free[0].discard(); s.python = "/usr/bin/absent" },
			"exec /usr/bin/absent: no such file"},
		"socket closed": {func(t *testing.T, s *Sandbox) { s.free[0].program.judge.Close() }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openedWith(t, cellPath)
			if _, err := s.Grade(context.Background(), "def f(x): return x + 1", gradedTests, Limits{}); err != nil {
				t.Fatal(err)
			}
			tc.hurt(t, s)
			if tc.say != "" {
				requireUngradable(t, s, tc.say)
				return
			}
			got, err := s.Grade(context.Background(), "def f(x): return x + 1", gradedTests, Limits{})
			if err != nil || got.Verdict != reward.Correct {
				t.Errorf("did not recover: %+v, %v", got, err)
			}
		})
	}
}

// killBelow kills the process that is depth generations below the slot's launcher.
func killBelow(t *testing.T, s *Sandbox, depth int) {
	t.Helper()
	pid := s.free[0].program.cmd.Process.Pid
	for range depth {
		below := children(pid)
		if len(below) == 0 {
			t.Fatalf("process %d has no child", pid)
		}
		pid = below[0].pid
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// A program, its interpreter or its launcher killed from outside while it runs.
func TestKilledWhileRunning(t *testing.T) {
	for name, depth := range map[string]int{"interpreter": 1, "program": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openedWith(t, cellPath)
			run(t, s, Job{Program: "print(1)", Stdin: []string{""}})
			sl := s.free[0]
			launcher := sl.program.cmd.Process.Pid
			go func() {
				for {
					time.Sleep(50 * time.Millisecond)
					interpreters := children(launcher)
					if len(interpreters) == 0 {
						continue
					}
					if programs := children(interpreters[0].pid); len(programs) > 0 {
						time.Sleep(100 * time.Millisecond)
						syscall.Kill([]int{interpreters[0].pid, programs[0].pid}[depth-1], syscall.SIGKILL)
						return
					}
				}
			}()
			out, err := s.runOn(context.Background(), sl, Job{Program: "import time\ntime.sleep(1000)", Stdin: []string{""}, Limits: Default()})
			if err == nil {
				t.Errorf("got %+v, want an error", out)
			}
		})
	}
}

// A program that the machine has no memory for has no verdict only if it held little.
func TestKilledForMemory(t *testing.T) {
	s := openedWith(t, cellPath)
	limits := Limits{MemoryBytes: 256 << 20}
	run(t, s, Job{Program: "print(1)", Stdin: []string{""}, Limits: limits})
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
			for _, launcher := range children(os.Getpid()) {
				for _, interpreter := range children(launcher.pid) {
					for _, program := range children(interpreter.pid) {
						text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", program.pid))
						var size, resident int
						fmt.Sscan(string(text), &size, &resident)
						if resident > 150<<20/os.Getpagesize() {
							syscall.Kill(program.pid, syscall.SIGKILL)
						}
					}
				}
			}
		}
	}()
	defer close(done)
	out, err := s.Run(context.Background(), Job{Program: "import time\nx = b'x' * (150 << 20)\ntime.sleep(1000)", Stdin: []string{""}, Limits: limits})
	if err != nil || out.Status != code.Crashed || !strings.Contains(out.Reason, "more than this machine has left") {
		t.Errorf("got %+v, %v", out, err)
	}
}

// longest is how long tests wait for what comes for certain, on however busy a machine.
const longest = 5 * time.Minute

// When the judge is killed, its cells die with it, and what runs in them.
func TestKilledJudgeLeavesNothing(t *testing.T) {
	if wall := os.Getenv("SANDBOX_TEST_JUDGE"); wall != "" {
		s := &Sandbox{cell: cellPath, python: "/usr/bin/python3", inside: insideSource(), wall: wall, recycle: 10, baseUID: freeUIDs(2),
			tickets: make(chan struct{}, 1), free: []*slot{{}}}
		s.tickets <- struct{}{}
		s.Run(context.Background(), Job{Program: "import time\ntime.sleep(1000)", Stdin: []string{""}})
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, wall := range []string{Namespaces, Landlock} {
		t.Run(wall, func(t *testing.T) {
			t.Parallel()
			judge := exec.Command(self, "-test.run", "^TestKilledJudgeLeavesNothing$")
			judge.Env = append(os.Environ(), "SANDBOX_TEST_JUDGE="+wall, "SANDBOX_TEST_CELL="+cellPath)
			if err := judge.Start(); err != nil {
				t.Fatal(err)
			}
			var found []int // launcher, interpreter, program
			for deadline := time.Now().Add(longest); len(found) < 3 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
				found = nil
				for pid := judge.Process.Pid; len(found) < 3; found = append(found, pid) {
					below := children(pid)
					if len(below) == 0 {
						break
					}
					pid = below[0].pid
				}
			}
			judge.Process.Kill()
			judge.Wait()
			if len(found) < 3 {
				t.Fatal("the judge started no program")
			}
			for _, pid := range found {
				for deadline := time.Now().Add(longest); syscall.Kill(pid, 0) == nil; time.Sleep(20 * time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("process %d outlives its judge", pid)
					}
				}
			}
		})
	}
}
