package plan

import (
	"math"

	"temper/model/compute"
	"temper/model/recipe"
)

func (b *builder) rl(s recipe.Stage) {
	d := b.data[s.RL.Data]
	set, least := b.bounded(*s.RL, d)
	s.RL = &set
	b.ends[s.Name] = ends{float64(set.Steps), least}
	steps, perStep := float64(set.Steps), float64(set.ProblemsPerStep)
	prompts := steps * perStep
	rollouts := perStep * b.groups(set, d.Problems)
	shards := max(1, min(float64(set.Shards), perStep))
	decided, searches := b.decisions(s)
	if set.Temperature.Search {
		searches++
	}
	search := 0.0
	if searches > 0 {
		search = b.search(s.Name, d, searches)
	}
	response := b.sample(sampling{stage: s.Name, prompts: prompts, each: over(rollouts, prompts), prompt: d.PromptTokens, budget: float64(set.MaxResponseTokens),
		shards: steps * shards, atATime: shards, domain: set.Domain}, true)
	b.update(s, rollouts, d.PromptTokens, response)
	perStepActs := shards*(1+judging(set.Domain)) + 1
	inside := 0.0
	if every := float64(set.EvaluateEvery); every > 0 {
		inside = b.inside(s, math.Ceil(steps/every)-1+b.handsOn(s))
	}
	b.stageChild(s.Name, "RLStage", perStepActs*steps+b.solved(s, d)+decided, steps, steps, search, inside)
}

// ends are the policy steps that a stage takes at the most, and at the least where a plateau may end it.
type ends struct{ steps, least float64 }

// bounded is a stage with the steps that its rule by epochs leaves, and the fewest after which its plateau may end it.
func (b *builder) bounded(s recipe.RL, d Data) (set recipe.RL, least float64) {
	if s.Stop.Epochs > 0 && d.Problems > 0 && s.ProblemsPerStep > 0 {
		if n := math.Ceil(float64(s.Stop.Epochs) * d.Problems / float64(s.ProblemsPerStep)); n < float64(s.Steps) {
			s.Steps = int(n)
		}
	}
	least = float64(s.Steps)
	if p := s.Stop.Plateau; p.On() {
		least = min(least, float64(max(p.MinSteps, 2*p.Window)))
	}
	s.Steps -= s.Done
	return s, least - float64(s.Done)
}

// decisions plans what a stage records of its rules: why it ended, and each time that the entropy left its band. It returns how
// many activities those are and how many searches the band may begin.
func (b *builder) decisions(s recipe.Stage) (acts, searches float64) {
	set := s.RL
	if set.Stop.On() {
		b.act(Activity{Stage: s.Name, Of: "its end", Name: "RecordDecision", Count: 1, Bytes: recordBytes})
		b.act(Activity{Stage: s.Name, Of: "its end", Name: "SaveCheckpoint", Count: 1, Bytes: b.checkpointBytes()})
		acts += 2
	}
	if band := set.Band; band.On() && band.Then != recipe.BandGoOn {
		left := math.Floor(float64(set.Steps) / float64(max(1, band.Over)))
		b.act(Activity{Stage: s.Name, Of: "its band", Name: "RecordDecision", Count: left, Bytes: left * recordBytes})
		acts += left
		if band.Then == recipe.BandSearch { // one that is left with the last step begins none
			searches = min(float64(band.MaxSearches), math.Floor(float64(set.Steps-1)/float64(max(1, band.Over))))
		}
	}
	return acts, searches
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

// search plans so many temperature searches of a stage and returns how many measurements they may take. Where their standard
// error is bounded, each is planned with all prompts that it may ask for, in batches that grow fourfold.
func (b *builder) search(stage string, d Data, searches float64) float64 {
	set := b.recipe.TemperatureSearch
	measured := searches * float64(set.MaxMeasurements)
	prompts, batches := min(float64(set.Problems), d.Problems), 1.0
	if set.MaxStandardError > 0 && prompts > 0 {
		most := d.Problems
		if set.MaxProblems > 0 {
			most = min(most, float64(set.MaxProblems))
		}
		batches += math.Ceil(math.Log(max(1, most/prompts)) / math.Log(4))
		prompts = max(prompts, most)
	}
	acts := measured * batches
	b.sample(sampling{stage: stage, of: "temperature", prompts: measured * prompts, each: 1, prompt: d.PromptTokens, budget: float64(set.MaxResponseTokens), shards: acts, atATime: 1}, false)
	b.act(Activity{Stage: stage, Of: "temperature", Name: "RecordTemperature", Count: searches, Bytes: searches * recordBytes})
	b.child(stage+"/temperature", "TemperatureSearch", over(acts, searches)+1, 0, 0, 0)
	if more := searches - 1; more > 0 { // each is a child of its own, with a ledger
		b.ledgers(stage, more)
	}
	return measured
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
