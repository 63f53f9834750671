package rollout

import "testing"

func TestSeedIsStable(t *testing.T) {
	// Computed with Python: hashlib.sha256(b"temper rollout seed v1" +
	// struct.pack("<QQ6sqqq", 42, 6, b"math-1", 3, 17, 5)).digest()[:8], little endian.
	if got, want := Seed(42, "math-1", 3, 17, 5), uint64(9339097166898479449); got != want {
		t.Errorf("seed %d, want %d", got, want)
	}
	seen := map[uint64]bool{}
	for _, run := range []uint64{0, 1} {
		for _, stage := range []string{"", "a", "ab"} {
			for i := range 4 {
				for j := range 4 {
					for k := range 4 {
						seen[Seed(run, stage, i, j, k)] = true
					}
				}
			}
		}
	}
	if len(seen) != 2*3*64 {
		t.Errorf("%d different seeds of %d", len(seen), 2*3*64)
	}
}
