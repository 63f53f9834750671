package activities

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"temper/activities/liveness"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/rollout"
)

// Finished rollouts are recorded as soon as there are so many response tokens of
// them, or after so long. A worker that is lost loses what it had not recorded,
// and the rollouts that were under way.
const (
	partTokens = 1 << 18
	partEvery  = 5 * time.Minute
)

// lastWordsTime is how long a worker that stops takes over recording what is finished.
const lastWordsTime = 12 * time.Second

// sampledPart is a part of a shard.
type sampledPart struct {
	Rollouts artifact.Ref `json:"rollouts"`
	// Seconds is how long it took.
	Seconds float64 `json:"seconds"`
}

// sampled are the finished rollouts of a shard, of this attempt and of earlier ones.
type sampled struct {
	parts *parts[sampledPart]
	warn  func(error)
	full  chan struct{} // there is enough for a part

	mu       sync.Mutex
	waiting  []rollout.Rollout // not recorded yet
	tokens   int               // that have come since the last try to record them
	recorded time.Time         // when the last part was, or the attempt began
}

// sampledKey tells the rollouts of a shard apart.
type sampledKey struct{ problem, sample int }

// sampleRest samples what earlier attempts have not finished, recording what is
// finished as it goes. It returns the rollouts in the order of the requests, and
// how many seconds earlier attempts took over theirs.
func (a *Activities) sampleRest(ctx context.Context, t task, policy artifact.Policy, requests []rollout.Request, s Decoding) ([]rollout.Rollout, float64, error) {
	found, err := findParts[sampledPart](ctx, a.Store, t)
	if err != nil {
		return nil, 0, err
	}
	all, seconds, err := a.earlier(ctx, found.found)
	if err != nil {
		return nil, 0, err
	}
	var rest []rollout.Request
	for _, r := range requests {
		if _, ok := all[sampledKey{r.Problem, r.Sample}]; !ok {
			rest = append(rest, r)
		}
	}
	if len(rest) > 0 {
		c := &sampled{parts: found, full: make(chan struct{}, 1), recorded: time.Now()}
		c.warn = func(err error) { activity.GetLogger(ctx).Warn("finished rollouts are not recorded yet", "error", err) }
		rollouts, err := c.during(ctx, func() ([]rollout.Rollout, error) {
			return a.Learner.Sample(ctx, policy, rest, s, c.finished)
		})
		if err != nil {
			return nil, 0, err
		}
		for _, r := range rollouts {
			all[sampledKey{r.Problem, r.Sample}] = r
		}
	}
	ordered := make([]rollout.Rollout, len(requests))
	for i, r := range requests {
		one, ok := all[sampledKey{r.Problem, r.Sample}]
		if !ok || one.Seed != r.Seed {
			return nil, 0, fmt.Errorf("no rollout of problem %d, sample %d came back", r.Problem, r.Sample)
		}
		ordered[i] = one
	}
	return ordered, seconds, nil
}

// earlier reads the rollouts that earlier attempts have recorded.
func (a *Activities) earlier(ctx context.Context, found []sampledPart) (map[sampledKey]rollout.Rollout, float64, error) {
	all, seconds := map[sampledKey]rollout.Rollout{}, 0.0
	for _, part := range found {
		data, err := a.Store.Get(ctx, part.Rollouts)
		if objectstore.IsDamage(err) { // they are sampled again
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		rollouts, err := rollout.Decode(data)
		if err != nil {
			return nil, 0, err
		}
		for _, r := range rollouts {
			all[sampledKey{r.Problem, r.Sample}] = r
		}
		seconds += part.Seconds
	}
	return all, seconds, nil
}

// finished takes a rollout that has ended.
func (c *sampled) finished(r rollout.Rollout) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, r)
	if c.tokens += len(r.Response); c.tokens >= partTokens {
		select {
		case c.full <- struct{}{}:
		default: // it is known already
		}
	}
}

// during records what is finished while sample is at work, and, when that was
// told to stop, what is left.
func (c *sampled) during(ctx context.Context, sample func() ([]rollout.Rollout, error)) ([]rollout.Rollout, error) {
	// Recording is not what the work is about: it must not make one that hangs look alive.
	unwatched, cancel := context.WithCancel(liveness.With(ctx, nil))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		every := time.NewTicker(partEvery)
		defer every.Stop()
		for {
			select {
			case <-unwatched.Done():
				return
			case <-c.full:
			case <-every.C:
			}
			c.record(unwatched)
		}
	}()
	stop := func() { cancel(); <-ended }
	defer stop()
	rollouts, err := sample()
	if err != nil && ctx.Err() != nil {
		stop()
		last, cancel := context.WithTimeout(context.WithoutCancel(unwatched), lastWordsTime)
		defer cancel()
		c.record(last)
	}
	return rollouts, err
}

// record makes a part of the rollouts that wait. They go on waiting if that fails.
func (c *sampled) record(ctx context.Context) {
	c.mu.Lock()
	rollouts, since, now := slices.Clip(c.waiting), c.recorded, time.Now()
	c.tokens = 0
	c.mu.Unlock()
	if len(rollouts) == 0 {
		return
	}
	ref, err := c.parts.store.Put(ctx, rollout.Encode(rollouts))
	if err == nil {
		err = c.parts.add(ctx, sampledPart{ref, now.Sub(since).Seconds()})
	}
	if err != nil {
		c.warn(err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting, c.recorded = c.waiting[len(rollouts):], now
}
