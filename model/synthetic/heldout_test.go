package synthetic

import "testing"

// The values come from the task's original Python implementation.
func TestHeldOutKnownIdentities(t *testing.T) {
	tests := []struct {
		identity string
		hash     uint32
		heldOut  bool
	}{
		{"", 2166103257, false},
		{"m:9a-2b-3", 3038465848, false},
		{"m:0a+1", 4004554389, false},
		{"m:5a*1", 1515725725, false},
		{"m:3a+4b-2c+1d*1", 3464415278, false},
		{"m:1a+1b+1c+1d+1e+1", 1203320105, false},
		{"c:2*x+3", 1023749287, false},
		{"c:1*x+0", 2756913385, false},
		{"c:4*x-9", 3854992238, false},
		{"c:3*x+1", 1287515854, false},
		{"c:8-2*x", 1587290377, false},
		{"c:9-1*x", 1238473770, true},
	}
	for _, test := range tests {
		if got := identityHash(test.identity); got != test.hash || HeldOut(test.identity) != test.heldOut {
			t.Errorf("%q: hash %d, held out %t, want %d, %t", test.identity, got, HeldOut(test.identity), test.hash, test.heldOut)
		}
	}
}

// All held-out functions, as the original Python implementation lists them.
func TestHeldOutFunctions(t *testing.T) {
	want := map[string]bool{}
	for _, function := range []string{
		"1*x+7", "1*x-2", "1*x-3", "2*x+2", "2*x+5", "2*x-5", "2*x-6", "2-1*x", "3*x+2",
		"3*x-2", "3*x-6", "4*x+1", "4*x+5", "4*x-4", "4*x-6", "5-4*x", "7-3*x", "9-1*x",
	} {
		want[function] = true
	}
	got := map[string]bool{}
	for _, task := range heldOutCode() {
		if !want[task.answer] {
			t.Errorf("%s is held out", task.answer)
		}
		got[task.answer] = true
	}
	if len(got) != len(want) {
		t.Errorf("%d functions are held out, want %d", len(got), len(want))
	}
}
