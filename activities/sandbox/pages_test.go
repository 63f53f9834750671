//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"temper/model/reward"
	"temper/model/reward/code"
)

// touching is a program that makes page faults, 3 times 131,072, and then answers.
const touching = `
import mmap
def f(x):
    for _ in range(3):
        memory = mmap.mmap(-1, 512 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        memory.madvise(15)  # no huge pages
        for at in range(0, 512 << 20, 4096):
            memory[at] = 1
        memory.close()
    return x + 1
`

// A right program that uses memory is within its limit where pages are dear too: behind
// slowpages, this one takes more than six seconds of CPU time.
func TestRightProgramThatTouchesPages(t *testing.T) {
	s := opened(t)
	got, err := s.Grade(context.Background(), touching, gradedTests, Default())
	if err != nil || got.Verdict != reward.Correct {
		t.Errorf("%+v, %v (credit for a fault: %v)", got, err, s.credit)
	}
}

// Credit for page faults counts for each test and for the whole, in every kind of job, and
// it is bounded: a program is charged for a quarter of its time at least.
func TestCreditForPages(t *testing.T) {
	t.Parallel()
	const faults = "b = bytearray(32 << 20)\n" // 8192 pages: 16 seconds of the credit below
	const spin = faults + "import resource\ndef used(): u = resource.getrusage(0); return u.ru_utime + u.ru_stime\ndef f(x):\n end = used() + x\n while used() < end: pass\n return 1\n"
	for _, tc := range []struct {
		seconds float64
		credit  time.Duration
		want    reward.Verdict
	}{
		{0.6, 2 * time.Millisecond, reward.Correct}, {0.6, 0, reward.Incorrect}, {100, 2 * time.Millisecond, reward.Incorrect},
	} {
		s := openedWith(t, cellPath)
		s.credit = tc.credit
		call := fmt.Sprintf("f(%g)", tc.seconds)
		for name, job := range map[string]struct {
			program string
			tests   code.Tests
		}{
			"function": {spin, code.Tests{Type: code.Function, Name: "f", Cases: []code.Case{{Args: fmt.Appendf(nil, "[%g]", tc.seconds), Expect: []byte("1")}}}},
			"stdin":    {spin + "print(" + call + ")", code.Tests{Type: code.Stdin, Inputs: []string{""}, Outputs: []string{"1\n"}}},
			"assert":   {spin, code.Tests{Type: code.Assert, Asserts: []string{"assert " + call + " == 1"}}},
		} {
			got, err := s.Grade(context.Background(), job.program, job.tests, Limits{CPUSeconds: 0.3, TotalCPUSeconds: 0.3})
			if err != nil || got.Verdict != tc.want {
				t.Errorf("%s, %g s of CPU time, credit %v: %+v, %v", name, tc.seconds, tc.credit, got, err)
			}
		}
	}
}

// What a page fault costs is measured in its own unit.
func TestFaultTime(t *testing.T) {
	if cost := faultTime(); cost <= 0 || cost > time.Second {
		t.Errorf("a page fault costs %v", cost)
	}
}

// The interpreter's own examples run like a job, so that it learns which pages jobs write to.
func TestPagesAreLookedAt(t *testing.T) {
	for _, wall := range []string{Namespaces, Landlock} {
		s := openedWith(t, cellPath)
		const warm = `posix.write(4, b"warm "`
		s.wall, s.inside = wall, strings.Replace(s.inside, warm, "if not seen: sys.exit('the examples do not run')\n"+warm, 1)
		if s.inside == insideSource() {
			t.Fatalf("the interpreter does not hold %q any more", warm)
		}
		if out := run(t, s, Job{Program: "print(1)", Stdin: []string{""}}); out.Tests[0].Stdout != "1\n" {
			t.Errorf("%s: %+v", wall, out)
		}
	}
}
