package teacher

import "temper/model/recipe"

// Samples is how many responses a problem gets: as many as all, or where the recipe gives their mean, samples or one less, by a
// draw of the question's. More in the mean is never fewer to a problem.
func Samples(t recipe.Teach, seed uint64, question string) int {
	drawn := float64(recipe.DeriveSeed(seed, "responses to "+question)>>11) / (1 << 53) // uniform in [0, 1)
	if t.MeanSamples > 0 && drawn < float64(t.Samples)-t.MeanSamples {
		return t.Samples - 1
	}
	return t.Samples
}
