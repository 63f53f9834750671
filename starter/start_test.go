package main

import (
	"context"
	"strings"
	"testing"
)

func TestDecide(t *testing.T) {
	const mine, other = "aa", "bb"
	tests := []struct {
		status runStatus
		digest string
		fresh  bool
		want   decision
	}{
		{statusAbsent, "", false, decideStart},
		{statusAbsent, "", true, decideStart},
		{statusRunning, mine, false, decideAttach},
		{statusRunning, "", false, decideAttach},
		{statusRunning, other, false, decideRefused},
		{statusRunning, other, true, decideStart},
		{statusCompleted, mine, false, decideFinish},
		{statusCompleted, other, false, decideRefused},
		{statusCompleted, mine, true, decideStart},
		{statusFailed, mine, false, decideStart},
		{statusFailed, other, false, decideStart},
		{statusTerminated, mine, false, decideStart},
		{statusCanceled, mine, false, decideStart},
		{statusTimedOut, mine, false, decideStart},
	}
	for _, test := range tests {
		d := description{status: test.status, digest: test.digest}
		if got := decide(d, mine, test.fresh); got != test.want {
			t.Errorf("%q, digest %q, fresh %v: got %d, want %d", test.status, test.digest, test.fresh, got, test.want)
		}
	}
}

func TestStartRun(t *testing.T) {
	r := namedRecipe(t, "smoke")
	digest, err := r.Digest()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		d       description
		fresh   bool
		started int
		want    string
	}{
		{"new", description{}, false, 1, "run x started: recipe smoke, seed 1, digest " + digest[:12]},
		{"running", description{status: statusRunning, digest: digest}, false, 0, "run x is running since "},
		{"running, fresh", description{status: statusRunning, digest: digest}, true, 1, "run x started over: "},
		{"finished", description{status: statusCompleted, digest: digest}, false, 0, "run x is finished; --fresh starts over"},
		{"failed", description{status: statusFailed}, false, 1, "run x had failed and was started again: "},
		{"terminated", description{status: statusTerminated}, false, 1, "run x had been terminated and was started again: "},
		{"other recipe", description{status: statusRunning, digest: "0123456789abcdef"}, false, 0,
			"run x is running with another recipe (digest 0123456789ab, asked for " + digest[:12] + "); choose another --name, or --fresh to start over"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := &fakeRuns{descriptions: []description{test.d}}
			note, err := startRun(context.Background(), f, nothingStored, "x", r, test.fresh)
			if err != nil {
				note = err.Error()
			}
			if !strings.HasPrefix(note, test.want) {
				t.Errorf("got %q, want %q", note, test.want)
			}
			if len(f.started) != test.started {
				t.Errorf("started %d runs, want %d", len(f.started), test.started)
			}
			for _, s := range f.started {
				if s != (startCall{"x", test.fresh, ""}) {
					t.Errorf("started %+v", s)
				}
			}
		})
	}
}
