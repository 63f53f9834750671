package recipe

// Sizes are the largest pieces of work that a recipe asks of a worker that computes.
// Lengths of prompts are not known before the data is read: a row is then taken to
// be as long as the model can read.
type Sizes struct {
	Numerics Numerics `json:"numerics"`
	// Rows of LongestRow tokens go through one update; no Rows: nothing is trained.
	Rows       int `json:"rows"`
	LongestRow int `json:"longest_row"`
	// Responses of up to MaxResponse tokens are drawn together.
	Responses     int `json:"responses"`
	LongestPrompt int `json:"longest_prompt"`
	MaxResponse   int `json:"max_response"`
}

// Sizes finds them.
func (r *Recipe) Sizes() Sizes {
	s := Sizes{Numerics: r.Numerics}
	longest := r.Model.MaxPositionEmbeddings
	trained := func(rows, tokens int) {
		if rows*tokens > s.Rows*s.LongestRow {
			s.Rows, s.LongestRow = rows, tokens
		}
	}
	sampled := func(responses, tokens int) {
		s.Responses, s.MaxResponse = max(s.Responses, responses), max(s.MaxResponse, tokens)
	}
	for _, stage := range r.Stages {
		if s := stage.SFT; s != nil {
			trained(s.BatchSize, min(s.MaxTokens, longest))
		}
		if s := stage.RL; s != nil {
			trained(s.ProblemsPerStep*s.MaxGroupSize(), longest)
			sampled(s.ProblemsPerStep*s.MaxGroupSize()/max(1, s.Shards), s.MaxResponseTokens)
			if s.Solved.Samples > 0 {
				sampled(max(s.Solved.Samples, r.Numerics.GenerationRows), s.Solved.MaxResponseTokens)
			}
		}
		if s := stage.Curate; s != nil {
			for _, p := range s.PassRates() {
				sampled(max(p.Samples, r.Numerics.GenerationRows), p.MaxResponseTokens)
			}
		}
		if s := stage.Collect; s != nil { // of how many problems is known when the data is read
			sampled(max(s.Samples, r.Numerics.GenerationRows), s.MaxResponseTokens)
		}
	}
	for _, b := range r.Evaluation.Benchmarks {
		sampled(max(b.Samples, r.Numerics.GenerationRows), b.MaxResponseTokens)
	}
	s.LongestPrompt = max(1, longest-s.MaxResponse)
	return s
}
