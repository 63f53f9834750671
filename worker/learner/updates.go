package learner

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/grpo"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/rollout"
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
		return l.storeCheckpoint(ctx, d.values, s.Parent(from))
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
	var lengths []int
	for _, batch := range s.Batches {
		lengths = longer(lengths, exampleLengths(trainExamples(batch)))
	}
	trainer, err := l.trainer(d, s.ResetOptimizer, s.Numerics, lengths)
	if err != nil {
		return stats, err
	}
	schedule := scheduleOf(s.Optimizer, s.Updates)
	defer func() {
		if err != nil && ctx.Err() != nil && len(stats.Loss) > 0 {
			err = errors.Join(err, between(stats))
		}
	}()
	for i, batch := range s.Batches {
		if err := ctx.Err(); err != nil {
			return stats, err
		}
		if i > 0 {
			if err := between(stats); err != nil {
				return stats, err
			}
		}
		rows, err := train.SFTRows(trainExamples(batch))
		if err != nil {
			return stats, err
		}
		rate := schedule.At(s.FirstUpdate + i)
		step, err := l.step(ctx, trainer, rows, 1, hyperOf(s.Optimizer, rate), s.Numerics)
		if err != nil {
			return stats, err
		}
		d.moments = trainer.Optimizer()
		stats.Loss = append(stats.Loss, step.Loss)
		stats.GradNorm = append(stats.GradNorm, step.GradNorm)
		stats.LearningRate = append(stats.LearningRate, rate)
		stats.Tokens, stats.Slots = stats.Tokens+int64(step.Tokens), stats.Slots+int64(step.PaddedTokens)
	}
	return stats, nil
}

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
	ref, err := l.storeCheckpoint(ctx, held.values, p)
	if err != nil {
		return artifact.Ref{}, err
	}
	l.shelf.name(held, artifact.Policy{Checkpoint: ref}.Name())
	return ref, nil
}

// apply turns a draft of a policy into the policy that follows it. After an
// error the draft is of no use.
func (l *Learner) apply(ctx context.Context, d *draft, ref artifact.Ref) (activities.UpdateStats, error) {
	data, err := l.store.Get(ctx, ref)
	if err != nil {
		return activities.UpdateStats{}, err
	}
	update, err := activities.DecodeUpdate(data)
	if err != nil {
		return activities.UpdateStats{}, err
	}
	rollouts, batch, err := l.plan(ctx, update)
	if err != nil {
		return activities.UpdateStats{}, err
	}
	rows, err := train.PolicyRows(rolloutExamples(rollouts), batch.TokenWeights, 1)
	if err != nil {
		return activities.UpdateStats{}, err
	}
	stats := activities.UpdateStats{
		Loss: batch.Stats.Loss, Signal: batch.Stats.Signal(),
		LearningRate: scheduleOf(update.Optimizer, update.Steps).At(update.Step),
	}
	lengths := make([]int, len(rows))
	for i, r := range rows {
		lengths[i] = len(r.Tokens)
	}
	trainer, err := l.trainer(d, update.ResetOptimizer, update.Numerics, lengths)
	if err != nil {
		return stats, err
	}
	if len(rows) > 0 { // no group with a difference: the policy stays as it is
		step, err := l.step(ctx, trainer, rows, update.Temperature, hyperOf(update.Optimizer, stats.LearningRate), update.Numerics)
		if err != nil {
			return stats, err
		}
		stats.Signal.GradNorm, stats.Signal.TrainedTokens, stats.TrainedSlots = step.GradNorm, int64(step.Tokens), int64(step.PaddedTokens)
	}
	d.moments = trainer.Optimizer()
	return stats, nil
}

// plan reads an update's rollouts and verdicts and weighs them.
func (l *Learner) plan(ctx context.Context, u activities.Update) ([]rollout.Rollout, grpo.Batch, error) {
	var rollouts []rollout.Rollout
	var graded []grpo.Rollout
	for i, shard := range u.Shards {
		data, err := l.store.Get(ctx, shard.Rollouts)
		if err != nil {
			return nil, grpo.Batch{}, err
		}
		part, err := rollout.Decode(data)
		if err != nil {
			return nil, grpo.Batch{}, err
		}
		if data, err = l.store.Get(ctx, shard.Verdicts); err != nil {
			return nil, grpo.Batch{}, err
		}
		verdicts, err := reward.Decode(data)
		if err != nil {
			return nil, grpo.Batch{}, err
		}
		if len(verdicts) != len(part) {
			return nil, grpo.Batch{}, fmt.Errorf("shard %d has %d rollouts but %d verdicts", i, len(part), len(verdicts))
		}
		for k, r := range part {
			graded = append(graded, grpo.Rollout{Group: r.Problem, Verdict: verdicts[k].Verdict, Tokens: len(r.Response), Truncated: r.Truncated()})
		}
		rollouts = append(rollouts, part...)
	}
	batch, err := grpo.Plan(graded, grpo.Settings{
		AdvantageStd: u.AdvantageStd, LossDenominator: u.LossDenominator, OverlongFiltering: u.OverlongFiltering,
	})
	return rollouts, batch, err
}

// trainer changes a draft, with fresh moments if the recipe wants them, by rows of
// so many tokens.
func (l *Learner) trainer(d *draft, resetOptimizer bool, n recipe.Numerics, lengths []int) (*train.Trainer, error) {
	if resetOptimizer {
		d.moments = train.OptimizerState{}
	}
	c := d.weights.Config
	engine := l.graphs.engine(c, n)
	l.graphs.unload(generatorKey{})
	if len(lengths) > 0 {
		work := append(policyBytes(c, true), l.trainingBytes(c, engine, lengths)...)
		if err := l.makeRoom("training", nil, work); err != nil {
			return nil, err
		}
	}
	return train.New(d.weights, d.moments, engine)
}

func exampleLengths(examples []train.Example) []int {
	lengths := make([]int, len(examples))
	for i, e := range examples {
		lengths[i] = len(e.Prompt) + len(e.Response)
	}
	return lengths
}

// longer is the batch whose longest row is longest, the larger one of two alike.
func longer(a, b []int) []int {
	if len(a) == 0 || len(b) > 0 && (slices.Max(b) > slices.Max(a) || slices.Max(b) == slices.Max(a) && len(b) > len(a)) {
		return b
	}
	return a
}

// step makes one update, and measures how fast.
func (l *Learner) step(ctx context.Context, trainer *train.Trainer, rows []train.Row, temperature float64, hyper train.StepHyper, n recipe.Numerics) (train.StepStats, error) {
	slots := n.MicroBatchTokens
	for _, r := range rows {
		slots = max(slots, len(r.Tokens))
	}
	pace := l.pace.training(ctx, trainer.Weights().Config, slots)
	defer pace.end()
	return trainer.Step(ctx, rows, temperature, hyper, pace.trained)
}

func trainExamples(batch []activities.Example) []train.Example {
	examples := make([]train.Example, len(batch))
	for i, e := range batch {
		examples[i] = train.Example{Prompt: e.Prompt, Response: e.Response}
	}
	return examples
}

func rolloutExamples(rollouts []rollout.Rollout) []train.Example {
	examples := make([]train.Example, len(rollouts))
	for i, r := range rollouts {
		examples[i] = train.Example{Prompt: r.Prompt, Response: r.Response}
	}
	return examples
}

// scheduleOf is the recipe's learning rate over total updates.
func scheduleOf(o recipe.Optimizer, total int) train.Schedule {
	s := train.Schedule{Kind: train.CosineThroughout, LearningRate: o.LearningRate, WarmupSteps: o.WarmupSteps, TotalSteps: max(1, total), MinRatio: o.FinalFraction}
	if o.Schedule == recipe.ScheduleConstant {
		s.MinRatio = 1 // no cosine: the warm-up alone
	}
	return s
}

func hyperOf(o recipe.Optimizer, learningRate float64) train.StepHyper {
	return train.StepHyper{
		LearningRate: learningRate, Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon,
		WeightDecay: o.WeightDecay, MaxGradNorm: o.MaxGradNorm,
	}
}
