//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"temper/model/reward/code"
)

// Where control groups can be made, each cell is in one, and none is left.
func TestControlGroups(t *testing.T) {
	parent := fmt.Sprintf("temper-test-%d", os.Getpid())
	for _, dir := range groupParents(parent) {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Skipf("this machine lets no control groups be made: %v", err)
		}
		defer os.Remove(dir)
	}
	s := openedWith(t, cellPath)
	s.cgroup = parent
	// more memory than the default: the group's limit is raised with the job's
	big := Job{Program: "x = bytearray(1200 << 20)\nprint(len(x) >> 20)", Stdin: []string{""}, Limits: Limits{CPUSeconds: 600, MemoryBytes: 2 << 30, Processes: 20}}
	if out := run(t, s, big); out.Status != code.Finished || out.Tests[0].Stdout != "1200\n" {
		t.Errorf("%+v", out)
	}
	w := s.free[0].program
	for _, dir := range w.group.dirs {
		procs, err := os.ReadFile(dir + "/cgroup.procs")
		if err != nil || len(strings.Fields(string(procs))) < 2 {
			t.Errorf("%s holds %q, %v; want launcher and interpreter", dir, procs, err)
		}
	}
	limit, err := os.ReadFile(w.group.memory)
	if err != nil || len(strings.TrimSpace(string(limit))) != len("2415919104") {
		t.Errorf("memory limit %s, %v", limit, err)
	}
	s.free[0].discard()
	for _, dir := range w.group.dirs {
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s is left: %v", dir, err)
		}
	}
	// one that cannot be made is a fault, and no verdict
	s.cgroup = parent + "/absent"
	if out, err := s.Run(context.Background(), big); err == nil || !strings.Contains(err.Error(), "make control group") {
		t.Errorf("got %+v, %v", out, err)
	}
}
