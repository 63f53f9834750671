package report

import (
	"math"

	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/rollout"
	"temper/model/signal"
	"temper/model/temperature"
)

// Search is one of a stage's temperature searches.
type Search struct {
	// Name tells a later search of a stage apart; the first has none.
	Name string
	// After is the number of policy steps that the stage had made.
	After             int
	Target, Tolerance float64
	// Bound is that of the standard error, 0 without one.
	Bound        float64
	Measurements []Measured
	// Chosen and Entropy are unknown while the search goes on; EntropySE also where no standard error is known.
	Chosen, Entropy, EntropySE Number
	Met                        bool
	// TooManyCut says that more responses were cut than the search allows, Imprecise that the standard
	// error is above the bound, Interpolated that nobody sampled at the chosen temperature.
	TooManyCut, Imprecise, Interpolated bool
}

// Measured is one candidate of a temperature search.
type Measured struct {
	Temperature, Entropy, EntropySE, ResponseLength, Truncation, Rollouts, Problems, Tokens Number
	Chosen                                                                                  bool
}

// searchesOf are the searches of a stage's records, which come sorted by search, candidate and batch.
func searchesOf(settings recipe.TemperatureSearch, own []record) []Search {
	var searches []Search
	of := func(m record) *Search {
		for i := range searches {
			if searches[i].Name == m.Name {
				return &searches[i]
			}
		}
		searches = append(searches, Search{Name: m.Name, Target: settings.TargetEntropy, Tolerance: settings.Tolerance, Bound: settings.MaxStandardError})
		return &searches[len(searches)-1]
	}
	var candidate []record // the batches of one candidate
	for i, m := range own {
		switch m.Kind {
		case artifact.KindMeasurement:
			if n := len(candidate); n > 0 && candidate[n-1].Shard == m.Shard && m.Shard > 0 { // done again after a reset
				candidate = candidate[:n-1]
			}
			candidate = append(candidate, m)
			if i+1 == len(own) || !sameCandidate(m, own[i+1]) {
				s := of(m)
				s.Measurements = append(s.Measurements, measuredOf(candidate))
				candidate = nil
			}
		case artifact.KindTemperature:
			of(m).decide(m)
		}
	}
	for i := range searches {
		s := &searches[i]
		for j, m := range s.Measurements {
			s.Measurements[j].Chosen = s.Chosen.Known() && math.Abs(m.Temperature.Value-s.Chosen.Value) < 1e-9
		}
	}
	return searches
}

// sameCandidate says whether next is a further batch of m's candidate.
func sameCandidate(m, next record) bool {
	return next.Kind == m.Kind && next.Name == m.Name && next.Step == m.Step && next.Shard > 0
}

// decide takes over a search's decision.
func (s *Search) decide(m record) {
	s.After = m.Step
	s.Chosen, s.Entropy, s.EntropySE = m.number(artifact.MetricTemperature), m.number(artifact.MetricEntropy), m.number(artifact.MetricEntropySE)
	s.Met = m.Metrics[artifact.MetricWithinTolerance] == 1
	s.TooManyCut = m.Metrics[artifact.MetricTooManyCut] == 1
	s.Imprecise = m.Metrics[artifact.MetricImprecise] == 1
	s.Interpolated = m.Metrics[artifact.MetricInterpolated] == 1
	if target := m.number(artifact.MetricTargetEntropy); target.Known() {
		s.Target = target.Value
	}
}

// measuredOf is a candidate by all its batches; its figures lead to the first.
func measuredOf(batches []record) Measured {
	first := batches[0]
	m := Measured{
		Temperature: first.number(artifact.MetricTemperature), Entropy: first.number(artifact.MetricEntropy), EntropySE: first.number(artifact.MetricEntropySE),
		ResponseLength: first.number(artifact.MetricResponseLength), Truncation: first.number(artifact.MetricTruncation), Rollouts: first.number(artifact.MetricRollouts),
		Problems: first.number(artifact.MetricProblems), Tokens: first.number(artifact.MetricResponseTokens),
	}
	if len(batches) == 1 {
		return m
	}
	var sums rollout.EntropySums
	var rollouts, cut float64
	for _, b := range batches {
		sums = sums.Add(rollout.EntropySumsFrom(b.Metrics))
		rollouts += b.Metrics[artifact.MetricRollouts]
		cut += b.Metrics[artifact.MetricRollouts] * b.Metrics[artifact.MetricTruncation]
	}
	m.Entropy.Value, m.EntropySE.Value = sums.Mean(), sums.SE()
	m.Problems.Value, m.Tokens.Value, m.Rollouts.Value = float64(sums.Problems), sums.Tokens, rollouts
	if rollouts > 0 {
		m.ResponseLength.Value, m.Truncation.Value = sums.Tokens/rollouts, cut/rollouts
	}
	return m
}

// remarkOfSearch is what is to be said of a search that has ended.
func remarkOfSearch(r recipe.Recipe, stage string, s Search) (signal.Remark, bool) {
	if !s.Chosen.Known() {
		return signal.Remark{}, false
	}
	d := temperature.Decision{Done: true, WithinTolerance: s.Met, Truncated: s.TooManyCut, Imprecise: s.Imprecise}
	d.Chosen = s.Found()
	return signal.OfSearch(stage, r.TemperatureSearch, d)
}

// Found is what the search has chosen; the zero Measurement while it goes on.
func (s Search) Found() temperature.Measurement {
	found := temperature.Measurement{Temperature: s.Chosen.Value, Entropy: s.Entropy.Value, EntropySE: s.EntropySE.Value, Interpolated: s.Interpolated}
	for _, m := range s.Measurements {
		if m.Chosen {
			found.Truncation, found.Problems, found.Rollouts = m.Truncation.Value, int(m.Problems.Value), int(m.Rollouts.Value)
		}
	}
	return found
}

// Outcome says in words how a search ended, "" while it goes on.
func (s Search) Outcome() string {
	switch {
	case !s.Chosen.Known():
		return ""
	case s.Interpolated:
		return "met by interpolation, not measured"
	case s.TooManyCut:
		return "not met: too many of the responses were cut"
	case !s.Met:
		return "not met: the nearest was taken"
	case s.Imprecise:
		return "met, with a standard error above the bound"
	}
	return "met"
}
