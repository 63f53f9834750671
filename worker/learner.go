package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"temper/activities"
	"temper/activities/liveness"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/backend"
	"temper/model/checkpoint"
	"temper/model/rollout"
	"temper/model/sampling"
	"temper/model/train"
	"temper/model/transformer"
)

// maxHeld is the number of policies kept in memory: one run's, and one more for
// a second run on the same worker.
const maxHeld = 2

// learner computes with GoMLX on this machine's cores. It does one thing at a
// time: each uses all cores.
type learner struct {
	store   objectstore.Store
	machine machine
	// shardBytes bounds a checkpoint's files; the constant, but in tests.
	shardBytes int64

	turn sync.Mutex
	// held are policies in memory, the last used last.
	held   []*heldPolicy
	graphs graphs
}

// machine is what a learner computes on.
type machine struct {
	cores   int
	backend string // of GoMLX; "" is the CPU
}

// backendFor is the backend that a recipe pins, or else the machine's.
func (m machine) backendFor(pinned string) string { return shared(cmp.Or(pinned, m.backend)) }

// shared is the configuration of a backend that several goroutines use.
func shared(config string) string {
	if config == backend.Go {
		return backend.GoShared
	}
	return config
}

// heldPolicy is a policy in memory. One set of weights may have several names:
// as an update of a checkpoint, and as the checkpoint saved after it.
type heldPolicy struct {
	names  []string
	config transformer.Config
	// document is a checkpoint of it: what it says besides weights and moments is carried along.
	document checkpoint.Checkpoint
	trainer  *train.Trainer
}

func newLearner(store objectstore.Store, m machine) *learner {
	return &learner{store: store, machine: m, shardBytes: shardBytes, graphs: newGraphs(m)}
}

// Sample draws one rollout per request.
func (l *learner) Sample(ctx context.Context, p artifact.Policy, requests []activities.SampleRequest, s activities.Sampling, finished func(rollout.Rollout)) ([]rollout.Rollout, error) {
	l.turn.Lock()
	defer l.turn.Unlock()
	held, err := l.resolve(ctx, p)
	if err != nil {
		return nil, err
	}
	gen, err := l.graphs.generator(held, p.Name(), s)
	if err != nil {
		return nil, err
	}
	reqs := make([]sampling.Request, len(requests))
	for i, r := range requests {
		reqs[i] = sampling.Request{Problem: r.Problem, Sample: r.Sample, Seed: r.Seed, Prompt: r.Prompt}
	}
	params := sampling.Params{Temperature: s.Temperature, TopP: s.TopP, MaxResponseTokens: s.MaxResponseTokens, EOS: s.EOS}
	return gen.Generate(ctx, reqs, params, func(p sampling.Progress) {
		liveness.Done(ctx)
		if finished != nil {
			for _, r := range p.Finished {
				finished(r)
			}
		}
	})
}

// remember makes a policy the last used one and forgets the one not used for longest.
func (l *learner) remember(p *heldPolicy) {
	l.forget(p)
	l.held = append(l.held, p)
	if len(l.held) > maxHeld {
		l.held = slices.Delete(l.held, 0, 1)
		l.graphs.keep(l.held)
	}
}

// forget drops a policy from memory.
func (l *learner) forget(p *heldPolicy) {
	l.held = slices.DeleteFunc(l.held, func(h *heldPolicy) bool { return h == p })
}

// find returns the policy with a name if it is in memory.
func (l *learner) find(name string) *heldPolicy {
	for _, h := range l.held {
		if slices.Contains(h.names, name) {
			return h
		}
	}
	return nil
}

// resolve returns a policy: from memory, from memory with its last updates
// still to apply, or from its checkpoint with all of them.
func (l *learner) resolve(ctx context.Context, p artifact.Policy) (*heldPolicy, error) {
	for applied := len(p.Updates); applied >= 0; applied-- {
		base := artifact.Policy{Checkpoint: p.Checkpoint, Updates: p.Updates[:applied]}
		held := l.find(base.Name())
		if held == nil && applied == 0 {
			loaded, err := l.load(ctx, base)
			if err != nil {
				return nil, err
			}
			held = loaded
		}
		if held == nil {
			continue
		}
		l.remember(held)
		for _, update := range p.Updates[applied:] {
			if _, err := l.apply(ctx, held, base, update); err != nil {
				return nil, err
			}
			base = base.Then(update)
		}
		return held, nil
	}
	return nil, fmt.Errorf("policy %s has no checkpoint", p.Name()) // not reached: a checkpoint loads or fails
}
