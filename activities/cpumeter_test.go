package activities

import (
	"sync"
	"testing"
	"time"
)

// burner is a meter of which the test says what it measures, and how much that is.
func burner() (m *CPUMeter, burn func(time.Duration)) {
	var now time.Duration
	m = NewCPUMeter()
	m.clock = func() time.Duration { return now }
	return m, func(d time.Duration) { now += d }
}

// TestCPUSharesAddUp: whatever ran when, all shares together are the CPU time
// that the process used while something ran.
func TestCPUSharesAddUp(t *testing.T) {
	m, burn := burner()
	first := m.Start()
	burn(20 * time.Millisecond)
	second := m.Start()
	burn(40 * time.Millisecond)
	a := first.Stop()
	burn(10 * time.Millisecond)
	b := second.Stop()
	if a != 40*time.Millisecond || b != 30*time.Millisecond {
		t.Errorf("shares are %v and %v; want 40 ms and 30 ms", a, b)
	}
}

func TestCPUOfIdleTimeBelongsToNobody(t *testing.T) {
	m, burn := burner()
	burn(20 * time.Millisecond)
	share := m.Start()
	if used := share.Stop(); used != 0 {
		t.Errorf("an activity that did nothing used %v", used)
	}
}

// TestProcessCPU: the clock of production runs with what the process computes.
func TestProcessCPU(t *testing.T) {
	began := processCPU()
	for x := 1; processCPU() == began; x++ { // ends only if it runs
		for y := range 10000 {
			x ^= y
		}
	}
}

func TestCPUMeterConcurrently(t *testing.T) {
	m := NewCPUMeter()
	began := processCPU()
	var mu sync.Mutex
	var sum time.Duration
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				share := m.Start()
				used := share.Stop()
				mu.Lock()
				sum += used
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if used := processCPU() - began; sum > used || sum < 0 {
		t.Errorf("shares are %v of %v", sum, used)
	}
	if len(m.running) != 0 {
		t.Errorf("%d shares are left", len(m.running))
	}
}
