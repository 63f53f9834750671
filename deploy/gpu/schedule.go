package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// schedule runs cells one after the other within a budget of time.
type schedule struct {
	cells   []Cell
	engines []string
	limit   time.Duration // per cell and engine
	budget  time.Duration // for all
	log     io.Writer
	// run measures one cell with one engine within a limit.
	run func(ctx context.Context, limit time.Duration, c Cell, engine string) Result
	now func() time.Time
}

// enough is the time below which no cell is started.
const enough = 20 * time.Second

// all runs every cell and hands on each result as it comes. Cells that the
// budget leaves no time for are reported as not run.
func (s schedule) all(ctx context.Context, report func(Result) error) error {
	end := s.now().Add(s.budget)
	jobs := s.jobs()
	for i, j := range jobs {
		name := fmt.Sprintf("[%d/%d] %s %s", i+1, len(jobs), j.cell, j.engine)
		left := end.Sub(s.now())
		r := Result{Cell: j.cell.String(), Engine: j.engine, Status: statusSkipped}
		switch {
		case ctx.Err() != nil:
			r.Text = "interrupted"
		case left < enough && s.budget > enough || left <= 0:
			r.Text = "the time budget was used up"
		default:
			fmt.Fprintf(s.log, "%s …\n", name)
			r = s.run(ctx, min(s.limit, left), j.cell, j.engine)
		}
		fmt.Fprintf(s.log, "%s: %s (%.0f s)\n", name, r.outcome(), r.Seconds)
		if err := report(r); err != nil {
			return err
		}
	}
	return nil
}

type job struct {
	cell   Cell
	engine string
}

// jobs pairs cells with engines; parity concerns only us.
func (s schedule) jobs() []job {
	var jobs []job
	for _, c := range s.cells {
		for _, e := range s.engines {
			if c.Kind != parity || e == temper {
				jobs = append(jobs, job{c, e})
			}
		}
	}
	return jobs
}
