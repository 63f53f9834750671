package recipe

// Band watches the temperature-adjusted entropy of an RL stage's policy steps: that of the rollouts
// that a step learns from, at the temperature that they were sampled at (AceReason-Nemotron 1.1
// §3 keeps it around 0.3 nats and prints no rule; the run of its figure that did best moved from 0.26 to 0.38,
// which makes a band of 0.2 to 0.4 of it; what happens outside is ours).
type Band struct {
	// Low and High are its ends, in nats per response token. The band is left when the mean of the
	// last Over steps is outside; then the count of steps begins anew.
	Low  float64 `json:"low,omitempty"`
	High float64 `json:"high,omitempty"`
	Over int     `json:"over,omitempty"`
	// Then is what follows: "go_on" (the report shows it), "warn" (it is remarked on too), "wait" (the run
	// is paused until a person resumes or stops it) or "search": the temperature is searched
	// for anew with the newest policy, by the settings of temperature_search.
	Then BandAction `json:"then,omitempty"`
	// MaxSearches bounds the searches of a stage that leaving its band begins; later it warns.
	MaxSearches int `json:"max_searches,omitempty"`
}

// On says whether there is a band.
func (b Band) On() bool { return b != Band{} }

// BandAction is what follows when a stage's entropy leaves its band.
type BandAction string

// What follows: see Band.
const (
	BandGoOn   BandAction = "go_on"
	BandWarn   BandAction = "warn"
	BandWait   BandAction = "wait"
	BandSearch BandAction = "search"
)

func (BandAction) words() []string { return texts(BandGoOn, BandWarn, BandWait, BandSearch) }

// Searches says whether the stage may search for a temperature: when it begins, or when its entropy leaves its band.
func (s RL) Searches() bool { return s.Temperature.Search || s.Band.Then == BandSearch }

// band checks the band of a stage.
func (v *validator) band(at string, s RL) {
	b := s.Band
	if !b.On() {
		return
	}
	v.check(at+"low", b.Low >= 0, "is %g; valid: 0 or above", b.Low)
	v.check(at+"high", b.High > b.Low, "is %g; valid: above low, which is %g", b.High, b.Low)
	v.check(at+"over", b.Over >= 1 && b.Over <= maxWindow, "is %d; valid: 1 to %d policy steps", b.Over, maxWindow)
	v.word(at+"then", b.Then)
	if b.Then != BandSearch {
		v.check(at+"max_searches", b.MaxSearches == 0, "is %d; valid: absent unless then is %q", b.MaxSearches, BandSearch)
		return
	}
	v.atLeast(at+"max_searches", b.MaxSearches, 1)
	for _, of := range s.ByEpoch {
		v.check(at+"then", of.Temperature == 0, "is %q, but by_epoch gives temperatures; valid: go_on, warn, wait, or by_epoch without temperatures", b.Then)
		if of.Temperature != 0 {
			return
		}
	}
}
