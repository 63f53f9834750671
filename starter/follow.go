package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"temper/workflows"
)

const (
	// pollTime is how often a run is asked for its progress.
	pollTime = 500 * time.Millisecond
	// silence is how long Temporal or the worker may be away before we say so.
	silence = 15 * time.Second
)

// view shows a run's progress.
type view interface {
	update(workflows.Progress)
	// note shows a line beside the progress.
	note(string)
	// close leaves the last figures standing.
	close()
}

// follower watches a run until it ends.
type follower struct {
	runs  runs
	view  view
	every time.Duration
	// check is called in each round: it keeps the local stack alive.
	check func(context.Context) error

	shown    bool // any progress
	lastGood time.Time
	warned   bool
	asked    time.Time       // for delays
	told     map[string]bool // scores, remarks, and delays by their causes
}

// follow shows the run's progress until the run ends, and returns its result.
// It rides out a Temporal or worker that is away for a while.
func (f *follower) follow(ctx context.Context, name string) (workflows.Result, error) {
	defer f.view.close()
	f.lastGood, f.told = time.Now(), map[string]bool{}
	for {
		if err := f.check(ctx); err != nil {
			return workflows.Result{}, err
		}
		d, err := f.runs.describe(ctx, name)
		if err == nil && d.status == statusAbsent {
			return workflows.Result{}, fmt.Errorf("run %s is gone: Temporal does not know it any more", name)
		}
		if err == nil {
			err = f.show(ctx, name, d.status)
			if d.status != statusRunning {
				return f.runs.result(ctx, name)
			}
		}
		f.listen(err)
		select {
		case <-ctx.Done():
			return workflows.Result{}, ctx.Err()
		case <-time.After(f.every):
		}
	}
}

// show asks for the progress and shows it. Of a run that completed while we
// watched it shows the last figures; one that was over before is its result.
func (f *follower) show(ctx context.Context, name string, status runStatus) error {
	if status != statusRunning && (status != statusCompleted || !f.shown) {
		return nil
	}
	p, err := f.runs.progress(ctx, name)
	if err != nil {
		return err
	}
	f.shown = true
	f.view.update(p)
	for _, s := range p.Scores {
		if key := "score " + s.After + " " + s.Benchmark; !f.told[key] {
			f.told[key] = true
			f.view.note(scoreLine(s))
		}
	}
	f.remark(append([]workflows.StageProgress{{Remarks: p.Remarks}}, p.Stages...))
	return f.tell(ctx, name)
}

// remark shows each remark when it is new, and once more, if its words have
// changed, when its stage is done.
func (f *follower) remark(stages []workflows.StageProgress) {
	for _, stage := range stages {
		for i, r := range stage.Remarks {
			first, final := r.Stage+" "+r.About, r.Stage+" "+r.About+" "+r.Text
			if !f.told[first] || stage.Done && !f.told[final] {
				f.view.note(remarkLines(stage.Remarks)[i])
				f.told[final] = true
			}
			f.told[first] = true
		}
	}
}

// tell says once why work of the run keeps failing.
func (f *follower) tell(ctx context.Context, name string) error {
	if time.Since(f.asked) < silence {
		return nil
	}
	f.asked = time.Now()
	delays, err := f.runs.delays(ctx, name)
	if err != nil {
		return err
	}
	for _, d := range delays {
		if key := d.work + d.cause; !f.told[key] {
			f.told[key] = true
			f.view.note(d.String())
		}
	}
	return nil
}

// listen says once when nothing has been heard for a while.
func (f *follower) listen(err error) {
	now := time.Now()
	if err == nil {
		f.lastGood, f.warned = now, false
		return
	}
	if errors.Is(err, context.Canceled) || f.warned || now.Sub(f.lastGood) < silence {
		return
	}
	f.warned = true
	f.view.note(fmt.Sprintf("no news for %s, still waiting: %v", silence, err))
}

// scoreLine is one score as a line.
func scoreLine(s workflows.Score) string {
	line := fmt.Sprintf("%s after %s: avg@%d %s %%, pass@%d %s", s.Benchmark, s.After, s.Samples, s.AvgText(), s.Samples, s.PassText())
	if gain := s.GainText(); gain != "" {
		line += ", gain " + gain + " (paired)"
	}
	return line
}
