//go:build linux

package sandbox

import (
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

// patience is how many wall limits a process may take that does not idle, but runs or
// waits for a CPU. A machine as slow as that is at fault, not the program.
const patience = 20

// watch starts the process's wall time. Time in which the process runs, waits for a CPU
// or waits for the judge does not count: a busy machine must not turn a right program
// into a wrong one.
func (p *process) watch() {
	since, limit := time.Now(), p.limits.wall()
	var look func()
	look = func() {
		wall, worked, cpu := time.Since(since), busy(p.pid()), cpuTime(p.pid())
		p.mu.Lock()
		defer p.mu.Unlock()
		wall -= p.waited
		if !p.waitsSince.IsZero() {
			wall -= time.Since(p.waitsSince)
		}
		idle := wall - worked
		switch idles := idle >= limit-limit/10; {
		case p.killed:
		case worked < 0: // the kernel does not say; a limit that may be the machine's fault is no verdict
			p.expired, p.starved = true, true
			go p.kill()
		case idles || wall-cpu > patience*limit:
			p.expired, p.starved = true, !idles
			go p.kill()
		default:
			p.wall = time.AfterFunc(max(limit-idle, limit/10), look)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.killed {
		p.wall = time.AfterFunc(limit, look)
		p.clock = time.AfterFunc(p.limits.cpu(), p.look)
	}
}

// look ends the process if it has used more than one test's CPU time since it last said
// something. (The kernel's limit, which cannot be set anew for each test, is that of all.)
func (p *process) look() {
	limit := p.limits.cpu()
	used := cpuTime(p.pid()) - time.Duration(p.said.Load())
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.killed:
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
	text, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", p.pidfd))
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
	return max(time.Duration(sum), cpuTime(pid))
}

// cpuTime is a process's CPU time to a hundredth of a second, or 0 if it is gone.
func cpuTime(pid int) time.Duration {
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every machine
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	var user, system int64
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) > 12 {
		user, _ = strconv.ParseInt(fields[11], 10, 64)
		system, _ = strconv.ParseInt(fields[12], 10, 64)
	}
	return time.Duration(user+system) * tick
}
