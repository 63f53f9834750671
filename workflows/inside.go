package workflows

import (
	"fmt"
	"math"
	"slices"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/evaluation"
	"temper/model/recipe"
)

// Inside is how a stage evaluates its policies while it trains; the zero value does not.
type Inside struct {
	// Evaluation is what is measured, but for policy and name. Its Before are the shards of the evaluation before.
	Evaluation EvaluationInput `json:"evaluation,omitzero"`
	// Step is the number of the stage's updates after which a policy was evaluated last.
	Step int `json:"step,omitempty"`
	// Chooses says that the policies are candidates for what the stage hands on.
	Chooses    bool                   `json:"chooses,omitempty"`
	Candidates []evaluation.Candidate `json:"candidates,omitempty"`
}

// inside is what stage i begins with.
func (r *run) inside(stage recipe.Stage) Inside {
	benches := r.recipe.BenchmarksInside(stage)
	if len(benches) == 0 {
		return Inside{}
	}
	in := r.evaluation(benches)
	in.Datasets, in.Before = map[string]activities.Dataset{}, map[string]activities.List[activities.ScoredShard]{}
	for _, b := range benches { // the stage carries them from execution to execution
		in.Datasets[b.Data] = r.state.Datasets[b.Data]
		if shards, ok := r.state.Measured[b.Name]; ok {
			in.Before[b.Name] = shards
		}
	}
	return Inside{Evaluation: in, Chooses: stage.HandOn().Chooses()}
}

// evaluate measures a stage's policy after a number of its updates, which has to be a checkpoint, and tells PostTraining.
// epoch is the number of epochs that a supervised stage has done, 0 in other stages.
func (e *Inside) evaluate(ctx workflow.Context, stage string, step, epoch int, policy artifact.Policy) error {
	in := e.Evaluation
	in.After, in.Policy = artifact.Inside(stage, step), policy
	result, err := get[EvaluationResult](ctx, workflow.ExecuteChildWorkflow(child(ctx, fmt.Sprintf("evaluation-%d", step), "evaluation of "+in.After), Evaluation, in))
	if err != nil {
		return err
	}
	e.Step, e.Evaluation.Before = step, result.Shards
	if e.Chooses {
		e.Candidates = append(e.Candidates, candidateOf(in, step, epoch, result.Scores))
	}
	return tellScores(ctx, result.Scores)
}

// candidateOf is the policy of an evaluation with its scores.
func candidateOf(in EvaluationInput, step, epoch int, scores []Score) evaluation.Candidate {
	c := evaluation.Candidate{Name: in.After, Step: step, Epoch: epoch, Checkpoint: in.Policy.Checkpoint}
	for _, s := range scores {
		c.Measured = append(c.Measured, evaluation.Measured{Benchmark: s.Benchmark, Avg: s.Avg, SE: s.AvgSE})
	}
	return c
}

// last evaluates a stage's last policy, if it is a candidate and was not evaluated.
func (e *Inside) last(ctx workflow.Context, stage string, step, epoch int, policy artifact.Policy) error {
	if !e.Chooses || e.Step == step {
		return nil
	}
	return e.evaluate(ctx, stage, step, epoch, policy)
}

// evaluates says whether the stage's policy is evaluated after a number of its steps.
func (s *rlStage) evaluates(step int) bool {
	every := s.in.Stage.RL.EvaluateEvery
	return every > 0 && step > 0 && step%every == 0
}

// evaluate measures the stage's policy as it is.
func (s *rlStage) evaluate(ctx workflow.Context) error {
	p := &s.state.Progress
	p.Activity = fmt.Sprintf("evaluation after policy step %d", p.Step)
	s.report(ctx)
	if err := s.state.Inside.evaluate(ctx, p.Name, p.Step, 0, s.state.Policy); err != nil {
		return err
	}
	p.Activity = fmt.Sprintf("policy step %d", p.Step)
	return nil
}

// epochEnds are the updates after which a supervised stage evaluates its policy: those with the last example of
// every so many epochs, but the stage's last update.
func epochEnds(examples int, s recipe.SFT) []int {
	var ends []int
	for epoch := s.EvaluateEvery; s.EvaluateEvery > 0 && epoch < s.Epochs; epoch += s.EvaluateEvery {
		ends = append(ends, dataset.Updates(examples, s.BatchSize, epoch))
	}
	last := dataset.Updates(examples, s.BatchSize, s.Epochs)
	return slices.DeleteFunc(slices.Compact(ends), func(end int) bool { return end == last })
}

// tellScores sends the scores of an evaluation inside a stage to PostTraining, and waits until it has them.
func tellScores(ctx workflow.Context, scores []Score) error {
	parent := workflow.GetInfo(ctx).ParentWorkflowExecution
	if parent == nil { // a part that someone started on its own
		return nil
	}
	return workflow.SignalExternalWorkflow(ctx, parent.ID, "", signalScores, scores).Get(ctx, nil)
}

// maxInside bounds the scores of evaluations inside stages that a run carries: the newest. (All are in the store, and in the report.)
const maxInside = 40

// followScores takes the scores that stages send.
func (r *run) followScores(ctx workflow.Context) {
	channel := workflow.GetSignalChannelWithOptions(ctx, signalScores, workflow.SignalChannelOptions{
		Description: "The scores of an evaluation inside a stage. Sent by the run's children.",
	})
	workflow.Go(ctx, func(ctx workflow.Context) {
		for {
			var scores []Score
			channel.Receive(ctx, &scores)
			r.addScores(slices.DeleteFunc(scores, func(s Score) bool {
				stage, _, inside := artifact.ParseInside(s.After)
				return !inside || !r.isAtWork(stage)
			}))
			r.publish(ctx)
		}
	})
}

// fade leaves of a score what is shown of those that are not a benchmark's newest, in as many digits.
func (s *Score) fade() {
	s.Vote, s.Shape, s.AvgSamplingSE = evaluation.Vote{}, evaluation.Shape{}, 0
	for _, figure := range []*float64{&s.Avg, &s.AvgSE, &s.Pass, &s.Gain, &s.GainSE} {
		*figure = math.Round(*figure*1e6) / 1e6
	}
}

// addScores adds the scores of an evaluation, and lets the oldest inside stages go. Of each benchmark's newest evaluation all is carried,
// of others less.
func (r *run) addScores(scores []Score) {
	for _, s := range scores {
		for i := range r.state.Scores {
			if old := &r.state.Scores[i]; old.Benchmark == s.Benchmark {
				old.fade()
			}
		}
	}
	r.state.Scores = append(r.state.Scores, scores...)
	inside := 0
	for i := len(r.state.Scores) - 1; i >= 0; i-- {
		if _, _, is := artifact.ParseInside(r.state.Scores[i].After); is {
			inside++
		}
		if inside > maxInside {
			r.state.Scores = append(r.state.Scores[:i:i], r.state.Scores[i+1:]...)
			inside--
		}
	}
}
