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

// startRun starts the run or attaches to it, and says which. A run that failed
// begins again: what it had done stays in the store, under its own Run ID.
func startRun(ctx context.Context, rs runs, name string, r recipe.Recipe, fresh bool) (note string, err error) {
	digest, err := r.Digest()
	if err != nil {
		return "", err
	}
	d, err := rs.describe(ctx, name)
	if err != nil {
		return "", err
	}
	switch decide(d, digest, fresh) {
	case decideRefused:
		return "", fmt.Errorf("run %s is %s with another recipe (digest %.12s, asked for %.12s); choose another --name, or --fresh to start over",
			name, d.status, d.digest, digest)
	case decideAttach:
		return fmt.Sprintf("run %s is running since %s: going on with it", name, d.started.Local().Format("2006-01-02 15:04:05")), nil
	case decideFinish:
		return fmt.Sprintf("run %s is finished; --fresh starts over", name), nil
	}
	if err := rs.start(ctx, name, r, fresh); err != nil {
		return "", err
	}
	switch {
	case d.status == statusAbsent:
		return fmt.Sprintf("run %s started: recipe %s, seed %d, digest %.12s", name, r.Name, r.Seed, digest), nil
	case fresh:
		return fmt.Sprintf("run %s started over: recipe %s, seed %d, digest %.12s", name, r.Name, r.Seed, digest), nil
	}
	return fmt.Sprintf("run %s had %s and was started again: recipe %s, seed %d, digest %.12s", name, d.status.past(), r.Name, r.Seed, digest), nil
}

// past is the status as the end of a sentence with "had".
func (s runStatus) past() string {
	switch s {
	case statusCanceled, statusTerminated:
		return "been " + string(s)
	}
	return string(s)
}
