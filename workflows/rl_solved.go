package workflows

import (
	"cmp"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
)

// Remaining is what is left of an RL stage's problems after those that are solved have left.
type Remaining struct {
	// Dataset is what is left; it is the stage's whole dataset before the first have left.
	Dataset activities.Dataset `json:"dataset,omitzero"`
	// Epochs are those that ended with problems leaving, Batches the batches of problems drawn by then.
	Epochs  int `json:"epochs,omitempty"`
	Batches int `json:"batches,omitempty"`
	// Nothing says that no problem is left.
	Nothing bool `json:"nothing,omitempty"`
	// Updates are those of the epoch, where its own rollouts decide: a ref for each policy step.
	Updates activities.List[artifact.Ref] `json:"updates,omitzero"`
}

// data is what is left of the stage's dataset.
func (s *rlStage) data() activities.Dataset {
	if s.state.Remaining.Epochs == 0 {
		return s.in.Dataset
	}
	return s.state.Remaining.Dataset
}

// batchSize is how many problems a batch has: all, where fewer than the recipe's number are left.
func (s *rlStage) batchSize() int {
	perStep := s.in.Stage.RL.ProblemsPerStep
	if s.state.Remaining.Epochs == 0 {
		return perStep
	}
	return min(perStep, s.data().NumProblems)
}

// orders are those in which epochs go through what is left.
func (s *rlStage) orders() *dataset.Orders {
	name := "order of " + s.position().Order
	if n := s.state.Remaining.Epochs; n > 0 {
		name = fmt.Sprintf("order of %s after epoch %d", s.in.Stage.Name, n)
	}
	if s.ordered != name { // each costs an epoch's permutation
		s.ordered, s.held = name, dataset.NewOrders(s.data().NumProblems, recipe.DeriveSeed(s.in.Seed, name))
	}
	return s.held
}

// epochs is how often the stage has gone through its dataset since it began, or what was left of it, whole times.
func (s *rlStage) epochs() int { return s.state.Remaining.Epochs + s.passes() }

// passes is how often the stage has gone through what is left since problems left last, whole times.
func (s *rlStage) passes() int {
	begin := s.state.Remaining.Batches
	if s.state.Remaining.Epochs == 0 {
		begin = s.in.Begin.Batches
	}
	return (s.position().Batches - begin) * s.batchSize() / max(1, s.data().NumProblems)
}

// noteUpdate keeps a step's update where the epoch's own rollouts decide what is solved.
func (s *rlStage) noteUpdate(ctx workflow.Context, ref artifact.Ref) (err error) {
	solved, left := s.in.Stage.RL.Solved, &s.state.Remaining
	if solved.By == recipe.SolvedByRollouts && (left.Epochs == 0 || solved.Drop == recipe.SolvedEachEpoch) {
		left.Updates, err = appended(ctx, left.Updates, ref)
	}
	return err
}

// dropsSolved says whether an epoch has ended after which solved problems leave.
func (s *rlStage) dropsSolved() bool {
	drop := s.in.Stage.RL.Solved.Drop
	return drop != "" && s.passes() > 0 && (drop == recipe.SolvedEachEpoch || s.state.Remaining.Epochs == 0)
}

// dropSolved lets the problems leave that every rollout solves: of the epoch's own rollouts, or of new ones by the
// policy at its end.
func (s *rlStage) dropSolved(ctx workflow.Context) error {
	stage, p, epoch := s.in.Stage.RL, &s.state.Progress, s.epochs()
	p.Activity = fmt.Sprintf("which problems are solved after epoch %d", epoch)
	s.report(ctx)
	in := activities.DropSolvedInput{Run: s.in.Run, Stage: p.Name, Data: stage.Data, Epoch: epoch, Dataset: s.data(), Updates: s.state.Remaining.Updates}
	if stage.Solved.By != recipe.SolvedByRollouts {
		if err := s.sampleSolved(ctx, epoch, &in); err != nil {
			return err
		}
	}
	summary := fmt.Sprintf("%s: solved problems leave after epoch %d", p.Name, epoch)
	left, err := get[activities.Curated](ctx, workflow.ExecuteActivity(onControl(ctx, summary), acts.DropSolved, in))
	if err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	s.state.Remaining = Remaining{
		Dataset: left.Dataset, Epochs: epoch, Batches: s.position().Batches, Nothing: left.Dataset.NumProblems == 0,
	}
	p.Curated = append(p.Curated, left.Passed)
	p.Tokens += in.ResponseTokens
	p.Activity = fmt.Sprintf("%d of %d problems are left after epoch %d", left.Passed.Out, left.Passed.In, epoch)
	s.report(ctx)
	return nil
}

// sampleSolved samples every problem that is left with the policy at the epoch's end, which becomes a durable checkpoint.
func (s *rlStage) sampleSolved(ctx workflow.Context, epoch int, in *activities.DropSolvedInput) error {
	stage, solved := s.in.Stage.RL, s.in.Stage.RL.Solved
	if err := s.checkpoint(ctx, fmt.Sprintf("at the end of epoch %d", epoch)); err != nil {
		return err
	}
	work := s.rolloutWork()
	work.Stage, work.Hints = artifact.Solved(s.in.Stage.Name, epoch), nil
	work.Samples = cmp.Or(solved.Samples, stage.GroupSize)
	work.Sampling = samplingOf(s.in.Numerics, cmp.Or(solved.Temperature, s.state.Progress.Temperature), cmp.Or(solved.MaxResponseTokens, stage.MaxResponseTokens))
	problems := firstProblems(in.Dataset.NumProblems)
	judged, err := work.generateAndScore(ctx, s.state.Policy, s.state.Progress.Step, 0, shardsOf(problems, cmp.Or(solved.Shards, stage.Shards)))
	if err != nil {
		return err
	}
	if in.Shards, err = listed(ctx, judged.shards, 1); err != nil {
		return err
	}
	in.Policy = s.state.Policy
	in.Rollouts, in.ResponseTokens = len(problems)*work.Samples, judged.tokens
	return nil
}
