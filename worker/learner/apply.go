package learner

import (
	"context"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/objective"
	"temper/model/rollout"
	"temper/model/train"
)

// apply turns a draft of a policy into the policy that follows it by a stored
// update: one optimiser step per mini-batch and epoch. After an error the draft is
// of no use.
func (l *Learner) apply(ctx context.Context, d *draft, ref artifact.Ref) (activities.UpdateStats, error) {
	update, whole, err := activities.ReadUpdate(ctx, l.store, ref)
	if err != nil {
		return activities.UpdateStats{}, err
	}
	read := whole.Learnt(update)
	needs, updates := update.Objective.Needs(), update.Objective.WithDefaults().Updates
	batch := read.Sequences(update)
	examples := read.Examples()
	if needs.Reference {
		if err := l.addReference(ctx, d, update, examples, batch); err != nil {
			return activities.UpdateStats{}, err
		}
	}
	if err := d.setValueHead(needs.Value || needs.OldValue); err != nil {
		return activities.UpdateStats{}, err
	}
	trainer, err := l.trainer(d, update.ResetOptimizer, update.Numerics)
	if err != nil {
		return activities.UpdateStats{}, err
	}
	if len(examples) > 0 {
		if err := l.roomToTrain(d, update.Numerics, exampleLengths(examples)); err != nil {
			return activities.UpdateStats{}, err
		}
	}
	s := &policyStep{learner: l, update: update, perStep: updates.MiniBatches * updates.Epochs, trainer: trainer, examples: examples}
	if needs.Reference {
		s.stats.Forward = readPass(examples, all(batch))
	}
	if needs.OldValue {
		if err := s.score(ctx, all(batch)); err != nil {
			return activities.UpdateStats{}, err
		}
		for i := range batch.Sequences {
			batch.Sequences[i].OldValue = s.scores[i].values
		}
	}
	batch, summary, err := objective.Prepare(update.Objective, batch)
	if err != nil {
		return activities.UpdateStats{}, err
	}
	if s.stats.Signal, err = whole.Signal(update, summary); err != nil {
		return activities.UpdateStats{}, err
	}
	s.stats.Rollouts = rollout.Summarize(whole.Rollouts)
	parts := batch.Split(updates.MiniBatches)
	for range updates.Epochs {
		for _, part := range parts {
			if err := s.miniBatch(ctx, batch, part); err != nil {
				return s.stats, err
			}
		}
	}
	d.weights, d.moments = trainer.Weights(), trainer.Optimizer()
	return s.mean(), nil
}

// policyStep is an update under way.
type policyStep struct {
	learner  *Learner
	update   activities.Update
	perStep  int // optimiser steps of a policy step
	trainer  *train.Trainer
	examples []dataset.Tokenized
	// scores are what the trainer's weights say of the responses, by sequence; those that
	// a step has made old are gone.
	scores map[int]tokenScores
	// steps are the mini-batches so far, trained those that had anything to train; stats are
	// sums over them, and results what the objective said of each.
	steps, trained int
	stats          activities.UpdateStats
	results        []objective.ResultStats
}

// miniBatch makes one optimiser step, unless no token has a derivative: then the
// policy stays as it is.
func (s *policyStep) miniBatch(ctx context.Context, batch objective.Batch, part []int) error {
	needs := s.update.Objective.Needs()
	if needs.LogProb || needs.Entropy || needs.Value {
		if err := s.score(ctx, part); err != nil {
			return err
		}
		for _, i := range part {
			q := &batch.Sequences[i]
			q.LogProb, q.Entropy, q.Value = s.scores[i].logProbs, s.scores[i].entropies, s.scores[i].values
		}
	}
	result, err := objective.Evaluate(s.update.Objective, batch.Select(part))
	if err != nil {
		return err
	}
	rows := train.DerivativeRows(chosen(s.examples, part), result.DLogProb, result.DEntropy, result.DValue)
	rate := rateOf(s.update.Optimizer, s.perStep*s.update.Steps, s.perStep*s.update.Step+s.steps, s.trainer.Optimizer().Step)
	s.steps++
	s.stats.Loss, s.stats.LearningRate = s.stats.Loss+result.Loss, rate
	s.results = append(s.results, result.Stats)
	if len(rows) == 0 {
		return nil
	}
	step, err := s.learner.step(ctx, s.trainer, rows, s.update.Temperature, hyperOf(s.update.Optimizer, rate), s.update.Numerics)
	if err != nil {
		return err
	}
	s.scores = nil
	s.trained++
	s.stats.Signal.GradNorm += step.GradNorm
	s.stats.Signal.TrainedTokens += int64(step.Tokens)
	s.stats.TrainedSlots += int64(step.PaddedTokens)
	s.stats.Trained = s.stats.Trained.Plus(passOf(step))
	return nil
}

// mean is the figures of the whole update: loss and objective per mini-batch, the
// gradient norm per optimiser step, tokens in all.
func (s *policyStep) mean() activities.UpdateStats {
	out := s.stats
	if s.steps > 1 {
		out.Loss /= float64(s.steps)
	}
	out.Signal.Terms = objective.MeanStats(s.results)
	if s.trained > 1 {
		out.Signal.GradNorm /= float64(s.trained)
	}
	return out
}
