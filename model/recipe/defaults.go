package recipe

import (
	"cmp"
	"reflect"
)

// The numbers that stand for what a recipe leaves out; defaultSource says where they come from.
const (
	defaultMaxTruncation = 0.5
	defaultEmptySteps    = 5
)

// defaultSource is where the default of a value comes from, by its path; "" for what has none.
func defaultSource(path string) string {
	switch path {
	case "temperature_search.max_truncation":
		return "default; not printed in the paper: the entropy of cut responses says little"
	case "guard.action":
		return "default; ours"
	case "guard.empty_steps":
		return "default: policy steps in a row; ours"
	}
	return solvedSource(path)
}

// fillDefaults puts the defaults where the recipe leaves a value out, so that all
// that steers a run stands in what it records.
func (r *Recipe) fillDefaults() {
	r.fillBenchmarks()
	r.fillSubsets()
	r.fillSolved()
	for _, s := range r.Stages {
		if s.Teach != nil {
			s.Teach.Keep, s.Teach.Cut = cmp.Or(s.Teach.Keep, KeepAll), cmp.Or(s.Teach.Cut, CutKept)
		}
	}
	r.Guard.Action = cmp.Or(r.Guard.Action, GuardWarn)
	r.Guard.EmptySteps = r.Guard.Steps()
	if !reflect.ValueOf(r.TemperatureSearch).IsZero() { // a recipe that searches for no temperature may leave all of it out
		r.TemperatureSearch.MaxTruncation = r.TemperatureSearch.Truncation()
	}
}

// Truncation is MaxTruncation with its default.
func (s TemperatureSearch) Truncation() float64 {
	return cmp.Or(s.MaxTruncation, defaultMaxTruncation)
}

// Steps is EmptySteps with its default.
func (g Guard) Steps() int { return cmp.Or(g.EmptySteps, defaultEmptySteps) }
