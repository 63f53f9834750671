//go:build linux

package sandbox

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"temper/model/reward/code"
)

// Limits bound a program. A zero field takes its value from Default.
type Limits struct {
	// CPUSeconds bounds one test: a standard input, a call, an assert. It is CPU time
	// without the interpreter's start, and without what page faults cost here beyond what
	// they cost on an ordinary machine; see charged.
	CPUSeconds float64 `json:"cpu_seconds,omitempty"`
	// TotalCPUSeconds bounds all tests of a program together.
	TotalCPUSeconds float64 `json:"total_cpu_seconds,omitempty"`
	// WallSeconds ends a process that idles as long as that in one test, or 20 times as long
	// in all. Time in which it runs, or waits for a CPU or the judge, does not count.
	WallSeconds float64 `json:"wall_seconds,omitempty"`
	// MemoryBytes bounds the address space, interpreter included; less than minMemory counts
	// as that.
	MemoryBytes int64 `json:"memory_bytes,omitempty"`
	// OutputBytes bounds standard output, standard error and the results of one test, each;
	// the results of all calls of a function together may have 20 times as much.
	OutputBytes int64 `json:"output_bytes,omitempty"`
	// DiskBytes bounds everything in the program's /tmp.
	DiskBytes int64 `json:"disk_bytes,omitempty"`
	// Processes bounds the program's threads; starting another process is never allowed.
	Processes int `json:"processes,omitempty"`
}

// Default is six CPU seconds per test, 20 times that for all tests, 10 seconds of idling,
// 1 GiB of memory, 8 MiB of output, 32 MiB of disk and 16 threads.
func Default() Limits {
	return Limits{CPUSeconds: code.DefaultSeconds, TotalCPUSeconds: 20 * code.DefaultSeconds, WallSeconds: 10, MemoryBytes: code.DefaultBytes, OutputBytes: 8 << 20, DiskBytes: 32 << 20, Processes: 16}
}

// Validate names the first limit that is out of range.
func (l Limits) Validate() error {
	l = l.filled()
	switch {
	case !(l.CPUSeconds > 0 && l.CPUSeconds <= 3600):
		return fmt.Errorf("limits: cpu_seconds is %v, want more than 0 and at most 3600", l.CPUSeconds)
	case !(l.TotalCPUSeconds >= l.CPUSeconds && l.TotalCPUSeconds <= 86400):
		return fmt.Errorf("limits: total_cpu_seconds is %v, want at least cpu_seconds (%v) and at most 86400", l.TotalCPUSeconds, l.CPUSeconds)
	case !(l.WallSeconds > 0 && l.WallSeconds <= 86400):
		return fmt.Errorf("limits: wall_seconds is %v, want more than 0 and at most 86400", l.WallSeconds)
	case l.MemoryBytes < 1:
		return fmt.Errorf("limits: memory_bytes is %d, want at least 1", l.MemoryBytes)
	case l.OutputBytes < 1:
		return fmt.Errorf("limits: output_bytes is %d, want at least 1", l.OutputBytes)
	case l.DiskBytes < 4096:
		return fmt.Errorf("limits: disk_bytes is %d, want at least 4096", l.DiskBytes)
	case l.Processes < 1:
		return fmt.Errorf("limits: processes is %d, want at least 1", l.Processes)
	}
	return nil
}

// minMemory is what the interpreter needs to run anything: it takes half of it itself. Some
// contests' limits are below it.
const minMemory = 128 << 20

// filled replaces zero fields by the defaults.
func (l Limits) filled() Limits {
	d := Default()
	set := func(v *float64, d float64) {
		if *v == 0 {
			*v = d
		}
	}
	setInt := func(v *int64, d int64) {
		if *v == 0 {
			*v = d
		}
	}
	set(&l.CPUSeconds, d.CPUSeconds)
	set(&l.TotalCPUSeconds, max(d.TotalCPUSeconds, 20*l.CPUSeconds))
	set(&l.WallSeconds, d.WallSeconds)
	setInt(&l.MemoryBytes, d.MemoryBytes)
	if l.MemoryBytes > 0 {
		l.MemoryBytes = max(l.MemoryBytes, minMemory)
	}
	setInt(&l.OutputBytes, d.OutputBytes)
	setInt(&l.DiskBytes, d.DiskBytes)
	if l.Processes == 0 {
		l.Processes = d.Processes
	}
	return l
}

// kernelCPU is the kernel's own limit in whole seconds, above the one that decides by more
// than a process takes on the slowest machine before its program begins.
func kernelCPU(seconds float64) int64 { return int64(math.Floor(seconds)) + 3 }

func (l Limits) cpu() time.Duration {
	return time.Duration(l.CPUSeconds * float64(time.Second))
}

func (l Limits) wall() time.Duration {
	return time.Duration(l.WallSeconds * float64(time.Second))
}

// Job is one program with what it is run on: Function and Calls (all in one process),
// Stdin (one process per entry), or Setup and Asserts (tests in a process of their own
// that call the program's).
type Job struct {
	Program  string
	Function string
	// Calls holds one JSON array of arguments each.
	Calls []json.RawMessage
	// IntKeys and Nodes say what the arguments become: see code.Tests.
	IntKeys bool
	Nodes   *code.Nodes
	Stdin   []string
	// Setup and Asserts are Python statements. They never enter the program's process.
	Setup   string
	Asserts []string
	// Pace bounds the time of each of them: see code.Tests.
	Pace   *code.Pace
	Limits Limits
	// Continue, if set, is asked after each test whether to go on.
	Continue func(i int, test code.TestOutcome) bool
}

// Outcome is what a program did; see code.Outcome.
type Outcome = code.Outcome

func (j Job) validate() error {
	kinds := 0
	for _, set := range []bool{j.Function != "" || len(j.Calls) > 0, len(j.Stdin) > 0, len(j.Asserts) > 0} {
		if set {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		return fmt.Errorf("job: %d of function, stdin and asserts are set, want one", kinds)
	case j.Function != "" && len(j.Calls) == 0:
		return fmt.Errorf("job: function %q has no calls", j.Function)
	case j.Function == "" && len(j.Calls) > 0:
		return fmt.Errorf("job: calls without a function")
	}
	return j.Limits.Validate()
}

// nodes is what the interpreter is told of them.
func (j Job) nodes() any {
	if j.Nodes == nil {
		return nil
	}
	shapes := []any{}
	for _, s := range j.Nodes.Args {
		shapes = append(shapes, s)
	}
	return []any{shapes, j.Nodes.Result}
}

// continues says whether a test lets the next one begin.
func (j Job) continues(i int, test code.TestOutcome) bool {
	return test.Error == "" && (j.Continue == nil || j.Continue(i, test))
}
