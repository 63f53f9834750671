//go:build linux

// Command slowpages runs a command on a machine whose page faults are dear, as those of
// nested virtual machines are: every page that the command, or any process that comes of
// it, touches for the first time costs TIMES the CPU time that it costs here.
//
//	slowpages TIMES COMMAND [ARGUMENT]...
//
// The kernel is asked for samples of every page fault of these processes, each with a copy
// of the stack. It takes them within the fault, in the time of the process that faults, and
// nobody reads them. How many samples of a fault it takes until a fault costs TIMES as much
// is measured at the start and said. Nothing in the command's processes knows of it.
//
// It takes what `perf record` takes: root, or a kernel.perf_event_paranoid of at most 1.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

func main() {
	// Events are a thread's and of what it starts: all of this is one thread's work.
	runtime.LockOSThread()
	if len(os.Args) == 2 && os.Args[1] == measure {
		fmt.Println(faultTime())
		return
	}
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "slowpages: %v\n", err)
	}
	os.Exit(code)
}

func run(args []string) (exitCode int, err error) {
	if len(args) < 2 {
		return 2, errors.New("the arguments are TIMES COMMAND and its own")
	}
	times, err := strconv.ParseFloat(args[0], 64)
	if err != nil || times < 1 {
		return 2, fmt.Errorf("TIMES is %q; valid: a number of at least 1, such as 10", args[0])
	}
	if err := slowDown(times); err != nil {
		return 1, err
	}
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(1, exit.ExitCode()), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}

// maxSamples is how many samples of one fault may be asked for.
const maxSamples = 200

// slowDown asks for samples until a page fault of a child costs times what it costs now.
func slowDown(times float64) error {
	before, err := childFaultTime()
	if err != nil {
		return err
	}
	now := before
	for n := 0; now < times*before; {
		if n == maxSamples {
			return fmt.Errorf("a page fault costs %.1f µs, and with %d samples of each %.1f µs: not %g times as much", before, n, now, times)
		}
		if err := sampleFaults(); err != nil {
			return err
		}
		n++
		if now, err = childFaultTime(); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "slowpages: a page fault costs %.1f µs of CPU time instead of %.1f\n", now, before)
	return nil
}

// sampleFaults has the kernel take one more sample of each page fault of this thread and
// of all that it starts from now on.
func sampleFaults() error {
	const (
		stack = 8 << 10 // bytes of it that a sample copies
		ring  = 64      // pages, which the next samples overwrite
	)
	for cpu := range runtime.NumCPU() {
		attr := unix.PerfEventAttr{
			Type: unix.PERF_TYPE_SOFTWARE, Config: unix.PERF_COUNT_SW_PAGE_FAULTS, Size: uint32(unsafe.Sizeof(unix.PerfEventAttr{})),
			Sample: 1, Bits: unix.PerfBitInherit,
			Sample_type:       unix.PERF_SAMPLE_CALLCHAIN | unix.PERF_SAMPLE_STACK_USER,
			Sample_stack_user: stack,
		}
		fd, err := unix.PerfEventOpen(&attr, 0, cpu, -1, unix.PERF_FLAG_FD_CLOEXEC)
		if err != nil {
			return fmt.Errorf("ask for samples of page faults: %w (it takes root, or sysctl kernel.perf_event_paranoid=1)", err)
		}
		// Mapped for reading alone, it is overwritten when it is full, and no sample is dropped.
		if _, err := unix.Mmap(fd, 0, (1+ring)*os.Getpagesize(), unix.PROT_READ, unix.MAP_SHARED); err != nil {
			return fmt.Errorf("make room for samples: %w", err)
		}
	}
	return nil
}

// measure is the argument by which this program measures a fault in a process of its own.
const measure = "-measure"

// childFaultTime is the CPU time of a page fault in µs, as a child has it.
func childFaultTime() (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	best := 0.0
	for range 3 { // other work on the machine only adds
		out, err := exec.Command(self, measure).Output()
		if err != nil {
			return 0, fmt.Errorf("measure a page fault: %w", err)
		}
		var µs float64
		if _, err := fmt.Sscan(string(out), &µs); err != nil {
			return 0, fmt.Errorf("measure a page fault: %w", err)
		}
		if best == 0 || µs < best {
			best = µs
		}
	}
	return best, nil
}

// faultTime touches 32 MiB of new memory, page by page, and returns µs of CPU time for each.
func faultTime() float64 {
	const size = 32 << 20
	memory, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		panic(err)
	}
	if err := unix.Madvise(memory, unix.MADV_NOHUGEPAGE); err != nil && !errors.Is(err, unix.EINVAL) { // a kernel without huge pages
		panic(err)
	}
	pages := 0
	before := cpuTime()
	for at := 0; at < size; at += os.Getpagesize() {
		memory[at] = 1
		pages++
	}
	return (cpuTime() - before) / float64(pages)
}

// cpuTime is this thread's CPU time in µs.
func cpuTime() float64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return float64(t.Nano()) / 1e3
}
