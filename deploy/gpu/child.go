package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// runChild runs one cell in a process of its own and returns what it reported
// last, or why it reported nothing. Its standard error goes to log, which two
// goroutines may write to at once.
func runChild(ctx context.Context, limit time.Duration, argv, env []string, log io.Writer, cell, engine string) Result {
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(cmd.Environ(), env...)
	cmd.WaitDelay = 5 * time.Second
	said := &tail{}
	cmd.Stderr = io.MultiWriter(log, said)
	memory := watchMemory()
	r := Result{Cell: cell, Engine: engine, Status: statusError}
	pipe, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		readResults(pipe, log, &r)
		err = cmd.Wait()
	}
	r.Cell, r.Engine, r.Seconds, r.PeakMiB = cell, engine, time.Since(start).Seconds(), memory.end()
	switch {
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		r.Status, r.Text = statusTime, fmt.Sprintf("%.0f s", limit.Seconds())
	case ctx.Err() != nil:
		r.Status, r.Text = statusSkipped, "interrupted"
	case err != nil && r.Status != statusMemory:
		r.Status, r.Text = classify(said.String(), err, r.Text)
	}
	return r
}

// readResults keeps the last of the results that a child prints; other lines go
// to log.
func readResults(from io.Reader, log io.Writer, r *Result) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var n Result
		if line := lines.Bytes(); json.Unmarshal(line, &n) != nil || n.Status == "" {
			fmt.Fprintf(log, "%s\n", line)
			continue
		}
		*r = n
	}
}

// classify turns the end of a child's standard error into a cell's text.
func classify(said string, err error, text string) (status, cause string) {
	status = statusError
	all := said + text
	// PJRT's code 8 is RESOURCE_EXHAUSTED; the kernel kills what takes the host's
	// memory.
	for _, sign := range []string{"RESOURCE_EXHAUSTED", "PJRT error (code=8)", "out of memory", "Out of memory", "OutOfMemory", "signal: killed"} {
		if strings.Contains(all, sign) || strings.Contains(err.Error(), sign) {
			status = statusMemory
		}
	}
	if text == "" {
		text = err.Error()
		// The line that says most: a panic's first, otherwise the last.
		for _, line := range strings.Split(strings.TrimSpace(said), "\n") {
			if strings.HasPrefix(line, "panic:") || strings.HasPrefix(line, "fatal error:") {
				text = line
				break
			} else if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "[") {
				text = line
			}
		}
	}
	return status, shorten(text)
}

// shorten cuts a message to what a table can hold: where it comes from, and its
// cause at the end. The log has all of it.
func shorten(text string) string {
	const head, end = 60, 200
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > head+end {
		return string(runes[:head]) + " … " + string(runes[len(runes)-end:])
	}
	return text
}

// tail keeps the last 16 KiB written to it.
type tail struct{ kept []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if excess := len(t.kept) - 1<<14; excess > 0 {
		t.kept = t.kept[excess:]
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.kept) }

// emit prints a result for the parent.
func emit(r Result) {
	data, err := json.Marshal(r)
	if err != nil { // NaN and infinities: a figure that is none
		data, _ = json.Marshal(Result{Cell: r.Cell, Engine: r.Engine, Status: statusError, Text: err.Error()})
	}
	fmt.Fprintf(os.Stdout, "%s\n", data)
}
