package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process is a program that the starter started. It runs in a process group of
// its own, so that Ctrl-C in the terminal reaches the starter alone, and writes
// into a log file rather than a pipe, so that it outlives a starter that was killed.
type process struct {
	name    string
	cmd     *exec.Cmd
	log     string
	offset  int64 // where its part of the log begins
	started time.Time
	done    chan struct{} // closed when it has ended
}

// startProcess runs the program at path with its output appended to log.
func startProcess(name, path, log string, args ...string) (*process, error) {
	if err := os.MkdirAll(filepath.Dir(log), 0o700); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	file, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	defer file.Close() // the process has its own handle
	offset, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = file, file
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &process{name: name, cmd: cmd, log: log, offset: offset, started: time.Now(), done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is asked of ProcessState
		close(p.done)
	}()
	return p, nil
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// ready reports whether the process has said that it is.
func (p *process) ready() bool {
	data, err := os.ReadFile(p.log)
	return err == nil && int64(len(data)) > p.offset && strings.Contains(string(data[p.offset:]), p.name+": ready\n")
}

// killed reports whether a signal ended the process; it must have ended.
func (p *process) killed() bool {
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled()
}

// maxWords bounds lastWords.
const maxWords = 5

// lastWords are the error lines of a process that has ended: those that it
// began with its name, else the last line that it wrote.
func (p *process) lastWords() string {
	data, err := os.ReadFile(p.log)
	if err != nil || int64(len(data)) < p.offset {
		return fmt.Sprintf("%s ended (%s); see %s", p.name, p.cmd.ProcessState, p.log)
	}
	last, own := "", []string{}
	for line := range strings.Lines(string(data[p.offset:])) {
		line = strings.TrimSpace(line)
		switch {
		case line == p.name+": ready":
		case strings.HasPrefix(line, p.name+": "):
			own = append(own, line)
		case strings.HasPrefix(line, "panic: "), strings.HasPrefix(line, "fatal error: "):
			own = append(own, fmt.Sprintf("%s: %s; see %s", p.name, line, p.log))
		}
		if line != "" {
			last = line
		}
	}
	switch {
	case len(own) > 0:
		return strings.Join(own[max(0, len(own)-maxWords):], "\n")
	case last != "":
		return fmt.Sprintf("%s ended (%s): %s", p.name, p.cmd.ProcessState, last)
	}
	return fmt.Sprintf("%s ended (%s) without a word", p.name, p.cmd.ProcessState)
}

// stop asks the process to end and waits; it kills the process when ctx ends.
func (p *process) stop(ctx context.Context) error {
	if p.ended() {
		return nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !p.ended() {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
	}
	if err := p.cmd.Process.Kill(); err != nil && !p.ended() {
		return fmt.Errorf("kill %s: %w", p.name, err)
	}
	<-p.done
	return fmt.Errorf("%s did not stop in time and was killed; nothing durable is lost", p.name)
}
