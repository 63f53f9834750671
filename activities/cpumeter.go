package activities

import (
	"sync"
	"syscall"
	"time"
)

// CPUMeter shares out the CPU time of the process and of its ended children
// between the activities that run in it: time spent while n activities run
// counts for each as one n-th. The shares add up to the whole.
type CPUMeter struct {
	mu      sync.Mutex
	running map[*CPUShare]struct{}
	last    time.Duration
	clock   func() time.Duration // CPU time, processCPU but in tests
}

// CPUShare is one activity's part.
type CPUShare struct {
	meter *CPUMeter
	used  time.Duration
}

// NewCPUMeter starts with no activity running.
func NewCPUMeter() *CPUMeter {
	return &CPUMeter{running: map[*CPUShare]struct{}{}, clock: processCPU}
}

// Start begins an activity's share.
func (m *CPUMeter) Start() *CPUShare {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.settle()
	share := &CPUShare{meter: m}
	m.running[share] = struct{}{}
	return share
}

// Stop ends the share and returns its CPU time.
func (s *CPUShare) Stop() time.Duration {
	s.meter.mu.Lock()
	defer s.meter.mu.Unlock()
	s.meter.settle()
	delete(s.meter.running, s)
	return s.used
}

// settle shares out the CPU time since the last call.
func (m *CPUMeter) settle() {
	now := m.clock()
	if n := time.Duration(len(m.running)); n > 0 {
		for share := range m.running {
			share.used += (now - m.last) / n
		}
	}
	m.last = now
}

// processCPU is the user and system time of this process and its ended children.
func processCPU() time.Duration {
	var total time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var usage syscall.Rusage
		if err := syscall.Getrusage(who, &usage); err != nil {
			continue // the call fails only for an unknown `who`
		}
		total += time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	return total
}
