package sampling

import (
	"context"
	"errors"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"temper/model/rollout"
)

func TestProgress(t *testing.T) {
	w := smallWeights()
	g := newGenerator(t, w, Options{Instances: 3, Rows: 12})
	requests := groupRequests(w.Config, 6, 4, 3, 9)
	lastDone, lastTokens, calls := 0, 0, 0
	var finished []rollout.Rollout
	rollouts, err := g.Generate(context.Background(), requests, mixed, func(p Progress) {
		done, total, tokens := p.Done, p.Total, p.Tokens
		finished = append(finished, p.Finished...)
		if done < lastDone || tokens < lastTokens || total != len(requests) {
			t.Errorf("progress %d of %d, %d tokens after %d, %d tokens", done, total, tokens, lastDone, lastTokens)
		}
		lastDone, lastTokens, calls = done, tokens, calls+1
	})
	if err != nil {
		t.Fatal(err)
	}
	tokens := 0
	for _, r := range rollouts {
		tokens += len(r.Response)
		if !slices.ContainsFunc(finished, func(f rollout.Rollout) bool { return reflect.DeepEqual(f, r) }) {
			t.Errorf("problem %d, sample %d was not told to be finished", r.Problem, r.Sample)
		}
	}
	if len(finished) != len(rollouts) {
		t.Errorf("%d rollouts were told to be finished, want %d", len(finished), len(rollouts))
	}
	if lastDone != len(requests) || lastTokens != tokens || calls < mixed.MaxResponseTokens {
		t.Errorf("at the end %d done, %d tokens, %d calls; want %d done, %d tokens", lastDone, lastTokens, calls, len(requests), tokens)
	}
}

func TestCancellation(t *testing.T) {
	w := smallWeights()
	g := newGenerator(t, w, Options{Instances: 2, Rows: 12})
	requests := groupRequests(w.Config, 40, 1, 3, 3)
	endless := rollout.Sampling{Temperature: 1, TopP: 1, MaxResponseTokens: 200}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	after := 0
	_, err := g.Generate(ctx, requests, endless, func(p Progress) {
		if ctx.Err() != nil {
			after++
		}
		if p.Tokens > 100 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if after > 2 {
		t.Errorf("%d decode steps after the cancellation, want at most one per instance", after)
	}
	if got := generate(t, g, requests[:1], mixed); len(got) != 1 {
		t.Error("the generator is of no use after a cancellation")
	}
}

func TestRefusals(t *testing.T) {
	w := smallWeights()
	g := newGenerator(t, w, Options{Instances: 1, Rows: 12, PromptBuckets: []int{8}, CacheBuckets: []int{16, 32}})
	good := rollout.Request{Prompt: []int32{1, 2}}
	cases := map[string]struct {
		request rollout.Request
		params  rollout.Sampling
		want    string
	}{
		"params":   {good, rollout.Sampling{Temperature: -1, TopP: 1, MaxResponseTokens: 3}, "temperature -1"},
		"empty":    {rollout.Request{Problem: 7, Sample: 3}, mixed, "request 1 (problem 7, sample 3): prompt is empty"},
		"token":    {rollout.Request{Prompt: []int32{1, 53}}, mixed, "prompt token 1 is 53: want 0 to 52"},
		"prompt":   {rollout.Request{Prompt: make([]int32, 9)}, mixed, "prompt: 9 tokens: the largest bucket has 8 slots"},
		"cache":    {rollout.Request{Prompt: make([]int32, 8)}, rollout.Sampling{TopP: 1, MaxResponseTokens: 26}, "prompt and response: 33 tokens: the largest bucket has 32 slots"},
		"position": {good, rollout.Sampling{TopP: 1, MaxResponseTokens: 511}, "max_position_embeddings is 512"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := g.Generate(context.Background(), []rollout.Request{good, c.request}, c.params, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "generate: ") {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	if got := generate(t, g, nil, mixed); len(got) != 0 {
		t.Errorf("no requests gave %v", got)
	}
	for want, o := range map[string]Options{
		"rows -6": {Rows: -6}, "prefill rows -4": {PrefillRows: -4}, "instances -1": {Instances: -1},
		"cache buckets [8 8]": {CacheBuckets: []int{8, 8}}, "prompt buckets [0]": {PromptBuckets: []int{0}},
	} {
		if _, err := NewGenerator(w, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("options %+v: error %v, want one with %q", o, err, want)
		}
	}
}

func TestBrokenPolicyIsAnError(t *testing.T) {
	w := smallWeights()
	w.Tensors[0][0] = float32(math.NaN())
	g := newGenerator(t, w, Options{Instances: 2, Rows: 12})
	requests := []rollout.Request{{Problem: 4, Sample: 2, Prompt: []int32{0}}}
	_, err := g.Generate(context.Background(), requests, mixed, nil)
	if !errors.Is(err, errNotFinite) || !strings.Contains(err.Error(), "problem 4, sample 2, response token 0") {
		t.Errorf("error %v, want %v with the rollout's name", err, errNotFinite)
	}
}

func TestBucketRule(t *testing.T) {
	for n, want := range map[int]int{1: 32, 32: 32, 33: 48, 55: 64, 100: 112, 127: 128, 129: 160, 600: 640, 32768: 32768} {
		if got, err := bucket(n, nil); got != want || err != nil {
			t.Errorf("%d slots: bucket %d, %v; want %d", n, got, err, want)
		}
	}
}

func TestNoGrowth(t *testing.T) {
	w := smallWeights()
	g := newGenerator(t, w, Options{Instances: 2, Rows: 12})
	requests := groupRequests(w.Config, 12, 2, 3, 9)
	measure := func(times int) (heap uint64, goroutines int) {
		for range times {
			generate(t, g, requests, mixed)
			if err := g.SetWeights(w); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc, runtime.NumGoroutine()
	}
	heapBefore, goroutinesBefore := measure(3)
	heapAfter, goroutinesAfter := measure(20)
	if heapAfter > heapBefore+1<<20 || goroutinesAfter > goroutinesBefore {
		t.Errorf("20 generations: heap %d -> %d bytes, goroutines %d -> %d", heapBefore, heapAfter, goroutinesBefore, goroutinesAfter)
	}
}
