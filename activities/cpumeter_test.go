package activities

import (
	"sync"
	"testing"
	"time"
)

// burn uses CPU time.
func burn(d time.Duration) {
	began := processCPU()
	for x := 1; processCPU()-began < d; x++ {
		for y := range 10000 {
			x ^= y
		}
	}
}

// TestCPUSharesAddUp: whatever ran when, all shares together are the CPU time
// that the process used while something ran.
func TestCPUSharesAddUp(t *testing.T) {
	m := NewCPUMeter()
	began := processCPU()
	first := m.Start()
	burn(20 * time.Millisecond)
	second := m.Start()
	burn(40 * time.Millisecond)
	a := first.Stop()
	burn(10 * time.Millisecond)
	b := second.Stop()
	used := processCPU() - began
	if sum := a + b; sum > used || used-sum > 10*time.Millisecond {
		t.Errorf("shares %v and %v of %v", a, b, used)
	}
	if a < 40*time.Millisecond || b < 30*time.Millisecond {
		t.Errorf("shares %v and %v; want at least 40 ms and 30 ms", a, b)
	}
}

func TestCPUOfIdleTimeBelongsToNobody(t *testing.T) {
	m := NewCPUMeter()
	burn(20 * time.Millisecond)
	share := m.Start()
	if used := share.Stop(); used > 10*time.Millisecond {
		t.Errorf("an activity that did nothing used %v", used)
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
