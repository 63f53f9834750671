package watchdog

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"temper/activities/liveness"
)

// server is a Temporal with one execution, whose only activity is at one worker
// or at the next. A lost attempt is followed by another at once.
type server struct {
	mu      sync.Mutex
	attempt Attempt
	// away refuses everything; slow is how long it takes to answer.
	away bool
	slow time.Duration
	lost []time.Time
}

var errAway = errors.New("away")

func (s *server) ask(ctx context.Context) error {
	s.mu.Lock()
	away, slow := s.away, s.slow
	s.mu.Unlock()
	select {
	case <-time.After(slow):
	case <-ctx.Done():
		return ctx.Err()
	}
	if away {
		return errAway
	}
	return nil
}

func (s *server) Running(ctx context.Context) ([]Execution, error) {
	return []Execution{{"run", "1"}, {"other", "2"}}, s.ask(ctx)
}

func (s *server) Started(ctx context.Context, e Execution) ([]Attempt, error) {
	if err := s.ask(ctx); err != nil || e.WorkflowID != "run" {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return []Attempt{s.attempt}, nil
}

func (s *server) Lose(_ context.Context, _ Execution, a Attempt) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.Number != s.attempt.Number {
		return errors.New("over")
	}
	s.lost = append(s.lost, time.Now())
	s.attempt = Attempt{Activity: "1", Number: a.Number + 1, Started: time.Now()}
	return nil
}

// beatAlong beats for the attempt that is at work, whoever has it, while alive says so.
func (s *server) beatAlong(ctx context.Context, alive func() bool) {
	for ctx.Err() == nil {
		time.Sleep(liveness.BeatEvery)
		within, cancel := context.WithTimeout(ctx, 4*time.Second)
		if alive() && s.ask(within) == nil {
			s.set(func(s *server) { s.attempt.Beat = time.Now() })
		}
		cancel()
	}
}

func (s *server) set(change func(*server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// beside runs a test beside watchdogs; the server's worker beats while alive says so.
func beside(t *testing.T, watchdogs int, alive func() bool, test func(s *server)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &server{attempt: Attempt{Activity: "1", Number: 1, Started: time.Now()}}
		var group sync.WaitGroup
		group.Go(func() { s.beatAlong(ctx, alive) })
		for range watchdogs {
			group.Go(func() { Watch(ctx, s, "7@gone@", slog.New(slog.NewTextHandler(io.Discard, nil))) })
			time.Sleep(700 * time.Millisecond)
		}
		test(s)
		cancel()
		group.Wait()
	})
}

func always() bool { return true }

// TestHealthyWorkIsLeftAlone: work that beats is never failed, whatever the server does.
func TestHealthyWorkIsLeftAlone(t *testing.T) {
	for name, disturb := range map[string]func(s *server){
		"nothing": func(*server) { time.Sleep(time.Hour) },
		"a restart of a minute": func(s *server) {
			time.Sleep(time.Minute + 700*time.Millisecond)
			s.set(func(s *server) { s.away = true })
			time.Sleep(time.Minute)
			s.set(func(s *server) { s.away = false })
			time.Sleep(time.Minute)
		},
		"short absences": func(s *server) {
			for i := range 200 {
				time.Sleep(time.Duration(i*137) * time.Millisecond)
				s.set(func(s *server) { s.away = true })
				time.Sleep(time.Duration(i%40) * 250 * time.Millisecond)
				s.set(func(s *server) { s.away = false })
			}
		},
		"slow answers": func(s *server) {
			s.set(func(s *server) { s.slow = 1900 * time.Millisecond })
			time.Sleep(10 * time.Minute)
		},
		"no answers": func(s *server) {
			s.set(func(s *server) { s.slow = time.Hour })
			time.Sleep(10 * time.Minute)
			s.set(func(s *server) { s.slow = 0 })
			time.Sleep(10 * time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			beside(t, 2, always, func(s *server) {
				disturb(s)
				if len(s.lost) > 0 {
					t.Errorf("the attempt was failed %d times", len(s.lost))
				}
			})
		})
	}
}

// TestLostWorkIsFound: whenever a worker falls silent, its attempt is failed within seven and a half
// seconds, once however many look, and the next attempt is left alone.
func TestLostWorkIsFound(t *testing.T) {
	for _, watchdogs := range []int{1, 3} {
		for after := range 20 {
			silent, died := false, time.Time{}
			beside(t, watchdogs, func() bool { return !silent }, func(s *server) {
				time.Sleep(time.Minute + time.Duration(after)*210*time.Millisecond)
				s.set(func(*server) { silent, died = true, time.Now() })
				for len(s.lost) == 0 {
					time.Sleep(10 * time.Millisecond)
				}
				s.set(func(*server) { silent = false }) // another takes it up
				if took := s.lost[0].Sub(died); took > lookEvery+liveness.LostAfter || took < liveness.LostAfter-liveness.BeatEvery {
					t.Errorf("found after %s", took)
				}
				time.Sleep(time.Minute)
				if len(s.lost) != 1 {
					t.Errorf("failed %d times", len(s.lost))
				}
			})
		}
	}
}

// TestGoneWorker: what a worker had that is known to have ended is found sooner, and one that beats under its name is left alone.
func TestGoneWorker(t *testing.T) {
	for _, alive := range []bool{false, true} {
		beside(t, 1, func() bool { return alive }, func(s *server) {
			time.Sleep(5 * time.Second)
			s.set(func(s *server) { s.attempt.Number, s.attempt.Worker, s.attempt.Started = 2, "7@gone@", time.Now() })
			time.Sleep(lookEvery + liveness.GoneAfter + time.Millisecond)
			if found := len(s.lost) > 0; found == alive {
				t.Errorf("it beats: %v; it was failed: %v", alive, found)
			}
		})
	}
}

// TestLostBeforeTheFirstBeat: a worker may be gone before it has said anything, or while the server is away.
func TestLostBeforeTheFirstBeat(t *testing.T) {
	beside(t, 1, func() bool { return false }, func(s *server) {
		time.Sleep(3 * time.Second)
		s.set(func(s *server) { s.away = true })
		time.Sleep(time.Minute)
		s.set(func(s *server) { s.away = false })
		back := time.Now()
		for len(s.lost) == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		if took := s.lost[0].Sub(back); took < liveness.LostAfter || took > 2*lookEvery+liveness.LostAfter {
			t.Errorf("found %s after the server was back", took)
		}
	})
}
