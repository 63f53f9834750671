package cpu

import "testing"

func TestPeak(t *testing.T) {
	if len(available()) == 0 {
		if got := Peak(2); got != 0 {
			t.Errorf("without kernels the peak is %g", got)
		}
		return
	}
	// A core of any processor with AVX2 does between 1 and 1,000 GFLOP/s.
	for cores := 1; cores <= 2; cores++ {
		got := Peak(cores)
		if got < 1e9 || got > 1e12*float64(cores) {
			t.Errorf("%d cores do %g operations per second", cores, got)
		}
		t.Logf("%d cores: %.0f GFLOP/s", cores, got/1e9)
	}
}
