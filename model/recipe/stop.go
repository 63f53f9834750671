package recipe

import "math"

// Stop ends an RL stage after the first policy step at which one of its rules holds. Steps of the
// stage stays the bound, and the length of its learning rate's schedule: in a stage that ends
// early a cosine has not come down to its final fraction. (AceReason-Nemotron 1.0 trains code "until the policy
// converges" and prints no rule; these are ours.)
type Stop struct {
	// Epochs ends the stage when it has gone through its dataset so often: after the step with the
	// last problem, or that in which the next epoch begins. 0 is no such rule.
	Epochs int `json:"epochs,omitempty"`
	// Plateau ends the stage when its reward rises no more; absent, there is no such rule.
	Plateau Plateau `json:"plateau,omitzero"`
}

// On says whether there is any rule.
func (s Stop) On() bool { return s.Epochs > 0 || s.Plateau.On() }

// Plateau holds after a policy step, not before step MinSteps and not before 2·Window steps of the
// stage, when the mean reward of the last Window steps is less than MinGain above the mean
// reward of the Window steps before those. A step's reward is the mean over its graded rollouts.
type Plateau struct {
	// Window is a number of policy steps; 0 is no such rule.
	Window int `json:"window,omitempty"`
	// MinGain is in units of the reward: 0 holds only when the reward falls.
	MinGain float64 `json:"min_gain,omitempty"`
	// MinSteps is the first policy step, counted from 1, after which the rule may hold.
	MinSteps int `json:"min_steps,omitempty"`
}

// On says whether there is such a rule.
func (p Plateau) On() bool { return p.Window > 0 }

// Gain is the mean of the last Window of a stage's rewards, that of the Window before, and
// whether the rule holds; the means are not known before 2·Window steps. step counts from 1.
func (p Plateau) Gain(rewards []float64, step int) (last, before float64, holds bool) {
	n := len(rewards)
	if !p.On() || n < 2*p.Window {
		return math.NaN(), math.NaN(), false
	}
	last, before = mean(rewards[n-p.Window:]), mean(rewards[n-2*p.Window:n-p.Window])
	return last, before, step >= p.MinSteps && last-before < p.MinGain
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// maxWindow bounds the rewards that a stage carries from one execution to the next: two windows.
const maxWindow = 1000

// stop checks the rules that end a stage early.
func (v *validator) stop(at string, s RL) {
	v.atLeast(at+"epochs", s.Stop.Epochs, 0)
	p := s.Stop.Plateau
	at += "plateau."
	v.check(at+"window", p.Window >= 0 && p.Window <= maxWindow, "is %d; valid: 0 to %d", p.Window, maxWindow)
	v.check(at+"min_gain", p.MinGain >= 0 && !math.IsInf(p.MinGain, 0), "is %g; valid: 0 or above", p.MinGain)
	v.atLeast(at+"min_steps", p.MinSteps, 0)
	if p.Window == 0 {
		v.check(at+"window", p == Plateau{}, "is 0, but the rule has other fields; valid: 1 to %d", maxWindow)
		return
	}
	v.check(at+"window", 2*p.Window < s.Steps, "is %d, so that the rule needs %d steps, and steps is %d; valid: fewer than half the steps", p.Window, 2*p.Window, s.Steps)
	v.check(at+"min_steps", p.MinSteps < s.Steps, "is %d; valid: fewer than steps, which is %d", p.MinSteps, s.Steps)
}
