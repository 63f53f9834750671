package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"temper/deploy/endpoints"
	"temper/deploy/version"
	"temper/starter/advice"
	"temper/workflows"
)

// standing is how one run stands: what status prints, as text or as JSON.
type standing struct {
	Run string `json:"run"`
	// RunID is that of Temporal's newest execution, or of the first where only the store knows the run.
	RunID string `json:"run_id,omitempty"`
	// State is a run's own while it answers, else Temporal's or what the store tells.
	State   string    `json:"state"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`
	UI      string    `json:"ui,omitempty"`
	// Silent says why nothing is known of the stages of a run at work.
	Silent string `json:"silent,omitempty"`
	// Waiting is the work that waits or is tried again, and why.
	Waiting  []string           `json:"waiting,omitempty"`
	Progress workflows.Progress `json:"progress"`
	// Error is that of a run that failed.
	Error string `json:"error,omitempty"`
	// Next is the command that a person may want now, "" if there is none.
	Next string `json:"next,omitempty"`

	status runStatus
	failed error
}

// standingOf asks Temporal; the error wraps errNoRun where it does not know the run.
func standingOf(ctx context.Context, rs runs, data, name string, e endpoints.Endpoints) (standing, error) {
	d, err := rs.describe(ctx, name)
	if err != nil {
		return standing{}, err
	}
	if d.status == statusAbsent {
		return standing{}, errNoRun
	}
	s := standing{Run: name, RunID: d.id, State: d.state, Started: d.started, Ended: d.closed, UI: e.RunURL(name, d.id), status: d.status}
	switch d.status {
	case statusRunning:
		err = s.ask(ctx, rs, data)
	case statusCompleted:
		err = s.result(ctx, rs)
	default:
		if _, s.failed = rs.result(ctx, name); s.failed != nil {
			s.Error = s.failed.Error()
		}
	}
	s.Next = s.next(data)
	return s, err
}

// ask has a run at work say how it stands.
func (s *standing) ask(ctx context.Context, rs runs, data string) error {
	p, err := rs.progress(ctx, s.Run)
	if err == nil {
		s.Progress, s.State = p, string(p.State)
	} else if s.Silent = rs.absence(ctx, data); s.Silent == "" {
		s.Silent = fmt.Sprintf("no stages are shown: %v", err)
	}
	delays, err := rs.delays(ctx, s.Run)
	for _, delay := range delays {
		s.Waiting = append(s.Waiting, delay.String())
	}
	return err
}

// result reads what a run has left. Its stages need a worker that answers; the result does not.
func (s *standing) result(ctx context.Context, rs runs) error {
	result, err := rs.result(ctx, s.Run)
	if err != nil {
		return err
	}
	s.State, s.Progress.Scores = string(result.State), result.Scores
	if p, err := rs.progress(ctx, s.Run); err == nil {
		s.Progress = p
	}
	return nil
}

// next is what a person may want to type now.
func (s *standing) next(data string) string {
	p := s.Progress
	switch {
	case p.Choice != nil:
		return advice.Command(data, "choose", s.Run, "CANDIDATE")
	case p.Approval != "":
		return advice.Command(data, "approve", s.Run)
	case s.State == string(workflows.StatePaused):
		return advice.Command(data, "resume", s.Run)
	case s.status == statusRunning:
		return ""
	case s.status == statusCompleted:
		return advice.Command(data, "report", s.Run)
	}
	return advice.Command(data, "run", "RECIPE", "--name", s.Run)
}

// ended says that no later answer will differ.
func (s *standing) ended() bool { return s.status != statusRunning }

// write prints stages and scores. A failed run's error is returned.
func (s *standing) write(out io.Writer, data string) error {
	p := s.Progress
	fmt.Fprintf(out, "run %s: %s, started %s\n", s.Run, s.State, clock(s.Started))
	if p.Reason != "" {
		fmt.Fprintln(out, "reason:", p.Reason)
	}
	if p.Parent != nil {
		fmt.Fprintln(out, "begins with", p.Parent.Text())
	}
	if p.Numerics != 0 && p.Numerics != version.Numerics {
		fmt.Fprintf(out, "computed with numerics %d; this is %s\n", p.Numerics, version.Text())
	}
	if s.UI != "" {
		fmt.Fprintln(out, "Temporal UI:", s.UI)
	}
	if s.Silent != "" {
		fmt.Fprintln(out, s.Silent)
	}
	writeStages(out, p.Stages)
	for _, line := range remarkLines(p.Remarks) {
		fmt.Fprintln(out, line)
	}
	if err := writeOrders(out, p.Orders); err != nil {
		return err
	}
	switch {
	case p.Approval != "":
		fmt.Fprintf(out, "%s waits for approval: %s, or %s\n", p.Approval, s.Next, advice.Command(data, "stop", s.Run))
	case p.Choice != nil:
		if err := writeChoice(out, *p.Choice, s.Next); err != nil {
			return err
		}
	}
	for _, delay := range s.Waiting {
		fmt.Fprintln(out, " ", delay)
	}
	if s.failed != nil {
		return s.failed
	}
	err := writeScores(out, p.Scores)
	if p.Approval == "" && p.Choice == nil && s.Next != "" {
		fmt.Fprintln(out, "next:", s.Next)
	}
	return err
}

// watch shows again and again how a run stands, until it has ended. On a terminal the newest takes the place of the one before;
// elsewhere one is written when it differs.
func watch(ctx context.Context, every time.Duration, show func() (text string, ended bool, err error), write func(text string)) error {
	last := ""
	for {
		text, ended, err := show()
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
		if text != last && ctx.Err() == nil {
			write(text)
			last = text
		}
		if ended {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
	}
}
