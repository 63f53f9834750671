package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"temper/model/artifact"
	"temper/model/signal"
)

// UpdatePolicyInput asks for one policy step.
type UpdatePolicyInput struct {
	Run    artifact.RunID  `json:"run"`
	Recipe artifact.Ref    `json:"recipe"`
	Policy artifact.Policy `json:"policy"`
	Update Update          `json:"update"`
	// Shards are the update's, where they are many: then it has none itself.
	Shards List[ScoredShard] `json:"shards,omitzero"`
	// Demonstrations, if any, are stored for the update to name.
	Demonstrations *StepDemonstrations `json:"demonstrations,omitempty"`
	// Checkpoint asks for a durable checkpoint after the step.
	Checkpoint bool `json:"checkpoint"`
}

// StepResult is the policy after a step and the step's figures.
type StepResult struct {
	Policy artifact.Policy `json:"policy"`
	// Update is the stored update that was applied.
	Update         artifact.Ref `json:"update,omitzero"`
	Entropy        float64      `json:"entropy"`
	ResponseLength float64      `json:"response_length"`
	// Signal is what the step gave to learn from.
	Signal          signal.Step `json:"signal"`
	TokensPerSecond float64     `json:"tokens_per_second"`
	Held
	Recorded
}

// UpdatePolicy stores the step's batch, applies it, and stores a checkpoint when
// one is due. The policy it returns is named by what it is made of, so any
// worker can go on from it.
func (a *Activities) UpdatePolicy(ctx context.Context, in UpdatePolicyInput) (StepResult, error) {
	t := task{artifact.Manifest{Kind: artifact.KindUpdate, Run: in.Run, Stage: in.Update.Stage, Step: in.Update.Step + 1}, in}
	var held Held
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		err := a.updatePolicy(ctx, in, m)
		if err == nil {
			held = a.hold(ctx, in.after(*m))
		}
		return err
	})
	if err != nil {
		return StepResult{}, classify(ctx, fmt.Sprintf("update policy in %s step %d", in.Update.Stage, in.Update.Step+1), err)
	}
	gave := signal.FromMetrics(m.Metrics)
	return StepResult{
		Policy: in.after(m), Update: m.Outputs[artifact.OutputUpdate], Entropy: m.Metrics[artifact.MetricEntropy], ResponseLength: m.Metrics[artifact.MetricResponseLength],
		Signal: gave, TokensPerSecond: perSecond(float64(gave.TrainedTokens), m.Work), Held: held, Recorded: Recorded{m.Link},
	}, nil
}

// after is the policy that a recorded step leaves.
func (in UpdatePolicyInput) after(m artifact.Manifest) artifact.Policy {
	if saved, ok := m.Outputs[artifact.OutputCheckpoint]; ok {
		return artifact.Policy{Checkpoint: saved}
	}
	return in.Policy.Then(m.Outputs[artifact.OutputUpdate])
}

func (a *Activities) updatePolicy(ctx context.Context, in UpdatePolicyInput, m *artifact.Manifest) error {
	if in.Demonstrations != nil {
		ref, err := a.storeDemonstrations(ctx, *in.Demonstrations, in.Update.Step)
		if err != nil {
			return err
		}
		in.Update.Demonstrations = ref
	}
	if !in.Shards.IsZero() {
		shards, err := whole(ctx, a.Store, in.Shards)
		if err != nil {
			return err
		}
		in.Update.Shards = shards
	}
	in.Update.Schema = UpdateSchema
	data, err := json.Marshal(in.Update)
	if err != nil {
		return fmt.Errorf("encode update: %w", err)
	}
	update, err := a.Store.Put(ctx, data)
	if err != nil {
		return err
	}
	stats, err := a.Learner.Advance(ctx, in.Policy, update)
	if err != nil {
		return err
	}
	m.Outputs = map[string]artifact.Ref{artifact.OutputUpdate: update}
	if in.Checkpoint {
		saved, err := a.Learner.Save(ctx, in.Policy.Then(update))
		if err != nil {
			return err
		}
		m.Outputs[artifact.OutputCheckpoint] = saved
	}
	updateMetrics(in, stats, m)
	return nil
}

// updateMetrics adds the figures of the whole step, over all its shards.
func updateMetrics(in UpdatePolicyInput, stats UpdateStats, m *artifact.Manifest) {
	m.Inputs = map[string]artifact.Ref{inputPolicy: in.Policy.Checkpoint}
	if in.Demonstrations != nil {
		m.Inputs[artifact.OutputExamples] = in.Demonstrations.Examples
	}
	for i, shard := range in.Update.Shards {
		m.Inputs[fmt.Sprintf("%s-%02d", artifact.OutputRollouts, i)] = shard.Rollouts
		m.Inputs[fmt.Sprintf("%s-%02d", artifact.OutputVerdicts, i)] = shard.Verdicts
	}
	m.Metrics = summaryMetrics(stats.Rollouts)
	m.Metrics[artifact.MetricTemperature] = in.Update.Temperature
	m.Metrics[artifact.MetricLoss] = stats.Loss
	m.Metrics[artifact.MetricLearningRate] = stats.LearningRate
	m.Metrics[artifact.MetricTrainedSlots] = float64(stats.TrainedSlots)
	maps.Copy(m.Metrics, stats.Signal.Metrics())
	trainedMetrics(m, stats.Trained)
	forwardMetrics(m, stats.Forward)
}

// SaveCheckpointInput asks for a checkpoint outside the stage's rhythm.
type SaveCheckpointInput struct {
	Run    artifact.RunID  `json:"run"`
	Stage  string          `json:"stage"`
	Step   int             `json:"step"`
	Policy artifact.Policy `json:"policy"`
}

// SavedPolicy is a policy that has become durable.
type SavedPolicy struct {
	artifact.Policy
	Recorded
}

// SaveCheckpoint makes a policy durable without updates: where a stage is stopped between two checkpoints.
func (a *Activities) SaveCheckpoint(ctx context.Context, in SaveCheckpointInput) (SavedPolicy, error) {
	t := task{artifact.Manifest{Kind: artifact.KindCheckpoint, Run: in.Run, Stage: in.Stage, Step: in.Step}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		saved, err := a.Learner.Save(ctx, in.Policy)
		m.Outputs = map[string]artifact.Ref{artifact.OutputCheckpoint: saved}
		return err
	})
	if err != nil {
		return SavedPolicy{}, classify(ctx, "save checkpoint of "+in.Stage, err)
	}
	return SavedPolicy{artifact.Policy{Checkpoint: m.Outputs[artifact.OutputCheckpoint]}, Recorded{m.Link}}, nil
}
