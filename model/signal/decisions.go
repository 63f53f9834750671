package signal

import (
	"fmt"
	"math"

	"temper/model/artifact"
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
