package learner

import (
	"context"
	"slices"

	"temper/model/compute"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/train"
)

// trainer changes a draft, with fresh moments if the recipe wants them.
func (l *Learner) trainer(d *draft, resetOptimizer bool, n recipe.Numerics) (*train.Trainer, error) {
	if resetOptimizer {
		d.moments = train.OptimizerState{}
	}
	l.graphs.unload(generatorKey{})
	return train.New(d.weights, d.moments, l.graphs.engine(d.weights.Config, n))
}

// roomToTrain makes room for training a draft by rows of so many tokens.
func (l *Learner) roomToTrain(d *draft, n recipe.Numerics, lengths []int) error {
	c := d.weights.Config
	work := append(policyBytes(c, true), l.trainingBytes(c, l.graphs.engine(c, n), lengths)...)
	return l.makeRoom("training", nil, work)
}

// passOf is what went through a step.
func passOf(s train.StepStats) compute.Pass {
	return compute.Pass{Tokens: float64(s.Tokens), Pairs: s.Pairs, Targets: float64(s.Targets)}
}

func exampleLengths(examples []dataset.Tokenized) []int {
	lengths := make([]int, len(examples))
	for i, e := range examples {
		lengths[i] = e.Len()
	}
	return lengths
}

// isLonger says whether the longest row of a batch is longer than that of another, or the batch larger where these are alike.
func isLonger(a, than []int) bool {
	if len(a) == 0 || len(than) == 0 {
		return len(a) > 0
	}
	most, least := slices.Max(a), slices.Max(than)
	return most > least || most == least && len(a) > len(than)
}

// step makes one update, and measures how fast.
func (l *Learner) step(ctx context.Context, trainer *train.Trainer, rows []train.Row, temperature float64, hyper train.StepHyper, n recipe.Numerics) (train.StepStats, error) {
	pace := l.pace.training(ctx, trainer.Weights().Config, slotsOf(rows, n))
	defer pace.end()
	return trainer.Step(ctx, rows, temperature, hyper, pace.trained)
}

// rateOf is the learning rate of an update: number at of a stage's total, and number made of those
// that the optimizer has made since its moments were reset, both counted from 0.
func rateOf(o recipe.Optimizer, total, at, made int) float64 {
	if o.Step == recipe.StateCarry {
		at = made
	}
	return scheduleOf(o, total).At(at)
}

// scheduleOf is the recipe's learning rate over total updates.
func scheduleOf(o recipe.Optimizer, total int) train.Schedule {
	s := train.Schedule{LearningRate: o.LearningRate, WarmupSteps: o.WarmupSteps, TotalSteps: max(1, total), MinRatio: o.FinalFraction}
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
