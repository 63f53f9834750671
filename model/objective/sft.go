package objective

// sft is the likelihood of the demonstrations: L = -log pi. Rollouts that were
// kept (Expert Iteration, rejection fine-tuning) are demonstrations too.
var sft = Objective{
	Source:         "maximum likelihood",
	Demonstrations: Drawn,
	Uses:           []string{"denominator", "constant", "masked_sequences"},
	Needs:          func(Settings) Carriers { return Carriers{LogProb: true} },
	Loss: func(s Settings, b Batch) Result {
		result := newResult(b)
		result.addLikelihood(b, s.divisors(b, isDemonstration), func(int, int) float64 { return 1 })
		return result
	},
}

// addLikelihood adds -weight log pi of every token, with the weight as a constant.
func (r *Result) addLikelihood(b Batch, divisors []float64, weight func(i, t int) float64) {
	before := r.Loss
	for i, t := range b.tokens(divisors) {
		w := weight(i, t)
		r.add(i, t, -w*b.Sequences[i].LogProb[t], -w, divisors[i])
	}
	r.Stats.Likelihood = r.Loss - before
}
