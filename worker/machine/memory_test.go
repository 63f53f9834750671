package machine

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAvailable reads machines and control groups of both versions, in and out of
// containers.
func TestAvailable(t *testing.T) {
	const gib = 1 << 30
	machine := map[string]string{
		"proc/meminfo":     "MemTotal:       25165824 kB\nMemFree:         1048576 kB\nMemAvailable:   20971520 kB\n",
		"proc/self/status": "Name:\tworker\nVmRSS:\t 1048576 kB\nRssAnon:\t 1048576 kB\n",
	}
	all := int64(21*gib) - 24*gib/10
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no groups": {nil, all},
		"version 2, no limit": {map[string]string{
			"proc/self/cgroup": "0::/user.slice/a\n", "groups/user.slice/a/memory.max": "max\n", "groups/user.slice/a/memory.current": "5\n",
		}, all},
		"version 2, a limit above": {map[string]string{
			"proc/self/cgroup": "0::/user.slice/a\n", "groups/user.slice/a/memory.max": "max\n", "groups/user.slice/a/memory.current": "5\n",
			"groups/user.slice/memory.max": "10737418240\n", "groups/user.slice/memory.current": "4294967296\n", "groups/user.slice/memory.stat": "anon 1073741824\nfile 2147483648\n",
		}, 10*gib - 4*gib + 2*gib + gib - gib},
		"version 2, in a container": {map[string]string{
			"proc/self/cgroup": "0::/\n", "groups/memory.max": "4294967296\n", "groups/memory.current": "1073741824\n",
		}, 4*gib - gib + gib - leftToOthers},
		"version 1": {map[string]string{
			"proc/self/cgroup": "5:memory:/docker/x\n0::/\n",
			"groups/memory/docker/x/memory.limit_in_bytes": "9223372036854771712\n", "groups/memory/docker/x/memory.usage_in_bytes": "1\n",
			"groups/memory/docker/memory.limit_in_bytes": "16106127360\n", "groups/memory/docker/memory.usage_in_bytes": "3221225472\n",
			"groups/memory/docker/memory.stat": "total_cache 1073741824\n",
		}, 15*gib - 3*gib + gib + gib - 15*gib/10},
		"version 1, named from outside": {map[string]string{
			"proc/self/cgroup":                    "5:cpu,memory:/docker/x\n",
			"groups/memory/memory.limit_in_bytes": "2147483648\n", "groups/memory/memory.usage_in_bytes": "1073741824\n",
		}, 2*gib - gib + gib - leftToOthers},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, files := range []map[string]string{machine, c.files} {
				for path, text := range files {
					path = filepath.Join(dir, path)
					if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			got, err := availableIn(filepath.Join(dir, "proc"), filepath.Join(dir, "groups"))
			if err != nil || got != c.want {
				t.Errorf("%d MiB are available, want %d MiB (%v)", got>>20, c.want>>20, err)
			}
		})
	}
	if n, err := Available(); err != nil || n < 64<<20 {
		t.Errorf("this machine has %d bytes for a process (%v)", n, err)
	}
}
