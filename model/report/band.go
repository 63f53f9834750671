package report

import (
	"fmt"

	"temper/model/recipe"
	"temper/model/temperature"
)

// Left is one time that a stage's entropy left its band.
type Left struct {
	// Step is the policy step with which it did, counted from 1; its record has the step's entropy.
	Step Number
	// Mean is over the band's last steps.
	Mean float64
}

// leftBand are the times that a stage's entropy left its band.
func leftBand(s Stage) []Left {
	if s.RL == nil || !s.RL.Band.On() {
		return nil
	}
	var all []Left
	var watch temperature.Watch
	for _, point := range s.Entropy {
		var mean float64
		var left bool
		if watch, mean, left = watch.After(point.Value, s.RL.Band); left {
			all = append(all, Left{Number{float64(point.Step), point.Source}, mean})
		}
	}
	return all
}

// entropyPlot is the curve of a stage's entropy, with its band and with the target of its searches.
func entropyPlot(run Run, s Stage) plot {
	top := 0.0
	for _, other := range run.Stages {
		top = max(top, other.Entropy.top())
		if other.RL == nil {
			continue
		}
		top = max(top, other.RL.Band.High)
		if other.RL.Searches() {
			top = max(top, run.Recipe.TemperatureSearch.TargetEntropy)
		}
	}
	p := plot{title: "Temperature-adjusted entropy", unit: "nats", curve: s.Entropy, top: niceTop(top), format: hundredth, tick: hundredth}
	if s.RL == nil {
		return p
	}
	if s.RL.Searches() {
		target := run.Recipe.TemperatureSearch.TargetEntropy
		p.reference, p.referenceName = target, "target "+number(target)
	}
	p.band = s.RL.Band
	if p.band.On() && p.referenceName == "" {
		p.reference, p.referenceName = p.band.High, bandName(p.band)
	}
	return p
}

// bandName is a band for people.
func bandName(b recipe.Band) string { return fmt.Sprintf("band %g to %g", b.Low, b.High) }
