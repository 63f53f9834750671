package objective

// The words of Settings.
const (
	// Baselines.
	GroupMean     = "group_mean"
	LeaveOneOut   = "leave_one_out"
	NoBaseline    = "none"
	ValueBaseline = "value"
	// Divisors of the advantage.
	SampleStd     = "sample"
	PopulationStd = "population"
	BatchStd      = "batch"
	NoStd         = "none"
	// Denominators of the loss.
	BatchTokens    = "batch_tokens"    // tokens in the loss of the batch (veRL token-mean, DAPO, TRL dapo and bnpo)
	GroupTokens    = "group_tokens"    // mean over groups of their token means (AceReason-Nemotron 1.0 §3.1)
	SequenceTokens = "sequence_tokens" // mean over sequences of their token means (GRPO's paper, GSPO, TRL grpo)
	Sequences      = "sequences"       // sum over tokens, mean over sequences (veRL seq-mean-token-sum)
	Constant       = "constant"        // sum over tokens over (sequences * constant) (Dr. GRPO)
	Sum            = "sum"             // sum over tokens over constant alone (NFT)
	// Sequences of which no token is in the loss.
	Count = "count"
	Skip  = "skip"
	// Estimators of the KL divergence.
	K1     = "k1"
	K2     = "k2"
	K3     = "k3"
	K1Plus = "k1+"
	K3Plus = "k3+"
	// References, and the place of the KL term.
	StageReference = "stage"
	BaseReference  = "base"
	InLoss         = "loss"
	InReward       = "reward"
	// Handling of overlong responses.
	Keep    = "keep"
	Filter  = "filter"
	Penalty = "penalty"
	// Whitening of advantages.
	WhitenBatch = "batch"
	WhitenNone  = "none"
	// Weights.
	WeightNone      = "none"
	WeightWrong     = "wrong"
	WeightStd       = "std"
	WeightUncertain = "uncertain"
	// Levels of NFT's ratio.
	TokenRatio    = "token"
	SequenceRatio = "sequence"
	// SRFT's signs, ratios of demonstrations, and terms of own rollouts.
	Minus          = "minus"
	Plus           = "plus"
	Shaped         = "shaped"
	Plain          = "plain"
	LogProbability = "log_prob"
	Ratio          = "ratio"
	// Schedules of hints.
	ScheduleCosine    = "cosine"
	ScheduleUniform   = "uniform"
	ScheduleStaircase = "staircase"
)
