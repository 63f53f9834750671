package activities

import (
	"context"

	"go.temporal.io/sdk/activity"

	"temper/model/artifact"
)

// Others tells which other workers there are, as the server last saw them.
type Others interface {
	// Learn tells whether another worker changes policies.
	Learn(ctx context.Context) bool
	// Sample tells whether another worker samples from them.
	Sample(ctx context.Context) bool
}

// Held is where a policy is to be had without computing.
type Held struct {
	// Home is the task queue of the worker that holds it; "" where no other one could take its work.
	Home string `json:"home,omitempty"`
	// Weights are a copy of its weights, stored for those that only sample; zero where there are none,
	// or where it is a checkpoint, which has them.
	Weights artifact.Ref `json:"weights,omitzero"`
}

// hold says where a policy is held that this worker has just computed, and stores its weights
// if others sample from it. That nobody can read them costs time and nothing else.
func (a *Activities) hold(ctx context.Context, p artifact.Policy) (h Held) {
	if a.Others == nil {
		return h
	}
	if a.Others.Learn(ctx) {
		h.Home = a.Home
	}
	if len(p.Updates) > 0 && a.Others.Sample(ctx) {
		var err error
		if h.Weights, err = a.Learner.Publish(ctx, p); err != nil {
			activity.GetLogger(ctx).Warn("weights are not stored for others to sample from", "error", err)
		}
	}
	return h
}
