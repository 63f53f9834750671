package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// TestSchedule checks order, limits and budget on a clock of its own.
func TestSchedule(t *testing.T) {
	clock := time.Unix(0, 0)
	cells, err := selectCells("parity/fp32,train/0.5b,generate/0.5b/64")
	if err != nil {
		t.Fatal(err)
	}
	var ran []string
	s := schedule{
		cells: cells, engines: []string{temper, hf}, limit: 100 * time.Second, budget: 5 * time.Minute, log: io.Discard,
		now: func() time.Time { return clock },
		run: func(_ context.Context, limit time.Duration, c Cell, engine string) Result {
			ran = append(ran, fmt.Sprintf("%s %s %.0f", c, engine, limit.Seconds()))
			clock = clock.Add(90 * time.Second)
			return Result{Cell: c.String(), Engine: engine, Status: statusOK}
		},
	}
	var r Report
	if err := s.all(context.Background(), func(n Result) error { r.add(n); return nil }); err != nil {
		t.Fatal(err)
	}
	want := "parity/fp32 temper 100, train/0.5b/2048 temper 100, train/0.5b/2048 hf 100, generate/0.5b/64 temper 30"
	if got := strings.Join(ran, ", "); got != want {
		t.Errorf("ran %s, want %s", got, want)
	}
	if len(r.Results) != 9 {
		t.Errorf("%d results, want 9", len(r.Results))
	}
	if last := r.Results[8]; last.Cell != "train/0.5b/16384" || last.Engine != hf || last.Status != statusSkipped || !strings.Contains(last.Text, "budget") {
		t.Errorf("the last cell is %+v", last)
	}
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	ran = nil
	err = s.all(stopped, func(n Result) error {
		if n.Status != statusSkipped || n.Text != "interrupted" {
			t.Errorf("after an interrupt: %+v", n)
		}
		return nil
	})
	if err != nil || len(ran) > 0 {
		t.Errorf("after an interrupt: ran %v, error %v", ran, err)
	}
}

// TestRunChild checks what becomes of children that end in every way.
func TestRunChild(t *testing.T) {
	ok := `echo noise; echo '{"status":"ok","tokens_per_second":5,"steps":1}'; echo '{"status":"ok","tokens_per_second":7,"steps":2}'; `
	for _, c := range []struct {
		script, status, text string
		rate                 float64
	}{
		{ok, statusOK, "", 7},
		{ok + "exec sleep 60", statusTime, "1 s", 7},
		{"echo 'XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory allocating 5' >&2; exit 1", statusMemory, "allocating 5", 0},
		{"echo 'gpu check: failed: PJRT error (code=8): no room' >&2; exit 1", statusMemory, "no room", 0},
		{ok + "echo 'panic: broken graph' >&2; echo 'goroutine 1' >&2; exit 2", statusError, "panic: broken graph", 7},
		{"exit 3", statusError, "exit status 3", 0},
		{`echo '{"status":"not run","text":"no torch"}'`, statusSkipped, "no torch", 0},
		{`echo '{"status":"error","text":"told by the child"}'; echo other >&2; exit 1`, statusError, "told by the child", 0},
		{`kill -9 $$`, statusMemory, "signal: killed", 0},
	} {
		r := runChild(context.Background(), time.Second, []string{"sh", "-c", c.script}, nil, io.Discard, "train/0.5b/2048", temper)
		if r.Status != c.status || !strings.Contains(r.Text, c.text) || r.TokensPerSecond != c.rate {
			t.Errorf("%s: %+v; want %s, %q, %v", c.script, r, c.status, c.text, c.rate)
		}
		if r.Cell != "train/0.5b/2048" || r.Engine != temper {
			t.Errorf("%s: the result is for %s %s", c.script, r.Cell, r.Engine)
		}
	}
	r := runChild(context.Background(), time.Second, []string{"/nowhere/python"}, nil, io.Discard, "c", hf)
	if r.Status != statusError || !strings.Contains(r.Text, "/nowhere/python") {
		t.Errorf("a program that is not there: %+v", r)
	}
}

// TestShorten checks that a long message keeps its beginning and its cause.
func TestShorten(t *testing.T) {
	got := shorten("train step: " + strings.Repeat("x ", 500) + "\n the cause")
	if !strings.HasPrefix(got, "train step:") || !strings.HasSuffix(got, "the cause") || len(got) > 300 {
		t.Errorf("shortened to %q", got)
	}
}
