//go:build linux

package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"temper/model/reward/code"
)

// child is a process as /proc shows it.
type child struct {
	pid  int
	name string
}

// children lists the processes whose parent is pid, zombies included.
func children(pid int) []child {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var found []child
	for _, f := range stats {
		text, err := os.ReadFile(f)
		if err != nil {
			continue // ended since
		}
		// PID (NAME) STATE PARENT ...
		before, after, _ := strings.Cut(string(text), " (")
		end := strings.LastIndexByte(after, ')')
		fields := strings.Fields(after[end+1:])
		if len(fields) < 2 || fields[1] != strconv.Itoa(pid) {
			continue
		}
		n, err := strconv.Atoi(before)
		if err == nil {
			found = append(found, child{n, after[:end]})
		}
	}
	return found
}

func TestAttacksAreStopped(t *testing.T) {
	s := open(t)
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("all", func(t *testing.T) {
		for _, a := range attacks {
			t.Run(a.name, func(t *testing.T) {
				t.Parallel()
				if err := a.run(context.Background(), s); err != nil {
					t.Error(err)
				}
			})
		}
	})
	requireNoCells(t)
	if after, _ := os.ReadFile("/proc/self/mountinfo"); string(after) != string(mounts) {
		t.Error("mounts of the host have changed")
	}
	entries, err := attackPrograms.ReadDir("attacks")
	if err != nil || len(entries) != len(attacks) {
		t.Errorf("%d attack programs, %d in the table (%v)", len(entries), len(attacks), err)
	}
}

// fakeCell writes a helper that does what script says.
func fakeCell(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sandbox-cell")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// A fault of the set-up is an error, never a program that failed.
func TestBrokenSetUpIsAnError(t *testing.T) {
	job := Job{Program: "def f(): return 1", Function: "f", Calls: calls("[]"), Limits: Limits{CPUSeconds: 1, WallSeconds: 1}}
	for name, tc := range map[string]struct{ script, say string }{
		"launcher ends at once":    {"exit 0\n", "ended before its walls stood"},
		"launcher reports a fault": {"printf 'make namespaces: no' >&3\nexit 125\n", "set up cell: make namespaces: no"},
		"launcher is killed":       {"kill -9 $$\n", "ended before its walls stood"},
		"launcher dies later":      {"printf 'R\\n' >&3\nkill -9 $$\n", "killed from outside"},
		"cell ends at once":        {"printf 'exit 0 1\\n' >&3\n", "ended before its walls stood"},
		"cell reports a fault":     {"printf 'mount root: no\\nexit 125 1\\n' >&3\n", "set up cell: mount root: no"},
		"exec fails":               {"printf 'R\\nexec failed\\nexit 125 1\\n' >&3\n", "set up cell: exec failed"},
		"python does not start":    {"echo no module named encodings >&2\nprintf 'exit 1 1\\nR\\n' >&3\n", "python did not start (exit code 1): no module named encodings"},
		"python says nothing":      {"printf 'R\\nexit 0 1\\n' >&3\n", "python did not start (exit code 0)"},
		"python is killed":         {"printf 'R\\nsignal 9 1\\n' >&3\n", "python did not start (signal: killed)"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := openWith(t, fakeCell(t, tc.script)).Run(context.Background(), job)
			if err == nil || !strings.Contains(err.Error(), tc.say) {
				t.Errorf("got %+v, %v; want an error with %q", out, err, tc.say)
			}
		})
	}
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	for name, tc := range map[string]struct {
		o   Options
		say []string
	}{
		"no cell":         {Options{Cell: "/nonexistent/sandbox-cell"}, []string{"sandbox-cell not found at /nonexistent/sandbox-cell", "make build"}},
		"no python":       {Options{Cell: cellPath, Python: "/usr/bin/python3-absent"}, []string{"python3 not found", "apt install python3"}},
		"python not seen": {Options{Cell: cellPath, Python: "/opt/python"}, []string{"under /usr"}},
		"not a python":    {Options{Cell: cellPath, Python: "/usr/bin/true"}, []string{"python did not start"}},
	} {
		_, err := New(context.Background(), tc.o)
		for _, say := range tc.say {
			if err == nil || !strings.Contains(err.Error(), say) {
				t.Errorf("%s: got %v, want %q", name, err, say)
			}
		}
	}
}

func TestBadJobIsAnError(t *testing.T) {
	s := open(t)
	for name, j := range map[string]Job{
		"nothing":    {},
		"both":       {Function: "f", Calls: calls("[]"), Stdin: []string{""}},
		"no calls":   {Function: "f"},
		"not a list": {Function: "f", Calls: calls("{}")},
		"not JSON":   {Function: "f", Calls: calls("[1")},
		"limits":     {Stdin: []string{""}, Limits: Limits{CPUSeconds: -1}},
	} {
		if out, err := s.Run(context.Background(), j); err == nil {
			t.Errorf("%s: got %+v, want an error", name, out)
		}
	}
}

// The same suite as an ordinary user, and as the root of a container with its own few
// uids, where the machine lets one be either.
func TestAsOtherUsers(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("the other tests already run as an ordinary user, and only root can be somebody else")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(filepath.Dir(cellPath), "sandbox.test")
	if out, err := exec.Command("cp", self, program).CombinedOutput(); err != nil {
		t.Fatalf("copy the test binary: %v %s", err, out)
	}
	few := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 300_000, Size: 65_536}}
	for name, as := range map[string]*syscall.SysProcAttr{
		"ordinary user":  {Credential: &syscall.Credential{Uid: 65534, Gid: 65534}},
		"container root": {Cloneflags: syscall.CLONE_NEWUSER, UidMappings: few, GidMappings: few, Credential: &syscall.Credential{}, GidMappingsEnableSetgroups: true},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(program, "-test.v", "-test.run", "^(TestProbe|TestFunctionOutcomes|TestConcurrentRuns)$")
			cmd.Env = append(os.Environ(), "SANDBOX_TEST_CELL="+cellPath)
			cmd.Dir = "/"
			cmd.SysProcAttr = as
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if at := bytes.Index(out, []byte("{Wall:")); at >= 0 {
				t.Logf("%s", out[at:at+bytes.IndexByte(out[at:], '\n')])
			}
		})
	}
}

// When the judge is killed, its cells die with it.
func TestKilledJudgeLeavesNothing(t *testing.T) {
	if os.Getenv("SANDBOX_TEST_JUDGE") != "" {
		s := &Sandbox{cell: cellPath, python: "/usr/bin/python3", baseUID: -1, slots: make(chan int, 1)}
		s.slots <- 0
		s.Run(context.Background(), Job{Program: "import time\ntime.sleep(1000)", Stdin: []string{""}})
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	judge := exec.Command(self, "-test.run", "^TestKilledJudgeLeavesNothing$")
	judge.Env = append(os.Environ(), "SANDBOX_TEST_JUDGE=1", "SANDBOX_TEST_CELL="+cellPath)
	if err := judge.Start(); err != nil {
		t.Fatal(err)
	}
	cell := 0
	for deadline := time.Now().Add(10 * time.Second); cell == 0 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		for _, launcher := range children(judge.Process.Pid) {
			for _, c := range children(launcher.pid) {
				if strings.HasPrefix(c.name, "python") {
					cell = c.pid
				}
			}
		}
	}
	judge.Process.Kill()
	judge.Wait()
	if cell == 0 {
		t.Fatal("the judge started no cell")
	}
	for deadline := time.Now().Add(5 * time.Second); syscall.Kill(cell, 0) == nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("process %d outlives its judge", cell)
		}
	}
}

// Expectations never reach the sandbox: a job has no field for them.
func TestJobHoldsNoExpectation(t *testing.T) {
	tests := code.Tests{Type: code.Function, Name: "f", Cases: []code.Case{{Args: json.RawMessage("[1]"), Expect: json.RawMessage("424242")}}}
	in := code.Inputs(tests)
	text, err := json.Marshal(Job{Function: in.Function, Calls: in.Calls, Stdin: in.Stdin}.Calls)
	if err != nil || strings.Contains(string(text), "424242") {
		t.Errorf("job holds %s, %v", text, err)
	}
}

// Where user namespaces are refused there is a clear error, and never a bare run.
func TestRefusedNamespaces(t *testing.T) {
	if os.Getenv("SANDBOX_TEST_REFUSED") != "" {
		if err := os.WriteFile("/proc/sys/user/max_user_namespaces", []byte("0"), 0); err != nil {
			t.Fatal(err)
		}
		if _, err := New(context.Background(), Options{Cell: cellPath}); err == nil || !strings.Contains(err.Error(), "refuses unprivileged user namespaces") {
			t.Errorf("got %v", err)
		}
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// a user namespace of its own, in which the limit can be set to none
	cmd := exec.Command(self, "-test.run", "^TestRefusedNamespaces$")
	cmd.Env = append(os.Environ(), "SANDBOX_TEST_REFUSED=1", "SANDBOX_TEST_CELL="+cellPath)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A program that idles is told from one that waits for a CPU, by the cell's own times.
func TestIdleProgramReachesWallLimit(t *testing.T) {
	out := run(t, open(t), Job{Program: "import time\ntime.sleep(1000)", Stdin: []string{""}, Limits: Limits{CPUSeconds: 1, WallSeconds: 1.5}})
	if out.Status != code.WallLimit {
		t.Errorf("%+v", out)
	}
	busy := "import time\ndeadline = time.time() + 100\nwhile time.time() < deadline: pass"
	out, err := open(t).Run(context.Background(), Job{Program: busy, Stdin: []string{""}, Limits: Limits{CPUSeconds: 1.5, WallSeconds: 1.5}})
	if err == nil && out.Status != code.CPULimit {
		t.Errorf("a busy program: %+v, want the CPU limit or a fault of the machine", out)
	}
}

// A wall limit counts against the program only where it idled.
func TestStarved(t *testing.T) {
	idle := exec.Command("sleep", "100")
	if err := idle.Start(); err != nil {
		t.Fatal(err)
	}
	defer idle.Wait()
	defer idle.Process.Kill()
	time.Sleep(200 * time.Millisecond)
	if starved(idle.Process.Pid, 0, 200*time.Millisecond) {
		t.Error("an idle process counts as one that waits for a CPU")
	}
	busy := exec.Command("sh", "-c", "while :; do :; done")
	start := time.Now()
	if err := busy.Start(); err != nil {
		t.Fatal(err)
	}
	defer busy.Wait()
	defer busy.Process.Kill()
	time.Sleep(500 * time.Millisecond)
	if !starved(busy.Process.Pid, 0, time.Since(start)) {
		t.Error("a process that runs or waits for a CPU all the time counts as idle")
	}
	if !starved(1<<30, 0, time.Second) {
		t.Error("a process of which nothing is known counts as idle")
	}
}
