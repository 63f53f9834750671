package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"temper/model/artifact"
	"temper/model/recipe"
	"temper/workflows"
)

// shared is a recipe whose steps have several shards, which workers can share.
func shared(t testing.TB) recipe.Recipe {
	t.Helper()
	rec := slowSmoke(t)
	for _, set := range []string{
		"stages.math.shards=4", "stages.math.steps=4", "stages.math.checkpoint_every=4", "stages.code.shards=4", "stages.code.checkpoint_every=4",
		"stages.sft.epochs=1",
	} {
		if err := recipe.Set(&rec, set); err != nil {
			t.Fatal(err)
		}
	}
	return rec
}

// only makes the stack's workers those with the roles given, one each.
func (s *realStack) only(roles ...string) {
	s.t.Helper()
	kill(s.t, s.worker)
	for _, r := range roles {
		s.addWorker("-roles", r)
	}
}

// TestLongSeveralWorkers: any number of workers, of those that only sample too, ends with the same checkpoint. A policy's
// next step is made where it is held, and samplers sample.
func TestLongSeveralWorkers(t *testing.T) {
	long(t)
	var want artifact.Ref
	moved, after := 0, 0
	for _, workers := range [][]string{
		{allRoles}, {allRoles, allRoles}, {allRoles, allRoles, allRoles, allRoles}, {allRoles, "sampling", "sampling"},
	} {
		t.Run(fmt.Sprint(len(workers), " ", workers[len(workers)-1]), func(t *testing.T) {
			s := newRealStack(t)
			s.only(workers...)
			began := time.Now()
			got := s.result(s.start("run", shared(t)))
			if got.State != workflows.StateCompleted {
				t.Fatalf("the run ended %s", got.State)
			}
			if want.IsZero() {
				want = got.Checkpoint
			}
			if got.Checkpoint != want {
				t.Errorf("final checkpoint is %s, with one worker %s", got.Checkpoint.SHA256, want.SHA256)
			}
			sampled, updated := map[string]int{}, map[string]map[int]string{}
			for _, m := range s.manifests(got.Run) {
				switch m.Kind {
				case artifact.KindRollouts:
					sampled[m.Work.Worker]++
				case artifact.KindUpdate:
					if updated[m.Stage] == nil {
						updated[m.Stage] = map[int]string{}
					}
					updated[m.Stage][m.Step] = m.Work.Worker
				}
			}
			t.Logf("%.1f s; shards sampled by worker: %v; updates: %v", time.Since(began).Seconds(), sampled, updated)
			if len(workers) > 1 && len(sampled) < 2 {
				t.Error("one worker sampled everything")
			}
			for _, by := range updated {
				for step, worker := range by {
					if before, ok := by[step-1]; ok && len(workers) > 1 && workers[1] == allRoles {
						after++
						if before != worker {
							moved++
						}
					}
				}
			}
		})
	}
	// A home is a preference: whoever is free takes an update that its home leaves for two seconds. Without one
	// most of them would move.
	if t.Logf("%d of %d updates after the first were made by another worker than the one before", moved, after); after == 0 || 2*moved > after {
		t.Error("updates have no home")
	}
}

// TestLongTwoRunsShare: two runs that share a worker, or two, take turns, and end as one alone does.
func TestLongTwoRunsShare(t *testing.T) {
	long(t)
	for workers := 1; workers <= 2; workers++ {
		t.Run(fmt.Sprint(workers), func(t *testing.T) {
			s := newRealStack(t)
			s.only(slices.Repeat([]string{allRoles}, workers)...)
			a, b := s.start("a", shared(t)), s.start("b", shared(t))
			endA, endB := s.result(a), s.result(b)
			if endA.Checkpoint != endB.Checkpoint {
				t.Errorf("the runs end with %s and %s; first differences: %s", endA.Checkpoint.SHA256, endB.Checkpoint.SHA256, s.differences(endA.Run, endB.Run))
			}
			all := append(s.manifests(endA.Run), s.manifests(endB.Run)...)
			all = slices.DeleteFunc(all, func(m artifact.Manifest) bool {
				return m.Kind != artifact.KindRollouts && m.Kind != artifact.KindUpdate || m.Stage != "math" && m.Stage != "code"
			})
			slices.SortFunc(all, func(x, y artifact.Manifest) int { return x.Work.Started.Compare(y.Work.Started) })
			turns, order := 0, ""
			for i, m := range all {
				if order += m.Run.Name; i > 0 && all[i-1].Run != m.Run {
					turns++
				}
			}
			t.Logf("pieces of work in their order: %s", order)
			// A step is four shards and an update; seven steps each.
			if turns < 7 {
				t.Errorf("the runs took %d turns in %d pieces of work: one waited for the other", turns, len(all))
			}
		})
	}
}

// BenchmarkWorkers is the throughput of one run with a number of worker processes on this machine.
func BenchmarkWorkers(b *testing.B) {
	for _, n := range []int{1, 2, 4} {
		b.Run(fmt.Sprint("processes=", n), func(b *testing.B) {
			s := newRealStack(b)
			s.only(slices.Repeat([]string{allRoles}, n)...)
			s.result(s.start("warm", shared(b)))
			tokens, cpu := 0.0, 0.0
			b.ResetTimer()
			for i := range b.N {
				got := s.result(s.start(fmt.Sprint("run-", i), shared(b)))
				for _, m := range s.manifests(got.Run) {
					tokens += m.Metrics[artifact.MetricResponseTokens] + m.Metrics[artifact.MetricTrainedTokens]
					cpu += m.Work.CPUSeconds
				}
			}
			b.ReportMetric(tokens/b.Elapsed().Seconds(), "tok/s")
			b.ReportMetric(tokens/cpu, "tok/cpu-s") // other load on the machine does not matter to it
		})
	}
}
