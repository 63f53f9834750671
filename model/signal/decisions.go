package signal

import (
	"fmt"
	"math"

	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/model/recipe"
)

// OfStop says why an RL stage with rules that end it ended: which of them held after its policy step, after
// some whole epochs, or that none did. last and before are the means of the plateau's windows, NaN where they
// are not known; flat says that the plateau's rule holds.
func OfStop(stage string, s recipe.RL, step, epochs int, last, before float64, flat bool) Remark {
	at := fmt.Sprintf("it ended after %d of at most %d policy steps", step, s.Steps)
	window := s.Stop.Plateau.Window
	switch {
	case flat:
		at += fmt.Sprintf(", at a plateau: the mean reward of the last %d steps, %.4f, is less than %g above that of the %d before, %.4f",
			window, last, s.Stop.Plateau.MinGain, window, before)
	case s.Stop.Epochs > 0 && epochs >= s.Stop.Epochs:
		at += fmt.Sprintf(", having gone through %s %d times (stop.epochs is %d)", s.Data, epochs, s.Stop.Epochs)
	case math.IsNaN(last):
		at += ", the bound: no rule of stop held before"
	default:
		at += fmt.Sprintf(", the bound: no rule of stop held before (mean reward of the last %d steps %.4f, of the %d before %.4f)", window, last, window, before)
	}
	return Remark{stage, artifact.AboutStop, at}
}

// OfNothingLeft says why an RL stage ended whose problems have all left, solved, after some whole epochs.
func OfNothingLeft(stage string, s recipe.RL, step, epochs int) Remark {
	return Remark{stage, artifact.AboutStop, fmt.Sprintf("it ended after %d of at most %d policy steps, %d times through what was left of %s: every rollout solves all of it, and nothing is left to learn from; take harder problems",
		step, s.Steps, epochs, s.Data)}
}

// OfBand remarks on a stage whose entropy left its band after a policy step: for the left-th time, with the mean over the
// band's last steps, at a temperature. searches is how many searches the band has begun before.
func OfBand(stage string, b recipe.Band, step, left, searches int, mean, temperature float64) Remark {
	where, advice := "above", "lower"
	if mean < b.Low {
		where, advice = "below", "raise"
	}
	text := fmt.Sprintf("the entropy was %.3f nats in the mean of the policy steps %d to %d, %s the band of %g to %g (temperature %.2f)",
		mean, step-b.Over+1, step, where, b.Low, b.High, temperature)
	if left > 1 {
		text += fmt.Sprintf(", out of it for the %s time", ordinal(left))
	}
	at := "stages." + stage + "."
	switch {
	case b.Then == recipe.BandSearch && searches < b.MaxSearches:
		text += fmt.Sprintf("; its temperature was searched for anew, search %d of %d", searches+1, b.MaxSearches)
	case b.Then == recipe.BandSearch:
		text += fmt.Sprintf("; %sband.max_searches, %d, allows no further search: %s %stemperature, or raise it", at, b.MaxSearches, advice, at)
	default:
		text += fmt.Sprintf("; %s %stemperature, or let %sband.then be search", advice, at, at)
	}
	return Remark{stage, artifact.AboutBand, text}
}

// ordinal is a number as it counts, for people.
func ordinal(n int) string {
	ending := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, ending)
}

// OfHandOn says which of its candidates a stage hands on, and why. reason is a person's, "" for none.
func OfHandOn(stage string, h recipe.HandOn, candidates []evaluation.Candidate, chosen evaluation.Candidate, reason string) Remark {
	last := candidates[len(candidates)-1]
	text := fmt.Sprintf("it hands on %s of %d candidates, ", chosen, len(candidates))
	if h.Policy == recipe.HandOnPerson {
		text += "which a person chose"
		if reason != "" {
			text += fmt.Sprintf(" (%q)", reason)
		}
	} else {
		text += fmt.Sprintf("the highest avg@k on %s and of equal ones the earliest", h.Benchmark)
	}
	if chosen.Name != last.Name {
		text += fmt.Sprintf("; its last policy is %s", last)
	}
	return Remark{stage, artifact.AboutHandOn, text}
}
