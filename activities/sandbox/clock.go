//go:build linux

package sandbox

import (
	"time"

	"golang.org/x/sys/unix"
)

// A process's CPU time is read on the kernel's clock of it, from outside: what the program
// says of time is not asked. The judge looks when it hears of a test's end. A process that
// goes on at once has begun its next test by then, so after a test that took long it waits
// until the judge has looked (record "clock"); one whose program does away with that only
// moves time from one of its tests to another, of which it knows the inputs anyway.

// used is the CPU time that the process has been charged so far. It waits until there is a
// handle to the process, and until its end is known if that has come.
func (p *process) used() time.Duration {
	<-p.known
	if now, there := p.clockTime(); there {
		return now
	}
	<-p.over
	if p.end == nil {
		return 0 // a fault, so that nobody asks any more
	}
	return p.end.cpu
}

// clockTime is the CPU time that the process is charged until now. False if it is gone.
func (p *process) clockTime() (charged time.Duration, there bool) {
	p.mu.Lock() // the handle and its number are not another's meanwhile
	defer p.mu.Unlock()
	if p.pidfd == 0 || p.number == 0 {
		return 0, false
	}
	var t unix.Timespec
	if err := unix.ClockGettime(processClock(p.number), &t); err != nil {
		return 0, false
	}
	var faults int64
	if p.in.credit > 0 {
		_, faults = processTime(p.number)
	}
	if err := unix.PidfdSendSignal(p.pidfd, 0, nil, 0); err == unix.ESRCH {
		return 0, false // the number may have been another's already
	}
	return p.in.charged(time.Duration(t.Nano()), faults), true
}

// processClock is the kernel's number of the clock of a process's CPU time.
func processClock(pid int) int32 {
	const scheduled = 2 // CPUCLOCK_SCHED
	return int32(^pid)<<3 | scheduled
}
