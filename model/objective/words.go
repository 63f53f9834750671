package objective

// The types of Settings' words, each with its values.
type (
	// Baseline is what is subtracted from a score: see Advantage.
	Baseline string
	// Divisor is what divides an advantage: see Advantage.Std.
	Divisor string
	// Denominator is what divides the sum of the loss over response tokens.
	Denominator string
	// Masked is what becomes of sequences of which no token is in the loss.
	Masked string
	// Estimator is how one token's KL divergence is estimated: see KL.
	Estimator string
	// Reference is the policy that the KL divergence is measured from.
	Reference string
	// Place is where the KL term stands.
	Place string
	// Handling is what becomes of overlong responses.
	Handling string
	// Whitening is of ppo's advantages.
	Whitening string
	// Weight is a weight of NFT's prompts or CHORD's tokens.
	Weight string
	// Level is what NFT's ratio is of.
	Level string
	// Sign is SRFT's of the entropy in a weight.
	Sign string
	// Shape is the ratio of SRFT's demonstrations.
	Shape string
	// OwnTerm is what SRFT's term of own rollouts weighs.
	OwnTerm string
	// HintSchedule is how the length of UFT's hints falls.
	HintSchedule string
)

// The words of Settings.
const (
	GroupMean     Baseline = "group_mean"
	LeaveOneOut   Baseline = "leave_one_out"
	NoBaseline    Baseline = "none"
	ValueBaseline Baseline = "value"

	SampleStd     Divisor = "sample"
	PopulationStd Divisor = "population"
	BatchStd      Divisor = "batch"
	NoStd         Divisor = "none"

	BatchTokens    Denominator = "batch_tokens"    // tokens in the loss of the batch (veRL token-mean, DAPO, TRL dapo and bnpo)
	GroupTokens    Denominator = "group_tokens"    // mean over groups of their token means (AceReason-Nemotron 1.0 §3.1)
	SequenceTokens Denominator = "sequence_tokens" // mean over sequences of their token means (GRPO's paper, GSPO, TRL grpo)
	Sequences      Denominator = "sequences"       // sum over tokens, mean over sequences (veRL seq-mean-token-sum)
	Constant       Denominator = "constant"        // sum over tokens over (sequences * constant) (Dr. GRPO)
	Sum            Denominator = "sum"             // sum over tokens over constant alone (NFT)

	Count Masked = "count"
	Skip  Masked = "skip"

	K1     Estimator = "k1"
	K2     Estimator = "k2"
	K3     Estimator = "k3"
	K1Plus Estimator = "k1+"
	K3Plus Estimator = "k3+"

	StageReference Reference = "stage"
	BaseReference  Reference = "base"

	InLoss   Place = "loss"
	InReward Place = "reward"

	Keep    Handling = "keep"
	Filter  Handling = "filter"
	Penalty Handling = "penalty"

	WhitenBatch Whitening = "batch"
	WhitenNone  Whitening = "none"

	WeightNone      Weight = "none"
	WeightWrong     Weight = "wrong"
	WeightStd       Weight = "std"
	WeightUncertain Weight = "uncertain"

	TokenRatio    Level = "token"
	SequenceRatio Level = "sequence"

	Minus Sign = "minus"
	Plus  Sign = "plus"

	Shaped Shape = "shaped"
	Plain  Shape = "plain"

	LogProbability OwnTerm = "log_prob"
	Ratio          OwnTerm = "ratio"

	ScheduleCosine    HintSchedule = "cosine"
	ScheduleUniform   HintSchedule = "uniform"
	ScheduleStaircase HintSchedule = "staircase"
)
