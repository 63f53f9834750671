package recipe

import "testing"

func TestSizes(t *testing.T) {
	r := Recipe{
		Model: Model{MaxPositionEmbeddings: 100}, Numerics: Numerics{GenerationRows: 16},
		Stages: []Stage{
			{Kind: KindSFT, SFT: &SFT{BatchSize: 8, MaxTokens: 300}}, {Kind: KindSFT, SFT: &SFT{BatchSize: 20, MaxTokens: 30}},
			{Kind: KindRL, RL: &RL{ProblemsPerStep: 4, GroupSize: 8, Shards: 2, MaxResponseTokens: 60}},
		},
	}
	want := Sizes{Numerics: r.Numerics, Rows: 32, LongestRow: 100, Responses: 16, LongestPrompt: 40, MaxResponse: 60}
	if got := r.Sizes(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	r.Stages[2].RL.ByEpoch = []EpochSettings{{GroupSize: 2}, {GroupSize: 16}, {Temperature: 1}}
	if got := r.Sizes(); got.Rows != 64 || got.Responses != 32 {
		t.Errorf("with groups of 16 in an epoch %+v", got)
	}
	r.Stages = r.Stages[:2]
	r.Evaluation.Benchmarks = []Benchmark{{Samples: 2, MaxResponseTokens: 10}}
	want = Sizes{Numerics: r.Numerics, Rows: 8, LongestRow: 100, Responses: 16, LongestPrompt: 90, MaxResponse: 10}
	if got := r.Sizes(); got != want {
		t.Errorf("without RL %+v, want %+v", got, want)
	}
}
