package objective

// MeanStats is the mean over mini-batches, each with the same weight; Tokens are
// those of all.
func MeanStats(all []ResultStats) (mean ResultStats) {
	n := float64(max(1, len(all)))
	for _, s := range all {
		mean.Tokens += s.Tokens
		mean.ClippedLow += s.ClippedLow / n
		mean.ClippedHigh += s.ClippedHigh / n
		mean.KL += s.KL / n
		mean.Entropy += s.Entropy / n
		mean.Value += s.Value / n
		mean.Likelihood += s.Likelihood / n
	}
	return mean
}
