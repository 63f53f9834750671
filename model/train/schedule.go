package train

import (
	"fmt"
	"math"
)

// The kinds of Schedule. s is the step, counting from 0, W WarmupSteps, N
// TotalSteps and r MinRatio.
const (
	// Constant: LearningRate · min(1, s/W).
	Constant = "constant"
	// Cosine: LearningRate · s/W during warm-up; after it LearningRate ·
	// (r + (1-r)·(1+cos(π·(s-W)/(N-W)))/2), held at its end from step N on.
	// With r = 0 it is Hugging Face's cosine schedule, otherwise verl's.
	Cosine = "cosine"
	// CosineThroughout: LearningRate · min(1, (s+1)/W) · (r +
	// (1-r)·(1+cos(π·s/N))/2): the cosine spans the warm-up too, and the first
	// step already learns. r = 1 leaves the warm-up alone.
	CosineThroughout = "cosine-throughout"
)

// Schedule gives the learning rate of every optimiser step.
type Schedule struct {
	Kind         string // Constant, Cosine or CosineThroughout
	LearningRate float64
	WarmupSteps  int
	TotalSteps   int     // unused by Constant
	MinRatio     float64 // the floor, as a fraction of LearningRate; unused by Constant
}

// Validate reports the first field that makes no schedule.
func (s Schedule) Validate() error {
	switch s.Kind {
	case Constant:
	case Cosine, CosineThroughout:
		if s.TotalSteps < 1 {
			return fmt.Errorf("schedule: TotalSteps is %d; a cosine needs at least 1", s.TotalSteps)
		}
		if !(s.MinRatio >= 0 && s.MinRatio <= 1) {
			return fmt.Errorf("schedule: MinRatio is %v; it must lie between 0 and 1", s.MinRatio)
		}
	default:
		return fmt.Errorf("schedule: Kind is %q; valid are %q, %q and %q", s.Kind, Constant, Cosine, CosineThroughout)
	}
	if !(s.LearningRate >= 0) || math.IsInf(s.LearningRate, 0) {
		return fmt.Errorf("schedule: LearningRate is %v; it must be finite and not negative", s.LearningRate)
	}
	if s.WarmupSteps < 0 {
		return fmt.Errorf("schedule: WarmupSteps is %d; it must not be negative", s.WarmupSteps)
	}
	return nil
}

// At is the learning rate of a step, counting from 0.
func (s Schedule) At(step int) float64 {
	at, warmup, total := float64(step), float64(s.WarmupSteps), float64(s.TotalSteps)
	cosine := func(progress float64) float64 {
		return s.MinRatio + (1-s.MinRatio)*0.5*(1+math.Cos(math.Pi*min(1, progress)))
	}
	switch {
	case s.Kind == CosineThroughout:
		return s.LearningRate * min(1, (at+1)/max(1, warmup)) * cosine(at/total)
	case step < s.WarmupSteps:
		return s.LearningRate * at / warmup
	case s.Kind == Cosine:
		return s.LearningRate * cosine((at-warmup)/max(1, total-warmup))
	default:
		return s.LearningRate
	}
}
