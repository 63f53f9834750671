package workflows

import (
	"fmt"
	"slices"

	"go.temporal.io/sdk/workflow"

	"temper/model/order"
	"temper/model/recipe"
)

// gate is what a run waits for a person to approve.
type gate struct {
	stage string
	at    recipe.Approval
}

// text says for people what the run waits for.
func (g gate) text(run string) string {
	what := "before it begins"
	if g.at == recipe.ApprovalAfter {
		what = "before the run goes on after it"
	}
	return fmt.Sprintf("%s waits for a person's approval %s, by the update %q (starter approve %s, or stop)", g.stage, what, order.Approve, run)
}

// approved waits where the recipe has stage i approved by a person, until it is, or is skipped, or the run is stopped. What was approved
// in the run that this one goes on from holds.
func (r *run) approved(ctx workflow.Context, i int, at recipe.Approval) error {
	stage := r.recipe.Stages[i]
	if stage.Approval != at || r.state.State == StateStopping {
		return nil
	}
	through := func() bool {
		_, skipped := r.ordered(order.Skip, stage.Name)
		return skipped || r.state.State == StateStopping || slices.ContainsFunc(r.state.Orders, func(o order.Order) bool {
			return o.Update == order.Approve && o.Stage == stage.Name && o.Gate == at
		})
	}
	if through() {
		return nil
	}
	r.gate = gate{stage.Name, at}
	r.state.State, r.state.Reason = StatePaused, r.gate.text(r.id.Name)
	r.publish(ctx)
	err := workflow.Await(ctx, through)
	if r.gate = (gate{}); err == nil && r.state.State == StatePaused { // it was skipped
		r.state.State, r.state.Reason = StateRunning, ""
	}
	r.publish(ctx)
	return err
}

// checkApproval refuses an approval that nothing waits for.
func (r *run) checkApproval(o order.Order) error {
	switch {
	case r.gate == gate{}:
		return fmt.Errorf("there is nothing to approve: no stage waits for it")
	case o.Stage != "" && o.Stage != r.gate.stage:
		return fmt.Errorf("stage is %q; valid: %s, which waits for approval", o.Stage, r.gate.stage)
	}
	for _, given := range r.state.Orders {
		if given.Update == order.Approve && given.Stage == r.gate.stage && given.Gate == r.gate.at {
			return fmt.Errorf("%s is approved already", given.Stage)
		}
	}
	return nil
}
