package budget

import "testing"

func TestSpend(t *testing.T) {
	b := New(10, 100)
	b.Spend(4, 100)
	if steps, bytes := b.Left(); steps != 6 || bytes != 0 {
		t.Errorf("%d steps and %d bytes are left, want 6 and 0", steps, bytes)
	}
	for _, more := range [][2]int{{7, 0}, {0, 1}} {
		if fault := spend(New(6, 0), more[0], more[1]); fault != ErrExhausted {
			t.Errorf("spending %v of 6 steps: %v, want %v", more, fault, ErrExhausted)
		}
	}
	if fault := spend(nil, 1<<40, 1<<40); fault != nil {
		t.Errorf("a nil budget: %v", fault)
	}
}

// An exhausted budget holds nothing more, so that who recovers too early cannot go on.
func TestExhaustedStays(t *testing.T) {
	b := New(10, 10)
	spend(b, 11, 0)
	if fault := spend(b, 1, 0); fault != ErrExhausted {
		t.Errorf("spending of an exhausted budget: %v", fault)
	}
}

func spend(b *Budget, steps, bytes int) (fault any) {
	defer func() { fault = recover() }()
	b.Spend(steps, bytes)
	return nil
}
