//go:build linux

package sandbox

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
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
	s := opened(t)
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
	requireNoPrograms(t, s)
	if after, _ := os.ReadFile("/proc/self/mountinfo"); string(after) != string(mounts) {
		t.Error("mounts of the host have changed")
	}
	entries, err := attackPrograms.ReadDir("attacks")
	if err != nil || len(entries) != len(attacks) {
		t.Errorf("%d attack programs, %d in the table (%v)", len(entries), len(attacks), err)
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
		"not a wall":      {Options{Cell: cellPath, Wall: "paper"}, []string{`want "namespaces" or "landlock"`}},
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
	s := opened(t)
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
