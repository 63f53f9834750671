package plan

import (
	"math"

	"temper/model/recipe"
)

// solved plans the filters of a stage after whose epochs solved problems leave, as if none did, and
// returns how many activities they are: what leaves makes later epochs shorter, and their filters cheaper.
func (b *builder) solved(s recipe.Stage, d Data) float64 {
	set := s.RL.Solved
	if !set.On() || d.Problems == 0 {
		return 0
	}
	perEpoch := max(1, math.Ceil(d.Problems/float64(s.RL.ProblemsPerStep)))
	times := math.Ceil(float64(s.RL.Steps)/perEpoch) - 1 // the last step's epoch needs none
	if set.Drop == recipe.SolvedFirstEpoch {
		times = min(times, 1)
	}
	if times < 1 {
		return 0
	}
	acts := times
	if set.By != recipe.SolvedByRollouts {
		shards := max(1, min(float64(set.Shards), d.Problems))
		b.sample(sampling{stage: s.Name, of: "solved", prompts: times * d.Problems, each: float64(set.Samples), prompt: d.PromptTokens, budget: float64(set.MaxResponseTokens),
			shards: times * shards, atATime: shards, domain: s.RL.Domain}, true)
		b.act(Activity{Stage: s.Name, Of: "solved", Name: "SaveCheckpoint", Count: times, Bytes: times * (b.checkpointBytes() + recordBytes)})
		acts += times * (shards*(1+judging(s.RL.Domain)) + 1)
	}
	b.act(Activity{Stage: s.Name, Of: "solved", Name: "DropSolved", Count: times, Bytes: times * (tokenBytes*d.Problems*d.PromptTokens + recordBytes)})
	return acts
}
