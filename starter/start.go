package main

import (
	"context"
	"fmt"

	"temper/model/recipe"
)

// decision is what a start command does, given how the run stands.
type decision int

const (
	decideStart   decision = iota // there is no such run, or its last one failed, or --fresh
	decideAttach                  // it runs: show it
	decideFinish                  // it is finished: show its result
	decideRefused                 // the name is taken by a run of another recipe
)

// decide chooses from the run's description, the digest of the recipe that is
// asked for, and --fresh. A run whose digest is unknown was started by another
// program and counts as the same.
func decide(d description, digest string, fresh bool) decision {
	other := d.digest != "" && d.digest != digest
	switch {
	case fresh:
		return decideStart
	case d.status == statusRunning && other, d.status == statusCompleted && other:
		return decideRefused
	case d.status == statusRunning:
		return decideAttach
	case d.status == statusCompleted:
		return decideFinish
	}
	return decideStart
}

// startRun starts the run or attaches to it, and says which. A run that has ended
// before its end goes on from what it has in the store, also where Temporal does not
// know it any more, unless it is to be a fresh one.
func startRun(ctx context.Context, rs runs, open opener, name string, r recipe.Recipe, fresh bool) (note string, err error) {
	if fresh && r.ContinueFrom != "" {
		return "", fmt.Errorf("the recipe has continue_from and --fresh is given; valid: one of them")
	}
	digest, err := r.Digest()
	if err != nil {
		return "", err
	}
	d, err := rs.describe(ctx, name)
	if err != nil {
		return "", err
	}
	what := decide(d, digest, fresh)
	ended := d.status.past()
	if what == decideFinish {
		stopped, err := wasStopped(ctx, rs, name)
		if err != nil {
			return "", err
		}
		if stopped {
			what, ended = decideStart, "been stopped"
		}
	}
	switch what {
	case decideRefused:
		return "", fmt.Errorf("run %s is %s with another recipe (digest %.12s, asked for %.12s)%s; choose another --name, or --fresh to start over",
			name, d.status, d.digest, digest, differing(ctx, open, name, r))
	case decideAttach:
		return fmt.Sprintf("run %s is running since %s: going on with it", name, d.started.Local().Format("2006-01-02 15:04:05")), nil
	case decideFinish:
		return fmt.Sprintf("run %s is finished; --fresh starts over", name), nil
	}
	from := ""
	if r.ContinueFrom != "" {
		from = "Run ID " + r.ContinueFrom + ", as the recipe says"
	} else if !fresh {
		if from, err = continueNewest(ctx, open, name, &r); err != nil {
			return "", fmt.Errorf("run %s cannot go on: %w; choose another --name, or --fresh to start over", name, err)
		}
	}
	if err := rs.start(ctx, name, r, fresh); err != nil {
		return "", err
	}
	begun := fmt.Sprintf("recipe %s, seed %d, digest %.12s", r.Name, r.Seed, digest)
	switch {
	case fresh && d.status != statusAbsent:
		return fmt.Sprintf("run %s started over: %s", name, begun), nil
	case from != "" && d.status == statusAbsent:
		return fmt.Sprintf("run %s is in the store, though not in Temporal, and goes on from there (%s); --fresh starts over", name, from), nil
	case from != "":
		return fmt.Sprintf("run %s had %s and goes on from what it has in the store (%s); --fresh starts over", name, ended, from), nil
	case d.status == statusAbsent:
		return fmt.Sprintf("run %s started: %s", name, begun), nil
	}
	return fmt.Sprintf("run %s had %s and was started again: %s", name, ended, begun), nil
}

// past is the status as the end of a sentence with "had".
func (s runStatus) past() string {
	switch s {
	case statusCanceled, statusTerminated:
		return "been " + string(s)
	}
	return string(s)
}
