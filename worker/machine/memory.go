package machine

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A machine is shared with the system, Temporal and the store: a tenth of it, and at
// least so much, is left to them, so that it goes on answering.
const leftToOthers = 512 << 20

// Available is how many bytes of memory this process may have in all, what it has now
// included: what the machine has free, or what its control group (of either version,
// or one above) leaves, whichever is less.
func Available() (int64, error) { return availableIn("/proc", "/sys/fs/cgroup") }

func availableIn(proc, groups string) (int64, error) {
	info, err := os.ReadFile(filepath.Join(proc, "meminfo"))
	if err != nil {
		return 0, fmt.Errorf("read the machine's memory: %w", err)
	}
	status, err := os.ReadFile(filepath.Join(proc, "self/status"))
	if err != nil {
		return 0, fmt.Errorf("read this process's memory: %w", err)
	}
	fields := Numbers(string(info) + string(status))
	own := fields["RssAnon:"] << 10
	if _, ok := fields["MemAvailable:"]; !ok {
		return 0, errors.New("read the machine's memory: /proc/meminfo has no MemAvailable")
	}
	free, total := fields["MemAvailable:"]<<10, fields["MemTotal:"]<<10
	for _, g := range memoryGroups(proc, groups) {
		if limit, left, ok := g.read(); ok && limit < total {
			free, total = min(free, left), limit
		} else if ok {
			free = min(free, left)
		}
	}
	return free + own - min(max(total/10, leftToOthers), (free+own)/2), nil
}

// memoryGroup is the folder of a control group and the names of its files.
type memoryGroup struct{ dir, limit, usage, file string }

// memoryGroups are the control groups of this process that may bound memory, with
// those above them. In a container their names may be those outside; then the
// folder that is mounted counts.
func memoryGroups(proc, root string) []memoryGroup {
	data, err := os.ReadFile(filepath.Join(proc, "self/cgroup"))
	if err != nil {
		return nil
	}
	var groups []memoryGroup
	for line := range strings.Lines(string(data)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		g, top := memoryGroup{limit: "memory.max", usage: "memory.current", file: "file"}, root
		if parts[1] != "" {
			g, top = memoryGroup{limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes", file: "total_cache"}, filepath.Join(root, "memory")
		}
		if parts[1] != "" && !strings.Contains(","+parts[1]+",", ",memory,") {
			continue
		}
		for dir := filepath.Join("/", parts[2]); ; dir = filepath.Dir(dir) {
			g.dir = filepath.Join(top, dir)
			groups = append(groups, g)
			if dir == "/" {
				break
			}
		}
	}
	return groups
}

// read returns a group's limit, and how much of it is left; the cache of files gives way.
func (g memoryGroup) read() (limit, left int64, ok bool) {
	number := func(name string) (int64, bool) {
		data, err := os.ReadFile(filepath.Join(g.dir, name))
		if err != nil {
			return 0, false
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64) // "max" is no number
		return n, err == nil
	}
	limit, ok = number(g.limit)
	usage, has := number(g.usage)
	if !ok || !has || limit > math.MaxInt64/2 {
		return 0, 0, false
	}
	if stat, err := os.ReadFile(filepath.Join(g.dir, "memory.stat")); err == nil {
		usage -= min(usage, Numbers(string(stat))[g.file])
	}
	return limit, max(0, limit-usage), true
}

// Numbers reads lines that begin with a name and a number.
func Numbers(text string) map[string]int64 {
	values := make(map[string]int64)
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) > 1 {
			if n, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
				values[fields[0]] = n
			}
		}
	}
	return values
}
