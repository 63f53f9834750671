package memory

import "testing"

func TestEstimate(t *testing.T) {
	e := Estimate{{"weights", 3 << 30}, {"gradients", 5 << 30}, {"logits", 1 << 20}}
	if got, want := e.Total(), int64(8<<30+1<<20); got != want {
		t.Errorf("the total is %d, want %d", got, want)
	}
	if got, want := e.String(), "8.0 GiB (gradients 5.0 GiB, weights 3.0 GiB)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for bytes, want := range map[int64]string{0: "0 MiB", 1 << 20: "1 MiB", 1<<30 - 1: "1024 MiB", 1 << 30: "1.0 GiB", 15 << 29: "7.5 GiB"} {
		if got := Size(bytes); got != want {
			t.Errorf("%d bytes are %q, want %q", bytes, got, want)
		}
	}
}

func TestLargest(t *testing.T) {
	work := func(n int) Estimate { return Estimate{{"base", 100}, {"rows", int64(10 * n)}} }
	for limit, want := range map[int64]int{99: 0, 109: 0, 110: 1, 155: 5, 199: 9, 200: 10, 9999: 10} {
		if got := Largest(10, limit, work); got != want {
			t.Errorf("within %d: %d, want %d", limit, got, want)
		}
	}
}
