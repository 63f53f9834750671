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

// A helper with a hole in one wall is found out by the self-test: each row takes
// something out of the helper's source, builds it and names the attack that must notice.
func TestSelfTestSeesMissingWalls(t *testing.T) {
	if testing.Short() {
		t.Skip("builds several helpers")
	}
	s := open(t)
	for _, hole := range []struct{ name, file, old, new, attack string }{
		{"no system-call filter", "filter.go", "_, _, e := unix.RawSyscall(unix.SYS_SECCOMP,", "_, _, e := unix.RawSyscall(unix.SYS_GETPID,", "network"},
		{"fork allowed", "filter.go", "skip(anyBit, unix.CLONE_THREAD)", "skip(anyBit, 0xffffffff)", "fork"},
		{"root writable", "root.go", "unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY", "unix.MS_REMOUNT|unix.MS_BIND", "host_files"},
		{"/usr writable", "root.go", "unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID", "unix.MOUNT_ATTR_NODEV", "set_uid"},
		{"capabilities kept", "root.go", "return unix.Capset(&header, &none[0])", "_, _ = header, none; return nil", "privileges"},
		{"no limits", "main.go", "for i := range ls {", "for i := range ls[:0] {", "limits"},
		{"inherited files kept", "main.go", "unix.CloseRange(first,", "unix.CloseRange(first+9000,", "environment"},
	} {
		t.Run(hole.name, func(t *testing.T) {
			t.Parallel()
			broken := *s
			broken.cell = buildWithHole(t, hole.file, hole.old, hole.new)
			err := attack{hole.attack, code.Finished}.run(context.Background(), &broken)
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
	path, err := filepath.Abs(filepath.Join("cell", file))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(source), old) {
		t.Fatalf("%s: %v, or it does not hold %q any more", file, err, old)
	}
	changed, overlay := filepath.Join(dir, file), filepath.Join(dir, "overlay.json")
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
