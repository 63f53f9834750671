package recipe

import "testing"

func TestSizes(t *testing.T) {
	r := Recipe{
		Model: Model{MaxPositionEmbeddings: 100}, Numerics: Numerics{GenerationRows: 16},
		SFT: []SFTPhase{{BatchSize: 8, MaxTokens: 300}, {BatchSize: 20, MaxTokens: 30}},
		RL:  []RLStage{{ProblemsPerStep: 4, GroupSize: 8, Shards: 2, MaxResponseTokens: 60}},
	}
	want := Sizes{Numerics: r.Numerics, Rows: 32, LongestRow: 100, Responses: 16, LongestPrompt: 40, MaxResponse: 60}
	if got := r.Sizes(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	r.RL = nil
	r.Evaluation.Benchmarks = []Benchmark{{Samples: 2, MaxResponseTokens: 10}}
	want = Sizes{Numerics: r.Numerics, Rows: 8, LongestRow: 100, Responses: 16, LongestPrompt: 90, MaxResponse: 10}
	if got := r.Sizes(); got != want {
		t.Errorf("without RL %+v, want %+v", got, want)
	}
}
