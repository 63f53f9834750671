package temperature

import "temper/model/recipe"

// Watch is how the entropy of a stage's policy steps stands to its band.
type Watch struct {
	// Recent are the entropies of the last steps, as many as the band looks at, since it was left last.
	Recent []float64 `json:"recent,omitempty"`
	// Left counts how often the band was left, Searches the searches that followed.
	Left     int `json:"left,omitempty"`
	Searches int `json:"searches,omitempty"`
}

// After is the watch with one more step's entropy in nats, and, where the band is left with it, the mean of the
// last Over steps that is outside.
func (w Watch) After(entropy float64, band recipe.Band) (next Watch, mean float64, left bool) {
	recent := append(append([]float64{}, w.Recent...), entropy)
	w.Recent = recent[max(0, len(recent)-band.Over):]
	for _, e := range w.Recent {
		mean += e / float64(len(w.Recent))
	}
	if len(w.Recent) < band.Over || mean >= band.Low && mean <= band.High {
		return w, mean, false
	}
	w.Recent, w.Left = nil, w.Left+1
	return w, mean, true
}
