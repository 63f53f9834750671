package learner

import (
	"context"
	"errors"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/train"
)

// TrainSFT runs a segment of supervised updates and stores the checkpoint at its
// end. Until then the weights that it changes have no name: an attempt after a
// failed one begins with the parent as it is stored.
func (l *Learner) TrainSFT(ctx context.Context, from artifact.Policy, s activities.SFTSegment, between func(activities.SFTStats, activities.SaveFunc) error) (artifact.Ref, activities.SFTStats, error) {
	end, err := l.turn.take(ctx)
	if err != nil {
		return artifact.Ref{}, activities.SFTStats{}, err
	}
	defer end()
	held, err := l.resolve(ctx, from)
	if err != nil {
		return artifact.Ref{}, activities.SFTStats{}, err
	}
	d := l.shelf.take(held)
	save := func(ctx context.Context) (artifact.Ref, error) {
		return l.storeCheckpoint(ctx, d.values, s.Parent(from), s.Made)
	}
	stats, err := l.segment(ctx, d, s, func(stats activities.SFTStats) error {
		if between == nil {
			return nil
		}
		return between(stats, save)
	})
	if err != nil {
		return artifact.Ref{}, stats, err
	}
	ref, err := save(ctx)
	if err != nil {
		return artifact.Ref{}, stats, err
	}
	l.shelf.put(artifact.Policy{Checkpoint: ref}.Name(), d)
	return ref, stats, nil
}

// segment trains a draft. Between two updates, and when ctx has ended, it calls
// between: the draft then is what the figures so far are of.
func (l *Learner) segment(ctx context.Context, d *draft, s activities.SFTSegment, between func(activities.SFTStats) error) (stats activities.SFTStats, err error) {
	trainer, err := l.trainer(d, s.ResetOptimizer, s.Numerics)
	if err != nil {
		return stats, err
	}
	defer func() {
		if err != nil && ctx.Err() != nil && len(stats.Loss) > 0 {
			err = errors.Join(err, between(stats))
		}
	}()
	var longest []int // the batch that there is room for
	for i := range s.Batches.Len {
		if err := ctx.Err(); err != nil {
			return stats, err
		}
		if i > 0 {
			if err := between(stats); err != nil {
				return stats, err
			}
		}
		batch, err := s.Batches.At(ctx, i)
		if err != nil {
			return stats, err
		}
		if lengths := exampleLengths(batch); isLonger(lengths, longest) {
			if err := l.roomToTrain(d, s.Numerics, lengths); err != nil {
				return stats, err
			}
			longest = lengths
		}
		rows, err := train.SFTRows(batch)
		if err != nil {
			return stats, err
		}
		rate := rateOf(s.Optimizer, s.Updates, s.FirstUpdate+i, trainer.Optimizer().Step)
		step, err := l.step(ctx, trainer, rows, 1, hyperOf(s.Optimizer, rate), s.Numerics)
		if err != nil {
			return stats, err
		}
		d.moments = trainer.Optimizer()
		stats.Loss = append(stats.Loss, step.Loss)
		stats.GradNorm = append(stats.GradNorm, step.GradNorm)
		stats.LearningRate = append(stats.LearningRate, rate)
		stats.Tokens, stats.Slots = stats.Tokens+int64(step.Tokens), stats.Slots+int64(step.PaddedTokens)
		stats.Trained = stats.Trained.Plus(passOf(step))
	}
	return stats, nil
}
