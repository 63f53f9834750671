package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// String is the outcome in a few lines.
func (o *outcome) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d: %s in %.1f s, %d records, %d rollouts; duplicates %d, losses %d, contradictions %d\n", o.seed, short(o.digest), o.took.Seconds(), o.records, o.rollouts, o.again, o.lost, o.wrong)
	fmt.Fprintf(&b, "  disturbed by: %s\n", strings.Join(o.events, "; "))
	for _, cause := range slices.Sorted(maps.Keys(o.redone)) {
		r := o.redone[cause]
		fmt.Fprintf(&b, "  done again after %s: %d attempts, %.1f s, about %.0f tokens\n", cause, r.attempts, r.seconds, r.tokens)
	}
	for _, cause := range slices.Sorted(maps.Keys(o.handOvers)) {
		fmt.Fprintf(&b, "  another attempt after %s: %s\n", cause, spread(o.handOvers[cause]))
	}
	if len(o.stops) > 0 {
		fmt.Fprintf(&b, "  a worker's end after SIGTERM: %s\n", spread(o.stops))
	}
	return b.String()
}

// table is one line per schedule, and what they come to.
func table(all []*outcome) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "seed\tdigest\trecords\tduplicates\tlosses\tcontradictions\tdone again\ttokens\thand-over after kill -9\tafter SIGTERM\ttime\tdisturbed by")
	sum := &outcome{redone: map[string]*redone{}}
	for _, o := range all {
		attempts, seconds, tokens := 0, 0.0, 0.0
		for cause, r := range o.redone {
			attempts, seconds, tokens = attempts+r.attempts, seconds+r.seconds, tokens+r.tokens
			if sum.redone[cause] == nil {
				sum.redone[cause] = &redone{}
			}
			s := sum.redone[cause]
			s.attempts, s.seconds, s.tokens = s.attempts+r.attempts, s.seconds+r.seconds, s.tokens+r.tokens
		}
		for cause, times := range o.handOvers {
			for _, d := range times {
				sum.handed(cause, d)
			}
		}
		sum.stops = append(sum.stops, o.stops...)
		fmt.Fprintf(w, "%d\t%s\t%d\t%d\t%d\t%d\t%d: %.1f s\t%.0f\t%s\t%s\t%.1f s\t%s\n", o.seed, short(o.digest), o.records, o.again, o.lost, o.wrong,
			attempts, seconds, tokens, spread(o.handOvers["kill -9 worker"]), spread(o.handOvers["SIGTERM worker"]), o.took.Seconds(), strings.Join(o.events, "; "))
	}
	_ = w.Flush()
	_, causes, _ := strings.Cut(sum.String(), "disturbed by: \n")
	return b.String() + fmt.Sprintf("%d schedules, by cause:\n", len(all)-1) + causes
}

func short(digest string) string { return digest[:min(8, len(digest))] }

// spread is the median and the longest of some times.
func spread(times []time.Duration) string {
	if len(times) == 0 {
		return "-"
	}
	sorted := slices.Sorted(slices.Values(times))
	return fmt.Sprintf("%.1f s (%d, at most %.1f s)", sorted[len(sorted)/2].Seconds(), len(sorted), sorted[len(sorted)-1].Seconds())
}
