//go:build linux

package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"temper/model/reward/code"
)

const usualImports = "import math, collections, itertools, heapq, bisect, functools, string, re, random, decimal, fractions, statistics, datetime, typing, copy, operator\n"

// BenchmarkPrograms compares programs per second with starting a bare python3 for each
// test, side by side in one run, for 1, 10 and 100 tests per program; a test feeds a line
// and compares what is printed. "per core" counts the CPU time of everything, judge
// included, which other work on the machine does not blur.
func BenchmarkPrograms(b *testing.B) {
	s := opened(b)
	for name, imports := range map[string]string{"print": "", "imports": usualImports} {
		program := imports + "print(int(input()) + 1)"
		for _, n := range []int{1, 10, 100} {
			tests := code.Tests{Type: code.Stdin}
			for i := range n {
				tests.Inputs = append(tests.Inputs, fmt.Sprintln(i))
				tests.Outputs = append(tests.Outputs, fmt.Sprintln(i+1))
			}
			sandboxed := func() {
				if r, err := s.Grade(context.Background(), program, tests, Limits{}); err != nil || r.Verdict != "correct" {
					b.Error(r, err)
				}
			}
			bare := func() {
				for i := range tests.Inputs {
					c := exec.Command("/usr/bin/python3", "-I", "-c", program)
					c.Stdin = strings.NewReader(tests.Inputs[i])
					if out, err := c.Output(); err != nil || !bytes.Equal(out, []byte(tests.Outputs[i])) {
						b.Error(string(out), err)
					}
				}
			}
			b.Run(fmt.Sprintf("%s/%d-tests", name, n), func(b *testing.B) { compare(b, s, sandboxed, bare) })
		}
	}
}

// BenchmarkFunction is the same for a function with 1, 10 and 100 calls; bare python3 makes
// all calls in one process.
func BenchmarkFunction(b *testing.B) {
	s := opened(b)
	for _, n := range []int{1, 10, 100} {
		tests := code.Tests{Type: code.Function, Name: "f"}
		for i := range n {
			tests.Cases = append(tests.Cases, code.Case{Args: fmt.Appendf(nil, "[%d]", i), Expect: fmt.Appendf(nil, "%d", i+1)})
		}
		const program = "def f(x): return x + 1\n"
		sandboxed := func() {
			if r, err := s.Grade(context.Background(), program, tests, Limits{}); err != nil || r.Verdict != "correct" {
				b.Error(r, err)
			}
		}
		bare := func() {
			if err := exec.Command("/usr/bin/python3", "-I", "-c", program+fmt.Sprintf("assert [f(i) for i in range(%d)]", n)).Run(); err != nil {
				b.Error(err)
			}
		}
		b.Run(fmt.Sprintf("%d-calls", n), func(b *testing.B) { compare(b, s, sandboxed, bare) })
	}
}

// BenchmarkAsserts is the same for tests that are code, of which MBPP has three per program;
// bare python3 runs the program and all its tests in one process.
func BenchmarkAsserts(b *testing.B) {
	s := opened(b)
	for _, n := range []int{1, 3, 10, 100} {
		tests := code.Tests{Type: code.Assert}
		for i := range n {
			tests.Asserts = append(tests.Asserts, fmt.Sprintf("assert f(%d) == %d", i, i+1))
		}
		const program = "def f(x): return x + 1\n"
		sandboxed := func() {
			if r, err := s.Grade(context.Background(), program, tests, Limits{}); err != nil || r.Verdict != "correct" {
				b.Error(r, err)
			}
		}
		bare := func() {
			if err := exec.Command("/usr/bin/python3", "-I", "-c", program+strings.Join(tests.Asserts, "\n")).Run(); err != nil {
				b.Error(err)
			}
		}
		b.Run(fmt.Sprintf("%d-asserts", n), func(b *testing.B) { compare(b, s, sandboxed, bare) })
	}
}

// compare runs both b.N times, in alternating blocks on all cores. The slots' interpreters
// are warm before: one lasts for RecycleAfter jobs.
func compare(b *testing.B, s *Sandbox, sandboxed, bare func()) {
	var warmed sync.WaitGroup
	for range 4 * cap(s.tickets) {
		warmed.Go(sandboxed)
	}
	warmed.Wait()
	var wall, cpu [2]float64
	for done := 0; done < b.N; {
		block := min(64, b.N-done)
		done += block
		for k, do := range []func(){sandboxed, bare} {
			cells := cellSeconds(s) // to look costs time, which is nobody's
			own, begun := ownSeconds(), time.Now()
			var wg sync.WaitGroup
			work := make(chan struct{}, block)
			for range block {
				work <- struct{}{}
			}
			close(work)
			for range 2 * runtime.NumCPU() {
				wg.Go(func() {
					for range work {
						do()
					}
				})
			}
			wg.Wait()
			wall[k] += time.Since(begun).Seconds()
			cpu[k] += ownSeconds() - own
			cpu[k] += cellSeconds(s) - cells
		}
	}
	n := float64(b.N)
	b.ReportMetric(n/wall[0], "programs/s")
	b.ReportMetric(n/wall[1], "bare/s")
	b.ReportMetric(wall[1]/wall[0], "times-bare")
	b.ReportMetric(n/cpu[0], "programs/s/core")
	b.ReportMetric(n/cpu[1], "bare/s/core")
	b.ReportMetric(cpu[1]/cpu[0], "times-bare/core")
	b.ReportMetric(0, "ns/op")
}

// ownSeconds is the CPU time of this process and of its ended children.
func ownSeconds() float64 {
	var sum float64
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		unix.Getrusage(who, &u)
		sum += float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
	}
	return sum
}

// cellSeconds is the CPU time of the cells.
func cellSeconds(s *Sandbox) float64 {
	var sum float64
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sl := range s.free {
		for _, w := range []*warm{sl.program, sl.tests} {
			if w == nil {
				continue
			}
			for _, c := range children(w.cmd.Process.Pid) {
				sum += withChildren(c.pid)
				for _, examiner := range children(c.pid) {
					sum += withChildren(examiner.pid)
				}
			}
		}
	}
	return sum
}

// withChildren is the CPU time in seconds of a process and of its ended children.
func withChildren(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields, sum := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])), 0
	for _, f := range fields[11:15] {
		n, _ := strconv.Atoi(f)
		sum += n
	}
	return float64(sum) / 100
}
