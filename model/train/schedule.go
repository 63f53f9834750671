package train

import "math"

// Schedule gives the learning rate of every optimiser step: with W WarmupSteps, N
// TotalSteps and r MinRatio, at step s, counting from 0,
//
//	LearningRate · min(1, (s+1)/W) · (r + (1-r)·(1+cos(π·s/N))/2)
//
// The cosine spans the warm-up too, and the first step already learns; without a
// warm-up it is verl's cosine schedule and, with r = 0, Hugging Face's. r = 1 leaves
// the warm-up alone.
type Schedule struct {
	LearningRate float64
	WarmupSteps  int
	TotalSteps   int     // at least 1
	MinRatio     float64 // the floor, as a fraction of LearningRate
}

// At is the learning rate of a step, counting from 0; past the last step it stays there.
func (s Schedule) At(step int) float64 {
	at, warmup, total := float64(step), float64(s.WarmupSteps), float64(s.TotalSteps)
	cosine := s.MinRatio + (1-s.MinRatio)*0.5*(1+math.Cos(math.Pi*min(1, at/total)))
	return s.LearningRate * min(1, (at+1)/max(1, warmup)) * cosine
}
