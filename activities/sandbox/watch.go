//go:build linux

package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// watch starts the process's clocks.
func (p *process) watch() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.killed {
		(&idling{p: p, since: time.Now()}).begin()
		p.clock = time.AfterFunc(p.limits.cpu(), p.look)
	}
}

// look ends the process if it has used more than one test's CPU time since it last said
// something. (The kernel's limit, which cannot be set anew for each test, is that of all.)
func (p *process) look() {
	limit := p.limits.cpu()
	now, there := p.clockTime()
	used := now - time.Duration(p.said.Load())
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.killed || !there: // or at its end
	case used > limit:
		p.late = true
		go p.kill()
	default:
		p.clock = time.AfterFunc(max(limit-used, 20*time.Millisecond), p.look)
	}
}

// waits says that the process waits for the judge, or no longer.
func (p *process) waits(does bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case does == !p.waitsSince.IsZero():
		return
	case does:
		p.waitsSince = time.Now()
		return
	}
	p.waited += time.Since(p.waitsSince)
	p.waitsSince = time.Time{}
}

// pid is the process's number here, or 0.
func (p *process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pidfd == 0 {
		return 0
	}
	return pidOf(p.pidfd)
}

// pidOf is the number of a handle's process, or 0 if it is gone.
func pidOf(pidfd int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", pidfd))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), "Pid:")
	line, _, _ := strings.Cut(after, "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || pid < 0 {
		return 0
	}
	return pid
}

// runs says whether one of a process's threads runs, or waits for a CPU or a disk.
func runs(pid int) bool {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid)) // the pattern is well-formed
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			continue // a thread that has ended since
		}
		_, state, _ := strings.Cut(string(text[bytes.LastIndexByte(text, ')')+1:]), " ")
		if strings.HasPrefix(state, "R") || strings.HasPrefix(state, "D") {
			return true
		}
	}
	return false
}

// busy is the time that a process's threads were on a CPU or in a run queue, or -1. Of
// threads that have ended it counts the former only.
func busy(pid int) time.Duration {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(files) == 0 {
		return -1
	}
	var sum int64
	for _, f := range files {
		text, err := os.ReadFile(f)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // a thread that has ended since: the program may make many
		}
		fields := strings.Fields(string(text))
		if err != nil || len(fields) < 2 {
			return -1
		}
		for _, v := range fields[:2] {
			ns, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				return -1
			}
			sum += ns
		}
	}
	cpu, _ := processTime(pid)
	return max(time.Duration(sum), cpu)
}

// processTime is a process's CPU time to a hundredth of a second and the number of its
// page faults, or 0 if it is gone.
func processTime(pid int) (cpu time.Duration, faults int64) {
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every machine
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0
	}
	var user, system int64
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) > 12 {
		user, _ = strconv.ParseInt(fields[11], 10, 64)
		system, _ = strconv.ParseInt(fields[12], 10, 64)
		faults, _ = strconv.ParseInt(fields[7], 10, 64)
	}
	return time.Duration(user+system) * tick, faults
}
