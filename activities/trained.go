package activities

import (
	"context"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

// A segment commits what it has trained after so long, and not more often than so
// many times what a commit takes: then it costs a twentieth of the time at most. A
// worker that is lost loses what it trained since.
var commitEvery = 15 * time.Minute // a constant, but in tests

const commitCosts = 20

// trainedPart is a commit inside a segment: a checkpoint whose parent is the
// policy that the segment began with, as the one at the segment's end has it.
// Nothing names it but this record, so that it is no part of the lineage.
type trainedPart struct {
	Checkpoint artifact.Ref `json:"checkpoint"`
	// Stats are of the segment's updates so far.
	Stats SFTStats `json:"stats"`
	// Seconds is how long they took.
	Seconds float64 `json:"seconds"`
}

// commits are those of one attempt at a segment.
type commits struct {
	parts *parts[trainedPart]
	// before is what earlier attempts have committed.
	before trainedPart
	began  time.Time
	last   time.Time     // when the last commit was, or the attempt began
	cost   time.Duration // of the last commit
}

// trainRest trains a segment from where an earlier attempt has committed it. It
// also returns how many seconds those attempts took over what is not done again.
func (a *Activities) trainRest(ctx context.Context, t task, from artifact.Policy, segment SFTSegment) (artifact.Ref, SFTStats, float64, error) {
	found, err := findParts[trainedPart](ctx, a.Store, t)
	if err != nil {
		return artifact.Ref{}, SFTStats{}, 0, err
	}
	segment.Start = from
	for _, part := range slices.Backward(found.found) {
		if n := len(part.Stats.Loss); n < 1 || n >= segment.Batches.Len {
			continue
		}
		ref, stats, err := a.trainFrom(ctx, found, part, segment)
		if err == nil || !objectstore.IsDamage(err) {
			return ref, stats, part.Seconds, err
		}
		activity.GetLogger(ctx).Warn("a commit of this segment is damaged: going on from the one before", "error", err)
	}
	ref, stats, err := a.trainFrom(ctx, found, trainedPart{}, segment)
	return ref, stats, 0, err
}

// trainFrom trains what a commit leaves to do; an empty one leaves all of it.
func (a *Activities) trainFrom(ctx context.Context, found *parts[trainedPart], before trainedPart, segment SFTSegment) (artifact.Ref, SFTStats, error) {
	from := segment.Start
	if done := len(before.Stats.Loss); done > 0 {
		from = artifact.Policy{Checkpoint: before.Checkpoint}
		segment.ResetOptimizer = false
		segment.FirstUpdate += done
		segment.Batches = segment.Batches.From(done)
	}
	c := &commits{parts: found, before: before, began: time.Now(), last: time.Now()}
	ref, stats, err := a.Learner.TrainSFT(ctx, from, segment, func(stats SFTStats, save SaveFunc) error {
		if err := c.commit(ctx, stats, save); err != nil && ctx.Err() == nil {
			activity.GetLogger(ctx).Warn("what is trained is not committed yet", "error", err)
		}
		return nil
	})
	return ref, before.Stats.then(stats), err
}

// commit stores what is trained so far, if it is time to, or the last one.
func (c *commits) commit(ctx context.Context, stats SFTStats, save SaveFunc) error {
	if ctx.Err() != nil { // told to stop: with what fits into the time left
		if c.cost > lastWordsTime {
			return nil
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWordsTime)
		defer cancel()
		ctx = last
	} else if time.Since(c.last) < max(commitEvery, commitCosts*c.cost) {
		return nil
	}
	now := time.Now()
	ref, err := save(ctx)
	if err == nil {
		err = c.parts.add(ctx, trainedPart{ref, c.before.Stats.then(stats), c.before.Seconds + now.Sub(c.began).Seconds()})
	}
	c.last, c.cost = time.Now(), time.Since(now)
	return err
}

// then are the figures of updates that follow s.
func (s SFTStats) then(next SFTStats) SFTStats {
	return SFTStats{
		Loss:         slices.Concat(s.Loss, next.Loss),
		GradNorm:     slices.Concat(s.GradNorm, next.GradNorm),
		LearningRate: slices.Concat(s.LearningRate, next.LearningRate),
		Tokens:       s.Tokens + next.Tokens,
		Slots:        s.Slots + next.Slots,
		Trained:      s.Trained.Plus(next.Trained),
	}
}
