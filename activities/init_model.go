package activities

import (
	"context"

	"temper/model/artifact"
)

// InitModelInput asks for the initial checkpoint of a run.
type InitModelInput struct {
	Run  artifact.RunID `json:"run"`
	Spec InitialModel   `json:"spec"`
}

const outputCheckpoint = "checkpoint"

// InitModel makes the checkpoint that the run begins with.
func (a *Activities) InitModel(ctx context.Context, in InitModelInput) (artifact.Policy, error) {
	t := task{artifact.Manifest{Kind: artifact.KindCheckpoint, Run: in.Run, Name: "initial"}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		ref, err := a.Learner.Initial(ctx, in.Spec)
		m.Outputs = map[string]artifact.Ref{outputCheckpoint: ref}
		return err
	})
	if err != nil {
		return artifact.Policy{}, classify(ctx, "init model", err)
	}
	return artifact.Policy{Checkpoint: m.Outputs[outputCheckpoint]}, nil
}
