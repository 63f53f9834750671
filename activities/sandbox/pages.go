//go:build linux

package sandbox

import (
	"errors"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// What a program's CPU time is depends on the machine, and nowhere as much as in page
// faults: where virtual machines are nested, touching a page may cost ten times as much as
// elsewhere, and a right program that uses memory would be over its limit. So a program is
// charged for a fault no more than ordinaryFault; the rest is its credit.

const (
	// ordinaryFault is what a page fault costs on a virtual machine of the ordinary kind.
	ordinaryFault = 2 * time.Microsecond
	// maxCredit bounds the credit: CPU time is charged to a quarter at least, since faults are
	// not all alike, and a program that knows cheap ones must not run for ever.
	maxCredit = 4
)

// charged is the CPU time that a program is charged for time and page faults.
func (w *warm) charged(cpu time.Duration, faults int64) time.Duration {
	if w.credit == 0 {
		return cpu
	}
	return max(cpu-time.Duration(faults)*w.credit, cpu/maxCredit)
}

// uncharged is the CPU time, in seconds, after which a program that may be charged for
// these has been charged for more, whatever its faults.
func (w *warm) uncharged(seconds int64) int64 {
	if w.credit == 0 {
		return seconds
	}
	return maxCredit * seconds
}

// faultTime measures the CPU time of a page fault on this machine, once a process: other
// work may slow one of three measurements down, and the least counts.
func faultTime() time.Duration {
	least := time.Hour
	for range 3 {
		least = min(least, measureFaults(256))
	}
	return least
}

// measureFaults touches new pages and returns what each cost.
func measureFaults(pages int) time.Duration {
	runtime.LockOSThread() // whose clock it is
	defer runtime.UnlockOSThread()
	memory, err := unix.Mmap(-1, 0, pages*os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return 0 // no credit
	}
	defer unix.Munmap(memory)
	if err := unix.Madvise(memory, unix.MADV_NOHUGEPAGE); err != nil && !errors.Is(err, unix.EINVAL) { // EINVAL: no huge pages in this kernel
		return 0
	}
	before := threadTime()
	for at := 0; at < len(memory); at += os.Getpagesize() {
		memory[at] = 1
	}
	return (threadTime() - before) / time.Duration(pages)
}

// threadTime is this thread's CPU time.
func threadTime() time.Duration {
	var t unix.Timespec
	unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) // fails for no clock that exists
	return time.Duration(t.Nano())
}
