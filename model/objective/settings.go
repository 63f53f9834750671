package objective

// Settings is a recipe's objective block, as it stands there. Every field that
// is absent (or zero) has the default that its comment names; fields without one
// say which kinds need them. A field that the chosen kind does not use is a
// fault, even with its default: Check settings before WithDefaults, not after.
type Settings struct {
	// Kind is the objective's name in Table; default grpo.
	Kind string `json:"kind,omitempty"`

	// Advantage says what a rollout's score is compared with.
	Advantage Advantage `json:"advantage,omitzero"`
	// Clip bounds the importance ratio.
	Clip Clip `json:"clip,omitzero"`

	// Denominator divides the sum over response tokens: BatchTokens (the
	// default), GroupTokens, SequenceTokens, Sequences, Constant or Sum.
	Denominator Denominator `json:"denominator,omitempty"`
	// Constant is the number that Constant and Sum divide by. Dr. GRPO: the
	// response budget. NFT: 1000 with Sum. Default 1.
	Constant float64 `json:"constant,omitempty"`
	// MaskedSequences says whether a sequence of which no token is in the loss is
	// one of those that SequenceTokens, Sequences and Constant divide by: Count
	// (the default; the trainers of veRL; TRL's grpo and dr_grpo) or Skip (veRL's
	// agg_loss when it is not told a batch size).
	MaskedSequences Masked `json:"masked_sequences,omitempty"`

	// KL holds the policy near a reference.
	KL KL `json:"kl,omitzero"`
	// Entropy is the coefficient of the entropy bonus: the loss falls by it times
	// the entropy, aggregated as the loss is. Default 0, none.
	Entropy float64 `json:"entropy,omitempty"`
	// Overlong says what becomes of rollouts that the response budget cut.
	Overlong Overlong `json:"overlong,omitzero"`
	// Updates says how often a batch of rollouts is used.
	Updates Updates `json:"updates,omitzero"`

	// Value is the value head of ppo.
	Value Value `json:"value,omitzero"`
	// NFT, UFT, SRFT and CHORD belong to the kinds of their names.
	NFT   NFT   `json:"nft,omitzero"`
	UFT   UFT   `json:"uft,omitzero"`
	SRFT  SRFT  `json:"srft,omitzero"`
	CHORD CHORD `json:"chord,omitzero"`
}

// Advantage is the part of Settings that turns scores into advantages.
type Advantage struct {
	// Baseline is what is subtracted from a score: GroupMean (the default),
	// LeaveOneOut, NoBaseline, or, in ppo alone and always, ValueBaseline.
	Baseline Baseline `json:"baseline,omitempty"`
	// Std is what the difference is divided by: the standard deviation of the
	// group (SampleStd, n-1; PopulationStd, n), of all graded sequences of the
	// batch (BatchStd, n-1), or NoStd. Default SampleStd with GroupMean, else NoStd.
	Std Divisor `json:"std,omitempty"`
	// Epsilon is added to the standard deviation. Default 1e-6 (veRL); TRL has 1e-4.
	Epsilon float64 `json:"epsilon,omitempty"`
}

// Clip is the range of the importance ratio, as distances from 1.
type Clip struct {
	// Low and High: the ratio acts within [1-Low, 1+High]. Defaults: grpo, ppo,
	// uft, srft and chord 0.2 and what Low is; gspo 3e-4 and 4e-4; cispo 1 (open)
	// and 4.
	Low  float64 `json:"low,omitempty"`
	High float64 `json:"high,omitempty"`
	// Dual bounds the loss of a token with a negative advantage A at -Dual*A
	// (dual clip; TRL's delta): a number above 1+High. Default 0, none; veRL has 3.
	Dual float64 `json:"dual,omitempty"`
	// LogRatio clamps the logarithm of the ratio to ±LogRatio; where it acts there
	// is no derivative. For gspo it is an upper bound. Default 0, none; veRL has
	// 20 (gspo 10), TRL none.
	LogRatio float64 `json:"log_ratio,omitempty"`
}

// KL is the divergence from a reference policy.
type KL struct {
	// Coefficient is beta. Default 0: no reference is needed.
	Coefficient float64 `json:"coefficient,omitempty"`
	// Estimator of one token, of d = log pi - log pi_ref: K1 (d), K2 (d²/2), K3
	// (exp(-d)+d-1, the default), or K1Plus and K3Plus with the value of K1 or K3
	// and the derivative of K2.
	Estimator Estimator `json:"estimator,omitempty"`
	// Reference is the policy as the stage began, StageReference (the default),
	// or as the run's base model is, BaseReference.
	Reference Reference `json:"reference,omitempty"`
	// In is InLoss (the default: a term of the loss) or InReward (subtracted from
	// the reward of each token, of the policy that sampled).
	In Place `json:"in,omitempty"`
	// ClampDifference clamps d to ± it, ClampValue the estimate; where they act
	// there is no derivative. Default 0, none (TRL); veRL's k3 has 20 and 10.
	ClampDifference float64 `json:"clamp_difference,omitempty"`
	ClampValue      float64 `json:"clamp_value,omitempty"`
}

// Overlong is what becomes of long and cut responses.
type Overlong struct {
	// Handling is Keep (the default), Filter (truncated rollouts leave the loss) or
	// Penalty (DAPO's soft punishment, added to the score).
	Handling Handling `json:"handling,omitempty"`
	// LeaveGroup says that filtered rollouts count in no mean and std of a group. By default
	// they do (NeMo-RL, TRL): a group's baseline is what the policy really earned.
	// AceReason-Nemotron does not say which.
	LeaveGroup bool `json:"leave_group,omitempty"`
	// CacheTokens are the last tokens of the response budget, over which the
	// penalty grows from 0 to -1; Penalty needs it.
	CacheTokens int `json:"cache_tokens,omitempty"`
	// Factor multiplies the penalty. Default 1.
	Factor float64 `json:"factor,omitempty"`
}

// Updates is how often a batch of rollouts is used.
type Updates struct {
	// MiniBatches is into how many parts the groups of a batch are cut, each for
	// one optimiser update. Default 1.
	MiniBatches int `json:"mini_batches,omitempty"`
	// Epochs is how often all parts are used. Default 1.
	Epochs int `json:"epochs,omitempty"`
}

// Value is the value head: its loss and what its values give the advantages.
type Value struct {
	// Coefficient multiplies the value loss. Default 1; ReFT has 5.
	Coefficient float64 `json:"coefficient,omitempty"`
	// Clip is how far a value may go from the value when sampled before the loss
	// stops falling. Default 0, none; veRL has 0.5, ReFT 0.2.
	Clip float64 `json:"clip,omitempty"`
	// Gamma discounts rewards, Lambda weighs the longer differences of
	// generalised advantage estimation. Default 1; ReFT has Lambda 0.95.
	Gamma  float64 `json:"gamma,omitempty"`
	Lambda float64 `json:"lambda,omitempty"`
	// Whiten is WhitenBatch (the default: advantages get mean 0 and variance 1
	// over all tokens in the loss) or WhitenNone.
	Whiten Whitening `json:"whiten,omitempty"`
}

// NFT is negative-aware fine-tuning.
type NFT struct {
	// PromptWeight of a group with the rate r of correct rollouts: WeightNone (1,
	// the default), WeightWrong (1-r; the paper's code: normalize 1) or WeightStd
	// (sqrt((1-r)/r); normalize 2).
	PromptWeight Weight `json:"prompt_weight,omitempty"`
	// NegativeWeight multiplies the loss of wrong rollouts. Default 1; the
	// authors try 0.5 at 32B.
	NegativeWeight float64 `json:"negative_weight,omitempty"`
	// PositiveOnly leaves wrong rollouts out: rejection fine-tuning (RFT).
	PositiveOnly bool `json:"positive_only,omitempty"`
	// Clamp is the least implicit ratio of a wrong rollout, straight through.
	// Default 1.
	Clamp float64 `json:"clamp,omitempty"`
	// Ratio is of each TokenRatio (the default) or of
	// the SequenceRatio, over all its tokens.
	Ratio Level `json:"ratio,omitempty"`
}

// UFT is unified fine-tuning: rollouts that begin from a hint, a prefix of a
// reference solution.
type UFT struct {
	// HintCoefficient multiplies the likelihood term of hint tokens. Default 0,
	// none (the variant R3); the paper has 0.001.
	HintCoefficient float64 `json:"hint_coefficient,omitempty"`
	// Schedule of the hint's length: ScheduleCosine (the default), ScheduleUniform
	// (R3) or ScheduleStaircase.
	Schedule HintSchedule `json:"schedule,omitempty"`
	// Pieces is the most pieces that a solution is cut into. Default 5.
	Pieces int `json:"pieces,omitempty"`
	// HintSteps is the number of policy steps with hints; all but ScheduleUniform
	// need it. The paper has 300 of 500.
	HintSteps int `json:"hint_steps,omitempty"`
	// First and Last are the probabilities of a piece at the first and the last
	// step with hints. Default 0.95 and 0.05.
	First float64 `json:"first,omitempty"`
	Last  float64 `json:"last,omitempty"`
}

// SRFT is supervised reinforcement fine-tuning.
type SRFT struct {
	// SFTSign and RLSign are the signs of the entropy H in the weights of the
	// demonstrations' likelihood, 0.5 exp(±H), and of correct own rollouts, 0.1
	// exp(±H): Minus or Plus. Sources differ. Default Minus and Plus (the paper
	// as its readers quote it, and HPT's reimplementation).
	SFTSign Sign `json:"sft_sign,omitempty"`
	RLSign  Sign `json:"rl_sign,omitempty"`
	// SFTWeight and RLWeight replace 0.5 and 0.1.
	SFTWeight float64 `json:"sft_weight,omitempty"`
	RLWeight  float64 `json:"rl_weight,omitempty"`
	// Demonstration is the ratio of a demonstration's token of probability p:
	// Shaped (p/(p+0.1), the default, LUFFY's) or Plain (p).
	Demonstration Shape `json:"demonstration,omitempty"`
	// Own is what the term of own rollouts weighs: LogProbability (the default)
	// or Ratio, the importance ratio.
	Own OwnTerm `json:"own,omitempty"`
}

// CHORD mixes the clipped surrogate with supervised fine-tuning.
type CHORD struct {
	// Mu is the share of the supervised term: (1-Mu) GRPO + Mu SFT. CHORD needs
	// it. Over MuSteps policy steps it falls by half a cosine to LastMu, where it
	// stays. Default 0 steps: it does not change.
	Mu      float64 `json:"mu,omitempty"`
	LastMu  float64 `json:"last_mu,omitempty"`
	MuSteps int     `json:"mu_steps,omitempty"`
	// TokenWeight of a demonstration's token of probability p: WeightNone (1, the
	// default: CHORD-mu) or WeightUncertain (p(1-p): CHORD-phi).
	TokenWeight Weight `json:"token_weight,omitempty"`
}
