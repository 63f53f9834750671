package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/signal"
)

// noteReward keeps the rewards that the stage's plateau looks at.
func (s *rlStage) noteReward(reward float64) {
	p := s.in.Stage.RL.Stop.Plateau
	if !p.On() {
		return
	}
	s.state.Rewards = append(s.state.Rewards, reward)
	s.state.Rewards = s.state.Rewards[max(0, len(s.state.Rewards)-2*p.Window):]
}

// ended reports whether the stage has had its last policy step, by a rule or the number of its steps.
func (s *rlStage) ended() bool {
	stage, step := s.in.Stage.RL, s.state.Progress.Step
	_, _, flat := stage.Stop.Plateau.Gain(s.state.Rewards, step)
	return s.state.Changed.Ended || step >= stage.Steps || s.state.Remaining.Nothing || flat || stage.Stop.Epochs > 0 && s.epochs() >= stage.Stop.Epochs
}

// recordStop records why a stage with rules ended, remarks on it, and makes its policy durable.
func (s *rlStage) recordStop(ctx workflow.Context) error {
	if s.state.Changed.Ended { // which is recorded
		return s.checkpoint(ctx, "at its end")
	}
	stage, p := s.in.Stage.RL, &s.state.Progress
	if !stage.Stop.On() && !s.state.Remaining.Nothing {
		return nil
	}
	metrics := map[string]float64{artifact.MetricEpochs: float64(s.epochs())}
	last, before, flat := stage.Stop.Plateau.Gain(s.state.Rewards, p.Step)
	if last == last { // it is known
		metrics[artifact.MetricRewardLast], metrics[artifact.MetricRewardBefore] = last, before
	}
	remark := signal.OfStop(s.in.Stage.Name, *stage, p.Step, s.epochs(), last, before, flat)
	if s.state.Remaining.Nothing {
		remark = signal.OfNothingLeft(s.in.Stage.Name, *stage, p.Step, s.epochs())
	}
	p.Remarks = signal.Add(p.Remarks, remark)
	_, err := get[activities.Recorded](ctx, workflow.ExecuteActivity(onControl(ctx, s.in.Stage.Name+": record why it ends"), acts.RecordDecision, activities.RecordDecisionInput{
		Run: s.in.Run, Stage: s.in.Stage.Name, Step: p.Step, About: artifact.AboutStop, Text: remark.Text, Metrics: metrics,
	}))
	if err != nil {
		return fmt.Errorf("%s: %w", s.in.Stage.Name, err)
	}
	return s.checkpoint(ctx, "at its end")
}

// checkpoint makes the stage's policy durable, if it is not.
func (s *rlStage) checkpoint(ctx workflow.Context, when string) error {
	if len(s.state.Policy.Updates) == 0 {
		return nil
	}
	saved, err := learn[activities.SavedPolicy](ctx, s.state.Home, s.in.Stage.Name+": checkpoint "+when, acts.SaveCheckpoint, activities.SaveCheckpointInput{
		Run: s.in.Run, Stage: s.in.Stage.Name, Step: s.state.Progress.Step, Policy: s.state.Policy,
	})
	if err != nil {
		return fmt.Errorf("%s: checkpoint %s: %w", s.in.Stage.Name, when, err)
	}
	s.state.Policy, s.state.Weights = saved.Policy, artifact.Ref{}
	return nil
}
