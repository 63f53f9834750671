package audit

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"temper/model/artifact"
)

// Difference says in what the record of work that was done again differs from the first one, "" if both say the same of
// what went in and came out. Who did it and when are not compared.
func Difference(recorded, again artifact.Manifest) string {
	for _, name := range sortedNames(recorded.Outputs) {
		if got := again.Outputs[name]; got != recorded.Outputs[name] {
			return fmt.Sprintf("output %s is %s, and was recorded as %s", name, shortOr(got), recorded.Outputs[name].Short())
		}
	}
	for _, name := range sortedNames(recorded.Metrics) {
		if got, ok := again.Metrics[name]; !ok || got != recorded.Metrics[name] {
			return fmt.Sprintf("%s is %v, and was recorded as %v", name, got, recorded.Metrics[name])
		}
	}
	for _, name := range sortedNames(recorded.Series) {
		if !slices.Equal(again.Series[name], recorded.Series[name]) {
			return "the series " + name + " differs"
		}
	}
	switch {
	case !sameJSON(recorded.Ledger, again.Ledger):
		return "the ledger differs"
	case recorded.Input != again.Input:
		return "its input is another"
	case !maps.Equal(recorded.Inputs, again.Inputs):
		return "what it lists as inputs differs"
	case len(recorded.Outputs) != len(again.Outputs) || len(recorded.Metrics) != len(again.Metrics) || len(recorded.Series) != len(again.Series):
		return "it has other outputs or figures"
	case !slices.Equal(recorded.Remarks, again.Remarks):
		return "its remarks differ"
	}
	return ""
}

func shortOr(ref artifact.Ref) string {
	if ref.IsZero() {
		return "not there"
	}
	return ref.Short()
}

// Draw draws up to k records of each kind, the same ones with the same seed, in the order of their keys.
func (r Report) Draw(k int, seed uint64) []string {
	var drawn []string
	random := rand.New(rand.NewPCG(seed, 0))
	for _, kind := range sortedNames(r.keys) {
		keys := slices.Clone(r.keys[kind])
		random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		drawn = append(drawn, keys[:min(k, len(keys))]...)
	}
	slices.Sort(drawn)
	return drawn
}

// AddRecomputed adds work that was done again; another result is a finding.
func (r *Report) AddRecomputed(done Recomputed) {
	r.Recomputed = append(r.Recomputed, done)
	switch {
	case !done.Done:
		r.NotChecked(fmt.Sprintf("recomputation of %s", done.Kind), done.Key+": "+done.Why)
	case !done.Same:
		r.Find(ByRecomputing, done.Key, "done again, "+done.Why)
	}
}
