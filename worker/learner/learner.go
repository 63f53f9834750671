package learner

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/memory"
	"temper/model/rollout"
	"temper/model/sampling"
	"temper/model/train"
	"temper/worker/machine"
)

// maxHeld is the number of policies kept in memory: one run's and its reference, and
// one more for a second run on the same worker.
const maxHeld = 3

// learner computes with GoMLX on this machine's cores. It does one thing at a
// time: each uses all cores.
type Learner struct {
	// CheckMemory compares every policy found in memory with what its name yields from the store.
	CheckMemory bool
	// SamplesOnly keeps this learner from deriving policies: it samples from weights that are stored.
	SamplesOnly bool

	store   objectstore.Store
	machine machine.Machine
	// shardBytes bounds a checkpoint's files; the constant, but in tests.
	shardBytes int64

	turn  *turn
	pace  *pace
	shelf shelf
	// inHand is what a draft takes while another policy is resolved beside it.
	inHand memory.Estimate
	graphs graphs
}

// New makes a learner that keeps policies in a store and computes on a machine.
func New(store objectstore.Store, m machine.Machine) *Learner {
	l := &Learner{store: store, machine: m, shardBytes: shardBytes, turn: newTurn(), pace: newPace(m), graphs: newGraphs(m)}
	l.shelf = shelf{room: maxHeld, gone: l.graphs.release}
	return l
}

// Sample draws one rollout per request.
func (l *Learner) Sample(ctx context.Context, p artifact.Policy, requests []rollout.Request, s activities.Decoding, finished func(rollout.Rollout)) ([]rollout.Rollout, error) {
	end, err := l.turn.take(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	held, err := l.toSample(ctx, p, s.Weights)
	if err != nil {
		return nil, err
	}
	longest := 0
	for _, r := range requests {
		longest = max(longest, len(r.Prompt))
	}
	work, err := l.samplingBytes(held.weights.Config, s.Backend, s.Rows, len(requests), longest, s.MaxResponseTokens)
	if err != nil {
		return nil, err
	}
	if err := l.makeRoom("sampling", held, append(held.bytes(), work...)); err != nil {
		return nil, err
	}
	gen, err := l.graphs.generator(held, s)
	if err != nil {
		return nil, err
	}
	pace := l.pace.sampling(ctx, held.weights.Config, requests, cmp.Or(s.Rows, sampling.DefaultRows))
	defer pace.end()
	return gen.Generate(ctx, requests, s.Sampling, func(p sampling.Progress) {
		pace.sampled(p)
		if finished != nil {
			for _, r := range p.Finished {
				finished(r)
			}
		}
	})
}

// resolve returns a policy: from memory, from memory with its last updates
// still to apply, or from its checkpoint with all of them.
func (l *Learner) resolve(ctx context.Context, p artifact.Policy) (*finished, error) {
	if held := l.shelf.find(p.Name()); held != nil {
		return held, l.check(ctx, held, p)
	}
	for applied := len(p.Updates) - 1; applied >= 0; applied-- {
		base := artifact.Policy{Checkpoint: p.Checkpoint, Updates: p.Updates[:applied]}
		if held := l.shelf.find(base.Name()); held != nil {
			if err := l.check(ctx, held, base); err != nil {
				return nil, err
			}
			return l.derive(ctx, l.shelf.take(held), p, applied)
		}
	}
	loaded, err := l.load(ctx, p.Checkpoint)
	if err != nil {
		return nil, err
	}
	return l.derive(ctx, loaded, p, 0)
}

// derive applies to a draft the updates of a policy that it lacks, and finishes it.
func (l *Learner) derive(ctx context.Context, d *draft, p artifact.Policy, applied int) (*finished, error) {
	for _, update := range p.Updates[applied:] {
		if _, err := l.apply(ctx, d, update); err != nil {
			return nil, err
		}
	}
	held := l.shelf.put(p.Name(), d)
	l.graphs.keep(l.shelf.policies)
	return held, nil
}

// check derives a policy once more from the store alone and refuses to go on if
// the one in memory differs in a bit. It costs what it says: for tests, and for
// a worker that was started with -check-memory.
func (l *Learner) check(ctx context.Context, held *finished, p artifact.Policy) error {
	if !l.CheckMemory {
		return nil
	}
	again, err := l.load(ctx, p.Checkpoint)
	if err != nil {
		return err
	}
	for _, update := range p.Updates {
		if _, err := l.apply(ctx, again, update); err != nil {
			return err
		}
	}
	if len(held.names) > 0 && held.names[0] == weightsOf(p) {
		again.moments = train.OptimizerState{}
	}
	if difference := held.difference(again.values); difference != "" {
		return fmt.Errorf("%w: policy %s: %s", errMemoryDiffers, p.Name(), difference)
	}
	return nil
}

// errMemoryDiffers is a fault of this program: a name meant other weights in memory than in the store.
var errMemoryDiffers = errors.New("a policy in memory is not what its name says")
