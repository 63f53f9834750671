//go:build linux

package sandbox

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"temper/model/reward/code"
)

// A hole in one wall is found out by the self-test: each row takes something out of the
// source of the helper or of the interpreter and names the attack that must notice.
func TestSelfTestSeesMissingWalls(t *testing.T) {
	t.Parallel()
	opened(t)
	for _, hole := range []struct{ name, file, old, new, attack string }{
		{"landlock: any file", "cell/landlock.go", "if _, _, e := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0, 0); e != 0 {", "if e != 0 {", "host_files"},
		{"landlock: metadata", "cell/filter.go", "p = append(p, answer(allow, join(allowed,", "p = append(p, answer(allow, join(allowedInNamespaces, allowed,", "host_files"},
		{"landlock: signals", "cell/filter.go", "unlessArgument(unix.SYS_PRLIMIT64, 0, 0)", "answer(enosys)", "judge"},
		{"any call", "cell/filter.go", "return append(p, stmt(ret, eperm))\n}\n\n// onHost", "return append(p, stmt(ret, allow))\n}\n\n// onHost", "shared"},
		{"landlock: any call", "cell/filter.go", "return append(p, stmt(ret, eperm))\n}\n\n// onHost", "return append(p, stmt(ret, allow))\n}\n\n// onHost", "shared"},
		{"limits of its own", "cell/filter.go", "p = append(p, ownLimits()...)", "", "limits"},
		{"any prctl", "cell/filter.go", "p = append(p, unlessArgument(unix.SYS_PRCTL, 0, programPrctl...)...)", "", "signals"},
		{"priority", "cell/calls.go", "unix.SYS_SCHED_YIELD,", "unix.SYS_SCHED_YIELD, unix.SYS_SETPRIORITY,", "priority"},
		{"/dev/null's times", "cell/root.go", "unix.MountSetattr(-1, base+\"/dev/null\", 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY |", "unix.MountSetattr(-1, base+\"/dev/null\", 0, &unix.MountAttr{Attr_set:", "shared"},
		{"fork allowed", "cell/filter.go", "anyBit, unix.CLONE_THREAD, 1)", "anyBit, 0xffffffff, 1)", "fork"},
		{"root writable", "cell/root.go", "unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY", "unix.MS_REMOUNT|unix.MS_BIND", "host_files"},
		{"/usr writable", "cell/root.go", "unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV", "unix.MOUNT_ATTR_NODEV", "set_uid"},
		{"bounding set kept", "cell/root.go", "unix.Prctl(unix.PR_CAPBSET_DROP, c,", "unix.Prctl(unix.PR_CAPBSET_READ, c,", "privileges"},
		{"no system-call filter", "inside/calls.py", "(libc.prctl, (22, 2, program, 0, 0)", "(libc.prctl, (21, 0, 0, 0, 0)", "fork"},
		{"no filter of the cell", "cell/main.go", "installFilter(assemble(wall))", "error(nil)", "network"},
		{"capabilities kept", "inside/calls.py", "(libc.capset,", "(lambda *_: 0,", "privileges"},
		{"no limits", "inside/calls.py", "(libc.setrlimit,", "(lambda *_: 0,", "limits"},
		{"files kept", "inside/calls.py", "(6, STATUS - 1), ", "", "environment"},
		{"interpreter's processes", "inside/interpreter.py", `check(unshare(PID), "unshare processes")`, "pass", "judge"},
	} {
		t.Run(hole.name, func(t *testing.T) {
			t.Parallel()
			broken := openedWith(t, cellPath)
			if strings.HasPrefix(hole.name, Landlock) {
				broken.wall = Landlock
			}
			if strings.HasPrefix(hole.file, "cell/") {
				broken.cell = buildWithHole(t, hole.file, hole.old, hole.new)
			} else if broken.inside = strings.Replace(insideSource(), hole.old, hole.new, 1); broken.inside == insideSource() {
				t.Fatalf("%s does not hold %q any more", hole.file, hole.old)
			}
			err := attack{hole.attack, code.Finished}.run(context.Background(), broken)
			if err == nil || !strings.Contains(err.Error(), "was not stopped") {
				t.Errorf("attack %s: got %v, want it to get through", hole.attack, err)
			}
		})
	}
}

// buildWithHole builds the helper with one change to its source.
func buildWithHole(t *testing.T, file, old, new string) string {
	t.Helper()
	dir := t.TempDir()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(source), old) {
		t.Fatalf("%s: %v, or it does not hold %q any more", file, err, old)
	}
	changed, overlay := filepath.Join(dir, filepath.Base(file)), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(changed, []byte(strings.Replace(string(source), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(overlay, replace, 0o644); err != nil {
		t.Fatal(err)
	}
	cell := filepath.Join(dir, "sandbox-cell")
	build := exec.Command("go", "build", "-overlay", overlay, "-o", cell, "./cell")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return cell
}
