// Package order is what people tell a run at work to do otherwise than its recipe says: the inputs of the updates that a run
// takes, decoded strictly, and how they are kept in its record.
package order

import (
	"fmt"
	"slices"
	"strings"

	"temper/model/artifact"
	"temper/model/recipe"
)

// Name is an update's name.
type Name string

// The updates that change what a run does.
const (
	Approve  Name = "approve"
	Retune   Name = "retune"
	Extend   Name = "extend"
	End      Name = "end"
	Skip     Name = "skip"
	Rollback Name = "rollback"
)

// Names lists them.
func Names() []Name { return []Name{Approve, Retune, Extend, End, Skip, Rollback} }

// Description says in a sentence what an update does, with its input.
func (n Name) Description() string {
	return map[Name]string{
		Approve:  `Let a run go on that waits for approval: {"stage": "math", "reason": "…", "by": "…"}, all optional.`,
		Retune:   `Change the sampling temperature of an RL stage from its next policy step on: {"temperature": 0.9} or {"temperature": "search"}; "stage" is the one at work where it is left out.`,
		Extend:   `Give a stage another length: {"steps": 40} for RL, {"epochs": 3} for SFT; "schedule": "keep" (a decaying learning rate keeps the old length) or "follow".`,
		End:      `End the stage at work after the step that is being done, as finished: {"stage": "math"}, optional.`,
		Skip:     `Leave a stage out that has not ended; what it has done has no effect: {"stage": "code"}.`,
		Rollback: `Go back to where a stage was after some steps, and go on from there: {"stage": "math", "step": 20}; "redraw": true samples anew, "temperature" is the one from there on.`,
	}[n]
}

// Schedule is what becomes of a decaying learning rate when a stage gets another length; a constant one stays.
type Schedule string

// What becomes of it.
const (
	// Keep leaves the schedule as long as it was: steps beyond it have its last learning rate.
	Keep Schedule = "keep"
	// Follow makes it as long as the stage from the next step on.
	Follow Schedule = "follow"
)

// Next is the step of an order that is obeyed as soon as its stage can.
const Next = -1

// Order is an update that a run has accepted.
type Order struct {
	Update Name `json:"update"`
	// Number counts the run's orders from 1, in the order in which they were accepted.
	Number int    `json:"number"`
	Stage  string `json:"stage"`
	// Step is the number of the stage's updates after which the order is obeyed, Next until that is known; of a
	// rollback, after which the run goes on from.
	Step int `json:"step"`
	// Temperature is that of retune, or of a rollback that changes it too.
	Temperature *recipe.Temperature `json:"temperature,omitempty"`
	// Steps is the new number of policy steps, Epochs that of a supervised stage.
	Steps    int      `json:"steps,omitempty"`
	Epochs   int      `json:"epochs,omitempty"`
	Schedule Schedule `json:"schedule,omitempty"`
	// Redraw says that what follows a rollback is drawn with other random numbers.
	Redraw bool `json:"redraw,omitempty"`
	// Gate is what is approved: the stage's beginning, or its end.
	Gate recipe.Approval `json:"gate,omitempty"`
	// Abandoned says for people what a rollback leaves behind, and Dropped are the numbers of the orders that it takes back.
	Abandoned string `json:"abandoned,omitempty"`
	Dropped   []int  `json:"dropped,omitempty"`
	// Given says who gave it, when and why.
	Given artifact.Given `json:"given"`
}

// Text says for people what is ordered.
func (o Order) Text() string {
	switch o.Update {
	case Approve:
		return fmt.Sprintf("approved: %s", gateText(o.Gate))
	case Retune:
		return "its temperature is " + temperatureText(*o.Temperature) + from(o.Step)
	case Extend:
		text := fmt.Sprintf("its length is %d policy steps%s", o.Steps, from(o.Step))
		if o.Epochs > 0 {
			text = fmt.Sprintf("its length is %d epochs%s", o.Epochs, from(o.Step))
		}
		if o.Schedule == Follow {
			text += ", and its learning rate's schedule is as long"
		}
		return text
	case End:
		return fmt.Sprintf("a person ended it after %d updates", max(0, o.Step))
	case Skip:
		return "a person skipped it"
	}
	text := fmt.Sprintf("the run went back to %s", artifact.Inside(o.Stage, o.Step))
	if o.Redraw {
		text += ", and draws anew"
	}
	if o.Temperature != nil {
		text += ", at temperature " + temperatureText(*o.Temperature)
	}
	if o.Abandoned != "" {
		text += "; abandoned, though still in the store: " + o.Abandoned
	}
	return text
}

func gateText(g recipe.Approval) string {
	if g == recipe.ApprovalBefore {
		return "it may begin"
	}
	return "the run may go on after it"
}

func temperatureText(t recipe.Temperature) string {
	if t.Search {
		return "searched for anew"
	}
	return t.String()
}

func from(step int) string {
	if step <= 0 {
		return ""
	}
	return fmt.Sprintf(" from update %d on", step+1)
}

// Effective are the orders that rollbacks have not taken back, in the order in which they were accepted.
func Effective(orders []Order) []Order {
	var dropped []int
	for _, o := range orders {
		dropped = append(dropped, o.Dropped...)
	}
	kept := slices.DeleteFunc(slices.Clone(orders), func(o Order) bool { return slices.Contains(dropped, o.Number) })
	slices.SortStableFunc(kept, func(a, b Order) int { return a.Number - b.Number })
	return kept
}

// For are the orders that are for a stage's own execution.
func For(orders []Order, stage string) []Order {
	var of []Order
	for _, o := range orders {
		if o.Stage == stage && o.Update != Approve && o.Update != Skip {
			of = append(of, o)
		}
	}
	return of
}

// About is the name of the record of an order.
func (o Order) About() string {
	if o.Update == End {
		return artifact.AboutStop
	}
	return string(o.Update)
}

// By says who gave an order and why, for people, at the end of a sentence.
func By(g artifact.Given) string {
	var said []string
	if who := g.Who(); who != "" {
		said = append(said, "by "+who)
	}
	if g.Reason != "" {
		said = append(said, fmt.Sprintf("%q", g.Reason))
	}
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, ": ") + ")"
}

// DrawnBy is the seed of what is drawn after the rollback of a number; 0 is none, and the seed the run's.
func DrawnBy(seed uint64, draw int) uint64 {
	if draw == 0 {
		return seed
	}
	return recipe.DeriveSeed(seed, fmt.Sprintf("drawn by order %d", draw))
}
