package plan

import (
	"math"

	"temper/model/compute"
	"temper/model/recipe"
)

func (b *builder) rl(s recipe.Stage) {
	set := s.RL
	d := b.data[set.Data]
	steps, perStep := float64(set.Steps), float64(set.ProblemsPerStep)
	prompts := steps * perStep
	rollouts := perStep * b.groups(*set, d.Problems)
	shards := max(1, min(float64(set.Shards), perStep))
	search := 0.0
	if set.Temperature.Search {
		search = b.search(s.Name, d)
	}
	response := b.sample(sampling{stage: s.Name, prompts: prompts, each: over(rollouts, prompts), prompt: d.PromptTokens, budget: float64(set.MaxResponseTokens),
		shards: steps * shards, atATime: shards, domain: set.Domain}, true)
	b.update(s, rollouts, d.PromptTokens, response)
	perStepActs := shards*(1+judging(set.Domain)) + 1
	inside := 0.0
	if every := float64(set.EvaluateEvery); every > 0 {
		inside = b.inside(s, math.Ceil(steps/every)-1)
	}
	b.stageChild(s.Name, "RLStage", perStepActs*steps+b.solved(s, d), steps, steps, search, inside)
}

// groups is the sum of the group sizes of all steps, which may change by epoch.
func (b *builder) groups(s recipe.RL, problems float64) float64 {
	steps := float64(s.Steps)
	perEpoch := math.Inf(1)
	if s.ProblemsPerStep > 0 && problems > 0 {
		perEpoch = max(1, problems/float64(s.ProblemsPerStep))
	}
	sum := 0.0
	for epoch := 0; epoch < len(s.ByEpoch)-1 && steps > 0; epoch++ {
		size, _ := s.InEpoch(epoch)
		n := min(steps, perEpoch)
		sum, steps = sum+n*float64(size), steps-n
	}
	last, _ := s.InEpoch(len(s.ByEpoch))
	return sum + steps*float64(last)
}

// search plans a temperature search and returns how many measurements it may take.
func (b *builder) search(stage string, d Data) float64 {
	set := b.recipe.TemperatureSearch
	most := float64(set.MaxMeasurements)
	prompts := min(float64(set.Problems), d.Problems)
	b.sample(sampling{stage: stage, of: "temperature", prompts: most * prompts, each: 1, prompt: d.PromptTokens, budget: float64(set.MaxResponseTokens), shards: most, atATime: 1}, false)
	b.act(Activity{Stage: stage, Of: "temperature", Name: "RecordTemperature", Count: 1, Bytes: recordBytes})
	b.child(stage+"/temperature", "TemperatureSearch", most+1, 0, 0, 0)
	return most
}

// update plans the policy steps' updates.
func (b *builder) update(s recipe.Stage, rollouts, prompt, response float64) {
	set := s.RL
	o := set.Objective.WithDefaults()
	needs, epochs := o.Needs(), float64(max(1, o.Updates.Epochs))
	length, most := prompt+response, prompt+float64(set.MaxResponseTokens)
	passes := 0.0
	if needs.Reference {
		passes++
	}
	if needs.OldValue {
		passes++
	}
	if needs.LogProb || needs.Entropy || needs.Value {
		passes += epochs
	}
	checkpoints := math.Ceil(float64(set.Steps) / float64(max(1, set.CheckpointEvery)))
	a := Activity{Stage: s.Name, Name: "UpdatePolicy", Count: float64(set.Steps), Tokens: Tokens{Read: passes * rollouts * length}, Most: Tokens{Read: passes * rollouts * most}}
	a.FLOPs = passes * b.in.Shape.Forward(compute.Row(length, length).Times(rollouts))
	a.Bytes = checkpoints*b.checkpointBytes() + a.Count*recordBytes
	b.act(b.training(a, rollouts*epochs, length, response, most))
}
