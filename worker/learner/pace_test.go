package learner

import (
	"testing"
	"testing/synctest"
	"time"

	"temper/activities/liveness"
	"temper/model/rollout"
	"temper/model/sampling"
	"temper/model/transformer"
	"temper/worker/machine"
)

// TestPace: how long a part may take follows from its size and from the rate that was measured.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := transformer.Config{VocabSize: 100, HiddenSize: 8, IntermediateSize: 16, NumHiddenLayers: 1, NumAttentionHeads: 2, NumKeyValueHeads: 2}
		p := newPace(machine.Machine{Cores: 2})
		patience := func(begin func(w *liveness.Watch) *stretch) time.Duration {
			w := &liveness.Watch{}
			defer begin(w).end()
			_, patience := w.Tick(0)
			return patience
		}
		training := func(slots int) func(w *liveness.Watch) *stretch {
			return func(w *liveness.Watch) *stretch { return p.training(liveness.With(t.Context(), w), c, slots) }
		}
		if got := patience(training(1000)); got != 5*time.Minute {
			t.Errorf("patience with a small micro-batch is %s before anything is measured", got)
		}
		// One slot a second.
		w := &liveness.Watch{}
		s := p.training(liveness.With(t.Context(), w), c, 1000)
		for range 10 {
			time.Sleep(100 * time.Second)
			s.trained(100)
		}
		s.end()
		if w.Parts() != 10 {
			t.Errorf("%d signs of life in 10 micro-batches", w.Parts())
		}
		if got, want := patience(training(1000)), 10*2000*time.Second; got.Round(time.Second) != want { // on two cores at a time
			t.Errorf("patience with 1,000 slots, 1 a second, is %s, want %s", got, want)
		}

		requests := []rollout.Request{{Prompt: make([]int32, 100)}}
		s = p.sampling(liveness.With(t.Context(), w), c, requests, 4)
		for n := range 4 {
			time.Sleep(50 * time.Second)
			s.sampled(sampling.Progress{Finished: []rollout.Rollout{{Sample: n, Prompt: make([]int32, 100), Response: make([]int32, 25)}}})
		}
		s.end() // 100 + 4 x 25 tokens in 200 seconds
		got := patience(func(w *liveness.Watch) *stretch { return p.sampling(liveness.With(t.Context(), w), c, requests, 4) })
		if want := 10 * 2 * 4 * 101 * time.Second; got.Round(time.Second) != want {
			t.Errorf("patience between two decode steps is %s, want %s", got, want)
		}
	})
}

// TestPaceOfLargeModels: before anything is measured a large model is given time, and not for ever.
func TestPaceOfLargeModels(t *testing.T) {
	small := transformer.Config{ // Qwen2.5-0.5B's
		VocabSize: 151936, HiddenSize: 896, IntermediateSize: 4864, NumHiddenLayers: 24, NumAttentionHeads: 14, NumKeyValueHeads: 2, TieWordEmbeddings: true,
	}
	w := &liveness.Watch{}
	defer newPace(machine.Machine{Cores: 2}).training(liveness.With(t.Context(), w), small, 4096).end()
	if _, patience := w.Tick(0); patience < time.Hour || patience > 12*time.Hour {
		t.Errorf("patience with 4,096 slots of the 0.5B is %s", patience)
	}
}
