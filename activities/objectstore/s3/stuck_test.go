package s3

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"temper/activities/liveness"
)

// slowReader gives a byte per read, and takes its time for each.
type slowReader struct{ pauses []time.Duration }

func (r *slowReader) Read(p []byte) (int, error) {
	if len(r.pauses) == 0 {
		return 0, io.EOF
	}
	time.Sleep(r.pauses[0])
	r.pauses = r.pauses[1:]
	return copy(p, "x"), nil
}

// TestSlowIsNotStuck: a request whose bytes come slowly takes as long as it
// takes, and shows that it goes on; one whose bytes do not come ends.
func TestSlowIsNotStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Store{patience: time.Minute}
		watch := &liveness.Watch{}
		ctx := liveness.With(t.Context(), watch)
		limited, watched := s.watch(ctx, 0)
		source := &slowReader{}
		for range 30 {
			source.pauses = append(source.pauses, 59*time.Second)
		}
		if data, err := io.ReadAll(moving{limited, source}); err != nil || len(data) != 30 || limited.Err() != nil {
			t.Errorf("%d bytes in half an hour, error %v, context %v", len(data), err, limited.Err())
		}
		if watch.Parts() != 30 {
			t.Errorf("%d signs of life", watch.Parts())
		}
		moving{ctx: limited}.Read(make([]byte, 100))
		if watch.Parts() != 31 {
			t.Error("a piece that was sent is no sign of life")
		}
		time.Sleep(61 * time.Second)
		if err := context.Cause(limited); !errors.Is(err, errStuck) {
			t.Errorf("after a minute in which nothing moved: %v", err)
		}
		watched.end()
	})
}

// TestPatienceWithTheStore: a store may take as long for the answer to a large
// write as a request may, and then it is the request that ends, not the worker.
func TestPatienceWithTheStore(t *testing.T) {
	s := &Store{patience: time.Minute}
	watch := &liveness.Watch{}
	_, watched := s.watch(liveness.With(t.Context(), watch), 1<<30)
	if hangs, _ := watch.Tick(17 * time.Minute); hangs {
		t.Error("a write of a gigabyte counts as hung before it counts as stuck")
	}
	watched.end()
	if hangs, _ := watch.Tick(6 * time.Minute); !hangs {
		t.Error("after the write its patience still counts")
	}
}
