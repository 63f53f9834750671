package liveness

import (
	"testing"
	"time"
)

// after is whether the work hangs when so much time went by.
func after(w *Watch, passed time.Duration) bool {
	hangs, _ := w.Tick(passed)
	return hangs
}

// TestPatience: without progress work hangs after five minutes, or after ten
// times its estimate, and every part starts the count anew.
func TestPatience(t *testing.T) {
	w := &Watch{}
	ctx := With(t.Context(), w)
	if after(w, 5*time.Minute) {
		t.Error("it hangs after five minutes")
	}
	if !after(w, time.Second) {
		t.Error("it does not hang after more than five minutes")
	}
	for range 100 {
		Done(ctx)
		if after(w, 4*time.Minute) {
			t.Fatal("it hangs, with a part done every four minutes")
		}
	}
	if Say(ctx, "far"); w.Said() != "far" {
		t.Errorf("it says %q", w.Said())
	}
	if w.Parts() != 100 {
		t.Errorf("%d parts", w.Parts())
	}
	endShort, endLong := Expect(ctx, time.Second), Expect(ctx, time.Hour)
	if after(w, 10*time.Hour) || !after(w, time.Second) {
		t.Error("the longest estimate does not count")
	}
	endLong()
	if after(w, 5*time.Minute) || !after(w, time.Second) {
		t.Error("an estimate that has ended counts")
	}
	endShort()
	if hangs, patience := w.Tick(time.Minute); hangs || patience != 5*time.Minute {
		t.Errorf("hangs %v, patience %s", hangs, patience)
	}
}

// TestWaiting: work that waits for another is alive as long as that is.
func TestWaiting(t *testing.T) {
	waits, holds := &Watch{}, &Watch{}
	ctx, other := With(t.Context(), waits), With(t.Context(), holds)
	end := Wait(ctx, func() *Watch { return holds })
	for range 10 {
		if after(waits, time.Hour) || after(holds, time.Minute) {
			t.Fatal("it hangs while the other goes on")
		}
		Done(other)
	}
	if !after(holds, 6*time.Minute) || !after(waits, 0) {
		t.Error("it does not hang with the other")
	}
	end()
	if after(waits, time.Minute) {
		t.Error("it hangs when its own turn has come")
	}
}

// TestUnwatched: work that nobody watches needs no care.
func TestUnwatched(t *testing.T) {
	Done(t.Context())
	Expect(t.Context(), time.Hour)()
	Wait(t.Context(), func() *Watch { return nil })()
}
