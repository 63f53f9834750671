package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/order"
	"temper/model/recipe"
)

// orders are what people have ordered of a stage that is at work, in the order in which it obeys.
type orders struct {
	queue   []order.Order
	channel workflow.ReceiveChannel
}

// newOrders begins with those that the stage was given, and follows the signals.
func newOrders(ctx workflow.Context, given []order.Order) *orders {
	return &orders{queue: given, channel: workflow.GetSignalChannelWithOptions(ctx, signalOrdered, workflow.SignalChannelOptions{
		Description: "What a person has ordered of the stage. Sent by PostTraining.",
	})}
}

// left are those that are not obeyed yet. It takes the signals at the moment of the decision, as desired does.
func (o *orders) left() []order.Order {
	for {
		var next order.Order
		if !o.channel.ReceiveAsync(&next) {
			return o.queue
		}
		o.queue = append(o.queue, next)
	}
}

// due is the next order that is to be obeyed after a number of updates.
func (o *orders) due(step int) (order.Order, bool) {
	if left := o.left(); len(left) == 0 || left[0].Step > step {
		return order.Order{}, false
	}
	next := o.queue[0]
	o.queue, next.Step = o.queue[1:], step
	return next, true
}

// recordObeyed records an order that a stage obeys now. What an earlier execution has recorded is found.
func recordObeyed(ctx workflow.Context, run artifact.RunID, o order.Order, p *StageProgress) error {
	p.Orders = append(p.Orders, o)
	_, err := get[activities.Recorded](ctx, workflow.ExecuteActivity(onControl(ctx, fmt.Sprintf("%s: record the order %q", p.Name, o.Update)), acts.RecordDecision, decisionOf(run, o)))
	if err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	return nil
}

// Changed is what people have changed of a stage at work.
type Changed struct {
	// Length is its number of policy steps or epochs, 0 for the recipe's; Schedule is how many updates its learning rate's
	// schedule has, 0 for as many as the stage.
	Length   int `json:"length,omitempty"`
	Schedule int `json:"schedule,omitempty"`
	// Draw is the number of the rollback that had the rest drawn anew.
	Draw int `json:"draw,omitempty"`
	// Ended says that a person has ended the stage.
	Ended bool `json:"ended,omitempty"`
	// Retuned says that a person has changed the temperature, and Searches how often by a search.
	Retuned  bool `json:"retuned,omitempty"`
	Searches int  `json:"searches,omitempty"`
}

// extend gives a stage of so many updates another length.
func (c *Changed) extend(o order.Order, length, updates int) {
	c.Length = length
	switch {
	case o.Schedule == order.Follow:
		c.Schedule = 0
	case c.Schedule == 0:
		c.Schedule = updates
	}
}

// by notes an order that changes nothing but this.
func (c *Changed) by(o order.Order) {
	switch {
	case o.Update == order.End:
		c.Ended = true
	case o.Update == order.Rollback && o.Redraw:
		c.Draw = o.Number
	}
}

// obey does what people have ordered of the stage by now.
func (s *rlStage) obey(ctx workflow.Context) error {
	for p, changed := &s.state.Progress, &s.state.Changed; ; {
		o, due := s.told.due(p.Step)
		if !due {
			return nil
		}
		if err := recordObeyed(ctx, s.in.Run, o, p); err != nil {
			return err
		}
		switch o.Update {
		case order.Extend:
			changed.extend(o, o.Steps, s.in.Stage.RL.Steps)
			s.in.Stage.RL.Steps, p.Steps = o.Steps, o.Steps
			changed.Ended = p.Step >= o.Steps
		default:
			changed.by(o)
		}
		if o.Temperature != nil {
			if err := s.retune(ctx, *o.Temperature); err != nil {
				return err
			}
		}
		s.report(ctx)
	}
}

// retune changes the temperature that the stage's steps share, whatever its epochs had.
func (s *rlStage) retune(ctx workflow.Context, t recipe.Temperature) error {
	s.state.Changed.Retuned = true
	if t.Search {
		s.state.Changed.Searches++
		return s.search(ctx)
	}
	s.state.Temperature, s.state.Progress.Temperature = t.Value, t.Value
	return nil
}

// obey does what people have ordered of the stage by now.
func (in *SFTInput) obey(ctx workflow.Context, given *orders) error {
	for p := &in.Progress; ; {
		o, due := given.due(p.Step)
		if !due {
			return nil
		}
		if err := recordObeyed(ctx, in.Run, o, p); err != nil {
			return err
		}
		switch o.Update {
		case order.Extend:
			in.Changed.extend(o, o.Epochs, in.updates())
			in.Stage.SFT.Epochs = o.Epochs
			p.Steps = in.updates()
		default:
			in.Changed.by(o)
		}
		reportTo(ctx, *p)
	}
}

// updates is the number of the stage's updates.
func (in *SFTInput) updates() int {
	return dataset.Updates(in.Dataset.NumExamples, in.Stage.SFT.BatchSize, in.Stage.SFT.Epochs)
}

// segmentEnd is where the segment of a supervised stage ends that begins after some updates: at a checkpoint, or
// where the policy is evaluated.
func segmentEnd(step, examples int, s recipe.SFT) int {
	end := min(step+s.CheckpointEvery, dataset.Updates(examples, s.BatchSize, s.Epochs))
	for _, e := range epochEnds(examples, s) {
		if e > step {
			return min(end, e)
		}
	}
	return end
}

// ordersDetails is a table of what people have ordered, "" where nobody has.
func ordersDetails(given []order.Order) string {
	if len(given) == 0 {
		return ""
	}
	text := "\n| order | stage | what | by, and why |\n|---|---|---|---|\n"
	for _, o := range given {
		what := o.Text()
		if o.Step == order.Next {
			what += " (after the step that is being done)"
		}
		text += fmt.Sprintf("| %d | %s | %s | %s |\n", o.Number, o.Stage, what, order.By(o.Given))
	}
	return text
}
