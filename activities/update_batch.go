package activities

import (
	"context"
	"fmt"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/objective"
	"temper/model/reward"
	"temper/model/rollout"
)

// Batch is what an Update names, read: its rollouts, and the verdict on each.
type Batch struct {
	Rollouts []rollout.Rollout
	Verdicts []reward.Record
}

// ReadUpdate reads a stored Update and its batch.
func ReadUpdate(ctx context.Context, store objectstore.Store, ref artifact.Ref) (Update, Batch, error) {
	data, err := store.Get(ctx, ref)
	if err != nil {
		return Update{}, Batch{}, err
	}
	u, err := DecodeUpdate(data)
	if err != nil {
		return Update{}, Batch{}, err
	}
	var batch Batch
	for i, shard := range u.Shards {
		if data, err = store.Get(ctx, shard.Rollouts); err != nil {
			return u, Batch{}, err
		}
		rollouts, err := rollout.Decode(data)
		if err != nil {
			return u, Batch{}, err
		}
		if data, err = store.Get(ctx, shard.Verdicts); err != nil {
			return u, Batch{}, err
		}
		verdicts, err := reward.Decode(data)
		if err != nil {
			return u, Batch{}, err
		}
		if len(verdicts) != len(rollouts) {
			return u, Batch{}, fmt.Errorf("shard %d has %d rollouts but %d verdicts", i, len(rollouts), len(verdicts))
		}
		batch.Rollouts, batch.Verdicts = append(batch.Rollouts, rollouts...), append(batch.Verdicts, verdicts...)
	}
	return u, batch, nil
}

// Sequences are the batch as an objective reads it: a group is a problem's rollouts,
// and Old are the log-probabilities that they were sampled with.
func (b Batch) Sequences(budget int) objective.Batch {
	out := objective.Batch{Budget: budget, Sequences: make([]objective.Sequence, len(b.Rollouts))}
	for i, r := range b.Rollouts {
		q := objective.Sequence{
			Group: r.Problem, Correct: b.Verdicts[i].Verdict == reward.Correct, Graded: b.Verdicts[i].Verdict != reward.Ungradable,
			Score: b.Verdicts[i].Score, Truncated: r.Truncated(), Tokens: len(r.Response), Old: make([]float64, len(r.LogProbs)),
		}
		for t, p := range r.LogProbs {
			q.Old[t] = float64(p)
		}
		out.Sequences[i] = q
	}
	return out
}
