package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/gomlx/compute/dtypes"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/backend"
	"temper/model/checkpoint"
	"temper/model/recipe"
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
	held []*heldPolicy
	// engines and generators keep compiled graphs, by the shapes that they are compiled for.
	engines    map[string]*train.Engine
	generators map[string]*generator
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

// generator samples from the policy whose name it holds.
type generator struct {
	*sampling.Generator
	policy string
}

func newLearner(store objectstore.Store, m machine) *learner {
	return &learner{store: store, machine: m, shardBytes: shardBytes, engines: map[string]*train.Engine{}, generators: map[string]*generator{}}
}

// Sample draws one rollout per request.
func (l *learner) Sample(ctx context.Context, p artifact.Policy, requests []activities.SampleRequest, s activities.Sampling, progress func(int)) ([]rollout.Rollout, error) {
	l.turn.Lock()
	defer l.turn.Unlock()
	held, err := l.resolve(ctx, p)
	if err != nil {
		return nil, err
	}
	gen, err := l.generator(held, p.Name(), s)
	if err != nil {
		return nil, err
	}
	reqs := make([]sampling.Request, len(requests))
	for i, r := range requests {
		reqs[i] = sampling.Request{Problem: r.Problem, Sample: r.Sample, Seed: r.Seed, Prompt: r.Prompt}
	}
	params := sampling.Params{Temperature: s.Temperature, TopP: s.TopP, MaxResponseTokens: s.MaxResponseTokens, EOS: s.EOS}
	return gen.Generate(ctx, reqs, params, func(done, _, _ int) { progress(done) })
}

// generator returns the generator for a policy's shapes, loaded with its weights.
func (l *learner) generator(held *heldPolicy, name string, s activities.Sampling) (*generator, error) {
	key := fmt.Sprintf("%s rows %d %s", held.config.JSON(), s.Rows, s.Backend)
	gen := l.generators[key]
	if gen == nil {
		made, err := sampling.NewGenerator(held.trainer.Weights(), sampling.Options{
			Instances: l.machine.cores, Rows: s.Rows, Backend: l.machine.backendFor(s.Backend),
		})
		if err != nil {
			return nil, err
		}
		gen = &generator{Generator: made, policy: name}
		l.generators[key] = gen
	}
	if gen.policy != name {
		gen.policy = ""
		if err := gen.SetWeights(held.trainer.Weights()); err != nil {
			return nil, err
		}
		gen.policy = name
	}
	return gen, nil
}

// engine returns the training engine for a policy's shapes.
func (l *learner) engine(config transformer.Config, n recipe.Numerics) *train.Engine {
	key := fmt.Sprintf("%s %+v", config.JSON(), n)
	if l.engines[key] == nil {
		l.engines[key] = &train.Engine{
			Instances: l.machine.cores, MicroBatchTokens: n.MicroBatchTokens, Buckets: buckets(config.MaxPositionEmbeddings),
			Pack: n.Packing, Checkpointing: n.GradientCheckpointing, Backend: l.machine.backendFor(n.Backend),
		}
		if n.Compute == recipe.ComputeBFloat16 {
			l.engines[key].Compute = dtypes.BFloat16
		}
	}
	return l.engines[key]
}

// buckets are the row lengths that graphs are compiled for: steps of 8 up to 128
// tokens, then steps of an eighth of the next power of two.
func buckets(longest int) []int {
	var sizes []int
	for size, power := 8, 128; ; {
		sizes = append(sizes, min(size, longest))
		if size >= longest {
			return sizes
		}
		if size >= power {
			power *= 2
		}
		size += max(8, power/8)
	}
}

// remember makes a policy the last used one and forgets the one not used for longest.
func (l *learner) remember(p *heldPolicy) {
	l.forget(p)
	l.held = append(l.held, p)
	if len(l.held) > maxHeld {
		l.held = slices.Delete(l.held, 0, 1)
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
