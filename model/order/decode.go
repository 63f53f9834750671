package order

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"temper/model/artifact"
	"temper/model/library/jsonkind"
	"temper/model/recipe"
)

// Said is what every update's input may have.
type Said struct {
	// Reason is shown and recorded.
	Reason string `json:"reason,omitempty"`
	// By is who gives the order, as they say.
	By string `json:"by,omitempty"`
}

// Control is the input of pause, resume, stop and choose.
type Control struct {
	Said
	// Candidate is what choose chooses: the name of a policy that the stage may hand on.
	Candidate string `json:"candidate,omitempty"`
}

// The inputs of the other updates. A stage that is left out is the one at work.
type (
	// ApproveInput lets a run go on that waits for approval.
	ApproveInput struct {
		Stage string `json:"stage,omitempty"`
		Said
	}
	// RetuneInput is a number, or "search".
	RetuneInput struct {
		Stage       string              `json:"stage,omitempty"`
		Temperature *recipe.Temperature `json:"temperature"`
		Said
	}
	// ExtendInput is a number of policy steps, or of a supervised stage's epochs.
	ExtendInput struct {
		Stage    string   `json:"stage,omitempty"`
		Steps    int      `json:"steps,omitempty"`
		Epochs   int      `json:"epochs,omitempty"`
		Schedule Schedule `json:"schedule,omitempty"`
		Said
	}
	// EndInput ends the stage at work.
	EndInput struct {
		Stage string `json:"stage,omitempty"`
		Said
	}
	// SkipInput leaves a stage out.
	SkipInput struct {
		Stage string `json:"stage"`
		Said
	}
	// RollbackInput goes back to a stage after some of its updates; 0 is its beginning.
	RollbackInput struct {
		Stage       string              `json:"stage"`
		Step        *int                `json:"step"`
		Redraw      bool                `json:"redraw,omitempty"`
		Temperature *recipe.Temperature `json:"temperature,omitempty"`
		Said
	}
)

// Decode reads an update's input, {} where there is none. What it does not know is refused.
//
//workflowcheck:ignore
func Decode(name Name, input []byte) (Order, error) {
	o := Order{Update: name, Step: Next}
	var err error
	switch name {
	case Approve:
		var in ApproveInput
		err = known(input, &in)
		o.Stage, o.Given = in.Stage, given(in.Said)
	case Retune:
		var in RetuneInput
		if err = known(input, &in); err == nil && in.Temperature == nil {
			err = errors.New(`temperature is missing; valid: a number above 0, or "search"`)
		}
		o.Stage, o.Temperature, o.Given = in.Stage, in.Temperature, given(in.Said)
	case Extend:
		var in ExtendInput
		if err = known(input, &in); err == nil {
			err = in.check()
		}
		o.Stage, o.Steps, o.Epochs, o.Schedule, o.Given = in.Stage, in.Steps, in.Epochs, in.Schedule, given(in.Said)
	case End:
		var in EndInput
		err = known(input, &in)
		o.Stage, o.Given = in.Stage, given(in.Said)
	case Skip:
		var in SkipInput
		if err = known(input, &in); err == nil && in.Stage == "" {
			err = errors.New("stage is missing; valid: the name of a stage that has not ended")
		}
		o.Stage, o.Given = in.Stage, given(in.Said)
	case Rollback:
		var in RollbackInput
		if err = known(input, &in); err == nil {
			err = in.check()
		}
		if err == nil {
			o.Step = *in.Step
		}
		o.Stage, o.Redraw, o.Temperature, o.Given = in.Stage, in.Redraw, in.Temperature, given(in.Said)
	default:
		err = fmt.Errorf("the update is %q; valid: %s", name, list(Names()))
	}
	if err == nil && o.Temperature != nil && !o.Temperature.Search && !(o.Temperature.Value > 0) {
		err = fmt.Errorf(`temperature is %s; valid: a number above 0, or "search"`, o.Temperature)
	}
	if err == nil {
		err = checkSaid(o.Given)
	}
	return o, err
}

// DecodeControl reads the input of pause, resume, stop or choose.
//
//workflowcheck:ignore
func DecodeControl(input []byte) (Control, error) {
	var c Control
	err := known(input, &c)
	if err == nil {
		err = checkSaid(given(c.Said))
	}
	return c, err
}

func (in ExtendInput) check() error {
	switch {
	case (in.Steps == 0) == (in.Epochs == 0):
		return errors.New("steps and epochs: valid is one of them, steps of a stage of kind rl or epochs of one of kind sft")
	case in.Steps < 0:
		return fmt.Errorf("steps is %d; valid: at least 1", in.Steps)
	case in.Epochs < 0:
		return fmt.Errorf("epochs is %d; valid: at least 1", in.Epochs)
	case in.Schedule != "" && in.Schedule != Keep && in.Schedule != Follow:
		return fmt.Errorf("schedule is %q; valid: keep, follow", in.Schedule)
	}
	return nil
}

func (in RollbackInput) check() error {
	switch {
	case in.Stage == "":
		return errors.New("stage is missing; valid: the name of a stage that has begun")
	case in.Step == nil:
		return errors.New("step is missing; valid: a number of the stage's updates, 0 for its beginning")
	case *in.Step < 0:
		return fmt.Errorf("step is %d; valid: at least 0", *in.Step)
	}
	return nil
}

// maxText bounds reason and by, in bytes.
const maxText = 2000

func checkSaid(g artifact.Given) error {
	for _, f := range []struct{ field, text string }{{"reason", g.Reason}, {"by", g.By}} {
		if len(f.text) > maxText {
			return fmt.Errorf("%s has %d bytes; valid: at most %d", f.field, len(f.text), maxText)
		}
	}
	return nil
}

func given(s Said) artifact.Given { return artifact.Given{By: s.By, Reason: s.Reason} }

// known decodes a document that may have no fields but those of into.
func known(input []byte, into any) error {
	if len(input) == 0 || string(input) == "null" {
		input = []byte("{}")
	}
	err := jsonkind.DecodeKnown(input, into)
	if err != nil && strings.HasPrefix(err.Error(), "unknown field") {
		return fmt.Errorf("%w; valid: %s", err, strings.Join(fields(reflect.TypeOf(into).Elem()), ", "))
	}
	return err
}

// fields are the keys of an input.
func fields(t reflect.Type) []string {
	var keys []string
	for _, f := range reflect.VisibleFields(t) {
		if key, _, _ := strings.Cut(f.Tag.Get("json"), ","); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

func list(names []Name) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	return strings.Join(texts, ", ")
}
