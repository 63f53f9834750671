package recipe

import "temper/model/objective"

// SFT are the settings of a supervised stage: several epochs over one dataset, loss on response tokens.
type SFT struct {
	// Data is a dataset of the recipe's data, or one that an earlier stage collects.
	Data string `json:"data"`
	// From is the policy that the stage begins with: "last" (or "": that of the stage
	// before), "base" (what the run began with) or the name of an earlier stage, whose policy it is.
	From string `json:"from,omitempty"`
	// Epochs is the number of passes over the dataset, each in a new order.
	Epochs int `json:"epochs"`
	// BatchSize is the number of examples per update.
	BatchSize int `json:"batch_size"`
	// MaxTokens is the longest example, prompt and response together.
	MaxTokens int       `json:"max_tokens"`
	Optimizer Optimizer `json:"optimizer"`
	// CheckpointEvery is the number of updates between durable checkpoints: at most this much is redone.
	CheckpointEvery int `json:"checkpoint_every"`
	// EvaluateEvery is the number of epochs after which the policy is evaluated while the stage trains
	// (AceReason-Nemotron 1.1 shows accuracies over 1 to 6 epochs); 0 is never. Batches run on over the end
	// of an epoch: its policy is that of the update with the epoch's last example.
	EvaluateEvery int `json:"evaluate_every,omitempty"`
	// EvaluateOn names the benchmarks of these evaluations; empty: all of the recipe's.
	EvaluateOn []string `json:"evaluate_on,omitempty"`
	// HandOn is which of its policies the stage leaves; absent, its last.
	HandOn HandOn `json:"hand_on,omitzero"`
}

// RL are the settings of a stage of reinforcement learning: rollouts, verdicts and an objective.
type RL struct {
	// Domain is "math", "code" or "activity": it chooses the verifier.
	Domain Domain `json:"domain"`
	// Reward is the verifier of the domain "activity".
	Reward *Reward `json:"reward,omitempty"`
	Data   string  `json:"data"`
	// Label is what the prompts carry: see Prompt.Labels.
	Label Label `json:"label,omitempty"`
	// MaxResponseTokens is the response budget.
	MaxResponseTokens int `json:"max_response_tokens"`
	// DataPosition is where in its dataset's order the stage begins: "reset" (or "") in an order of
	// its own, or "carry", where the newest earlier RL stage with this dataset ended, in that stage's
	// order: what is left of its epoch comes first. Epochs are counted from where the stage begins.
	DataPosition Carried `json:"data_position,omitempty"`
	// ProblemsPerStep problems are drawn per policy step, each with GroupSize rollouts.
	ProblemsPerStep int `json:"problems_per_step"`
	GroupSize       int `json:"group_size"`
	// Steps is the number of policy steps, at most where Stop is given.
	Steps int `json:"steps"`
	// Done is how many of the steps another run has done, whose checkpoint this one begins with (parent): the stage begins after
	// them, in their place of the dataset's order, of the random numbers and of the learning rate's schedule. With the
	// name, the settings and the seed of that run's stage it ends with the policy that stage ends with.
	Done int `json:"done,omitempty"`
	// Temperature is a number, or "search": the temperature at which the
	// temperature-adjusted entropy meets the target when the stage begins.
	Temperature Temperature `json:"temperature"`
	// ByEpoch changes group size and temperature as the stage goes through its dataset: its
	// first member holds in the first epoch, its last one in all later ones too.
	ByEpoch []EpochSettings `json:"by_epoch,omitempty"`
	// Demonstrations is the dataset of examples that objectives of the kinds chord, sft, srft
	// and uft learn from beside rollouts. Where the kind takes one of each problem (srft, uft),
	// it is the first that asks the same question; else DemonstrationsPerStep of them come
	// with every batch, 0 for as many as problems_per_step.
	Demonstrations        string `json:"demonstrations,omitempty"`
	DemonstrationsPerStep int    `json:"demonstrations_per_step,omitempty"`
	// DynamicSampling samples further batches where groups teach nothing; absent, there is one batch per step.
	DynamicSampling DynamicSampling `json:"dynamic_sampling,omitzero"`
	// Objective is what is learnt from a batch of rollouts; absent, it is GRPO with its defaults.
	Objective objective.Settings `json:"objective,omitzero"`
	Optimizer Optimizer          `json:"optimizer"`
	// Shards is into how many parts the rollouts of a step are cut; it must divide ProblemsPerStep.
	Shards int `json:"shards"`
	// CheckpointEvery is the number of policy steps between durable checkpoints.
	CheckpointEvery int `json:"checkpoint_every"`
	// EvaluateEvery is the number of policy steps after which the policy is evaluated while the stage
	// trains, which makes it a durable checkpoint; 0 is never.
	EvaluateEvery int `json:"evaluate_every,omitempty"`
	// EvaluateOn names the benchmarks of these evaluations; empty: all of the recipe's.
	EvaluateOn []string `json:"evaluate_on,omitempty"`
	// HandOn is which of its policies the stage leaves; absent, its last.
	HandOn HandOn `json:"hand_on,omitzero"`
	// Stop ends the stage before its last step; absent, it does all Steps.
	Stop Stop `json:"stop,omitzero"`
	// Band watches the entropy of the stage's steps; absent, nothing follows from it.
	Band Band `json:"band,omitzero"`
	// Solved leaves problems out that every rollout solves; absent, all stay.
	Solved Solved `json:"solved,omitzero"`
}

// EpochSettings are what an epoch of an RL stage does otherwise (AceReason-Nemotron 1.1 §3: groups of
// 8, then of 16 in the first code stage; temperatures from 0.6 to 1.0 in the second). 0 is the stage's.
type EpochSettings struct {
	GroupSize   int     `json:"group_size,omitempty"`
	Temperature float64 `json:"temperature,omitempty"`
}

// InEpoch is the group size, and the temperature, 0 for the stage's own, of an epoch counted from 0.
func (s RL) InEpoch(epoch int) (groupSize int, temperature float64) {
	groupSize = s.GroupSize
	if n := len(s.ByEpoch); n > 0 {
		of := s.ByEpoch[min(epoch, n-1)]
		if temperature = of.Temperature; of.GroupSize > 0 {
			groupSize = of.GroupSize
		}
	}
	return groupSize, temperature
}

// MaxGroupSize is the largest group size of any epoch.
func (s RL) MaxGroupSize() int {
	most, _ := s.InEpoch(0)
	for epoch := range s.ByEpoch {
		size, _ := s.InEpoch(epoch)
		most = max(most, size)
	}
	return most
}

// DynamicSampling leaves groups whose scores are all equal out of a step, and fills
// it up from further batches of problems (DAPO, arXiv 2503.14476 §3.2; veRL's filter_groups).
type DynamicSampling struct {
	// MaxBatches is the most batches of problems_per_step problems that a step samples; what
	// is still missing then stays missing. DAPO and NFT: 10. 0 or 1 is no dynamic sampling.
	MaxBatches int `json:"max_batches,omitempty"`
}

// On says whether groups that teach nothing are left out.
func (d DynamicSampling) On() bool { return d.MaxBatches > 1 }

// Optimizer is AdamW with clipping by global norm and a learning-rate schedule.
type Optimizer struct {
	LearningRate float64 `json:"learning_rate"`
	// Schedule is "constant" or "cosine"; both warm up linearly over WarmupSteps updates.
	Schedule    Schedule `json:"schedule"`
	WarmupSteps int      `json:"warmup_steps"`
	// FinalFraction is the share of LearningRate at which a cosine ends.
	FinalFraction float64 `json:"final_fraction"`
	Beta1         float64 `json:"beta1"`
	Beta2         float64 `json:"beta2"`
	Epsilon       float64 `json:"epsilon"`
	// WeightDecay is applied to matrices only, not to biases and norms.
	WeightDecay float64 `json:"weight_decay"`
	// MaxGradNorm is the global norm above which gradients are scaled down.
	MaxGradNorm float64 `json:"max_grad_norm"`
	// State is "reset" (the moments are zero when the stage begins, and the count of
	// updates that corrects their bias) or "carry": those of the policy that the stage
	// begins with, whatever kind of stage left it; the initial policy's are zero.
	State Carried `json:"state"`
	// Step is where the schedule begins: "reset" (or "") at its first update, with the stage's
	// warm-up, or "carry", after as many as the optimizer has made since its moments were last
	// reset, so that a stage which carries them does not warm up again. A cosine is as long
	// as its stage, and always begins with it.
	Step Carried `json:"step,omitempty"`
}
