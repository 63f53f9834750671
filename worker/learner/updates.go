package learner

import (
	"context"

	"temper/activities"
	"temper/model/artifact"
)

// Advance applies a stored update to a policy.
func (l *Learner) Advance(ctx context.Context, p artifact.Policy, update artifact.Ref) (activities.UpdateStats, error) {
	end, err := l.turn.take(ctx)
	if err != nil {
		return activities.UpdateStats{}, err
	}
	defer end()
	held, err := l.resolve(ctx, p)
	if err != nil {
		return activities.UpdateStats{}, err
	}
	d := l.shelf.take(held)
	stats, err := l.apply(ctx, d, update)
	if err != nil {
		return stats, err
	}
	l.shelf.put(p.Then(update).Name(), d)
	return stats, nil
}

// Save stores a policy as a checkpoint.
func (l *Learner) Save(ctx context.Context, p artifact.Policy) (artifact.Ref, error) {
	end, err := l.turn.take(ctx)
	if err != nil {
		return artifact.Ref{}, err
	}
	defer end()
	held, err := l.resolve(ctx, p)
	if err != nil {
		return artifact.Ref{}, err
	}
	ref, err := l.storeCheckpoint(ctx, held.values, p, artifact.Ref{})
	if err != nil {
		return artifact.Ref{}, err
	}
	l.shelf.name(held, artifact.Policy{Checkpoint: ref}.Name())
	return ref, nil
}
