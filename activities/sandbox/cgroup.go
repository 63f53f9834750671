//go:build linux

package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// group is a cell's control group, or one for each controller where the hierarchies are
// apart (version 1). It bounds what the limits of a process do not: files in /tmp, buffers
// of the kernel, the interpreter. It is made only below a parent that the operator names:
// which of the groups that can be written belong to this program, nobody else knows.
type group struct {
	dirs         []string
	memory, pids string // files that hold the limits
	allows       int64  // bytes
}

const (
	groupRoot = "/sys/fs/cgroup"
	groupName = "temper-sandbox-" // PID-NUMBER
)

var groupNumber atomic.Int64

// groupParents are the folders of a parent group, memory's first.
func groupParents(parent string) []string {
	if _, err := os.Stat(groupRoot + "/cgroup.controllers"); err == nil {
		return []string{filepath.Join(groupRoot, parent)}
	}
	return []string{filepath.Join(groupRoot, "memory", parent), filepath.Join(groupRoot, "pids", parent)}
}

// newGroup makes a group below parent.
func newGroup(parent string) (*group, error) {
	name := fmt.Sprintf("%s%d-%d", groupName, os.Getpid(), groupNumber.Add(1))
	g := &group{}
	for _, p := range groupParents(parent) {
		dir := filepath.Join(p, name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			g.remove()
			return nil, fmt.Errorf("make control group: %w", err)
		}
		g.dirs = append(g.dirs, dir)
	}
	g.memory, g.pids = g.dirs[0]+"/memory.max", g.dirs[0]+"/pids.max"
	if len(g.dirs) > 1 {
		g.memory, g.pids = g.dirs[0]+"/memory.limit_in_bytes", g.dirs[1]+"/pids.max"
	}
	if err := g.allow(Default()); err != nil {
		g.remove()
		return nil, fmt.Errorf("%w (version 2: enable the controllers memory and pids in %s/cgroup.subtree_control)", err, groupParents(parent)[0])
	}
	return g, nil
}

// allow raises the limits to what a job with these limits may need.
func (g *group) allow(l Limits) error {
	const interpreter, tasks = 256 << 20, 64 // and the launcher's
	if g == nil || l.MemoryBytes+l.DiskBytes <= g.allows {
		return nil
	}
	g.allows = l.MemoryBytes + l.DiskBytes
	if err := os.WriteFile(g.memory, []byte(strconv.FormatInt(g.allows+interpreter, 10)), 0); err != nil {
		return fmt.Errorf("limit control group: %w", err)
	}
	if err := os.WriteFile(g.pids, []byte(strconv.Itoa(max(l.Processes, Default().Processes)+tasks)), 0); err != nil {
		return fmt.Errorf("limit control group: %w", err)
	}
	return nil
}

// argument tells the launcher which groups to enter.
func (g *group) argument() string {
	if g == nil {
		return "-"
	}
	return strings.Join(g.dirs, ",")
}

// remove removes the group when its last process is gone.
func (g *group) remove() {
	if g == nil {
		return
	}
	for _, dir := range g.dirs {
		for range 6000 { // a minute, on a machine that is slow to end processes
			if err := os.Remove(dir); err == nil || os.IsNotExist(err) {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// removeOldGroups removes those of judges that were killed.
func removeOldGroups(parent string) {
	if parent == "" {
		return
	}
	for _, p := range groupParents(parent) {
		dirs, _ := filepath.Glob(filepath.Join(p, groupName+"*")) // the pattern is well-formed
		for _, dir := range dirs {
			pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), groupName), "-")
			if _, err := os.Stat("/proc/" + pid); os.IsNotExist(err) {
				os.Remove(dir) // fails where a process is left, as it should
			}
		}
	}
}
