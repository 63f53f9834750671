package recipe

// A word is a value of one of the types of this file, each of which has a few
// values. Everything that acts on one imports its constant from here.
type word interface {
	// words are the valid values.
	words() []string
}

// texts are values as text, for messages.
func texts[W ~string](values ...W) []string {
	list := make([]string, len(values))
	for i, w := range values {
		list[i] = string(w)
	}
	return list
}

// Domain is how responses are judged.
type Domain string

// How responses are judged.
const (
	DomainMath Domain = "math"
	DomainCode Domain = "code"
	// DomainGraph is questions about graphs: see Graph.
	DomainGraph Domain = "graph"
	// DomainActivity is judged by an activity of the user's: see Reward.
	DomainActivity Domain = "activity"
)

func (Domain) words() []string { return texts(Domains()...) }

// Domains lists all domains.
func Domains() []Domain { return []Domain{DomainMath, DomainCode, DomainGraph, DomainActivity} }

// Format is how a data file is read: see Dataset.Format.
type Format string

// How a data file is read.
const (
	FormatGSM8K    Format = "gsm8k"
	FormatMATH     Format = "math"
	FormatProblems Format = "problems"
	FormatExamples Format = "examples"
	// FormatContest is a competition's problems, under any of the names that files of them have.
	FormatContest Format = "contest"
	// Rows of any names: see Fields.
	FormatRows Format = "rows"
	// Data sets that are read by their fields, as they are published.
	FormatAceReasonSFT      Format = "acereason-sft"
	FormatAceReasonMath     Format = "acereason-math"
	FormatOpenR1Math        Format = "openr1-math"
	FormatNuminaMath        Format = "numinamath"
	FormatNuminaMath15      Format = "numinamath-1.5"
	FormatOpenMathReasoning Format = "openmathreasoning"
	FormatDAPO              Format = "dapo"
	FormatOpenThoughts      Format = "openthoughts"
	// Data sets of programs, as they are published.
	FormatLiveCodeBench Format = "livecodebench"
	FormatTACO          Format = "taco"
	FormatAPPS          Format = "apps"
	FormatPRIME         Format = "prime"
	FormatDeepCoder     Format = "deepcoder"
	FormatCodeContests  Format = "codecontests"
	FormatHumanEval     Format = "humaneval"
	FormatMBPP          Format = "mbpp"
	// EvalPlus's files, each row of which has tests beyond those of HumanEval and MBPP.
	FormatHumanEvalPlus Format = "humaneval-plus"
	FormatMBPPPlus      Format = "mbpp-plus"
	FormatKodCode       Format = "kodcode"
	FormatLeetCode      Format = "leetcode"
)

func (Format) words() []string { return texts(Formats()...) }

// Formats lists all formats of data files.
func Formats() []Format {
	all := []Format{FormatGSM8K, FormatMATH, FormatProblems, FormatContest, FormatExamples, FormatRows}
	return append(append(all, PublishedFormats()...), ProgramFormats()...)
}

// PublishedFormats lists the formats of data sets that are read by their fields.
func PublishedFormats() []Format {
	var list []Format
	for _, p := range published {
		list = append(list, p.format)
	}
	return list
}

// ProgramFormats lists the formats of data sets of programs.
func ProgramFormats() []Format {
	return []Format{
		FormatLiveCodeBench, FormatTACO, FormatAPPS, FormatPRIME, FormatDeepCoder,
		FormatCodeContests, FormatHumanEval, FormatHumanEvalPlus, FormatMBPP, FormatMBPPPlus, FormatKodCode, FormatLeetCode,
	}
}

// PromptFormat is how a question is framed: see Prompt.Format.
type PromptFormat string

// The frames of a question.
const (
	PromptTokens PromptFormat = "tokens"
	PromptChat   PromptFormat = "chat"
	PromptPlain  PromptFormat = "plain"
	// PromptAceReason is a chat with the paper's texts: see Prompt.Texts.
	PromptAceReason PromptFormat = "acereason"
)

func (PromptFormat) words() []string {
	return texts(PromptTokens, PromptChat, PromptPlain, PromptAceReason)
}

// CalculationPrompt is what a calculation is asked by: see Calculations.Prompt.
type CalculationPrompt string

// What calculations are asked by.
const (
	CalculationSentence CalculationPrompt = "sentence"
	CalculationQuestion CalculationPrompt = "question"
)

func (CalculationPrompt) words() []string { return texts(CalculationSentence, CalculationQuestion) }

// SyntheticKind is what the synthetic generator makes.
type SyntheticKind string

// What the synthetic generator makes.
const (
	// BaseText is plain worked text.
	BaseText SyntheticKind = "base-text"
	// Demonstrations are prompts with reasoned responses.
	Demonstrations SyntheticKind = "demonstrations"
	// Problems are prompts with a verifiable answer.
	Problems SyntheticKind = "problems"
)

func (SyntheticKind) words() []string { return texts(BaseText, Demonstrations, Problems) }

// Style is how a demonstration responds.
type Style string

// The styles of demonstrations: the steps, the steps with a check of each, the answer alone.
const (
	Concise Style = "concise"
	Verbose Style = "verbose"
	Guess   Style = "guess"
)

func (Style) words() []string { return texts(Concise, Verbose, Guess) }

// Schedule is the course of the learning rate after its warm-up.
type Schedule string

// The courses of the learning rate.
const (
	ScheduleConstant Schedule = "constant"
	ScheduleCosine   Schedule = "cosine"
)

func (Schedule) words() []string { return texts(ScheduleConstant, ScheduleCosine) }

// Carried is whether a stage begins anew, or with what one before it left: see Optimizer.State,
// Optimizer.Step and RL.DataPosition.
type Carried string

// What a stage begins with.
const (
	StateReset Carried = "reset"
	StateCarry Carried = "carry"
)

func (Carried) words() []string { return texts(StateReset, StateCarry) }

// GuardAction is what follows where there is nothing to learn from; "" is GuardWarn.
type GuardAction string

// What follows where there is nothing to learn from.
const (
	GuardWarn GuardAction = "warn"
	GuardWait GuardAction = "wait"
	GuardFail GuardAction = "fail"
)

func (GuardAction) words() []string { return texts(GuardWarn, GuardWait, GuardFail) }

// Compute is what training rounds the factors of matrix products to; "" is ComputeFloat32.
type Compute string

// What training rounds the factors of matrix products to.
const (
	ComputeFloat32  Compute = "float32"
	ComputeBFloat16 Compute = "bfloat16"
)

func (Compute) words() []string { return texts(ComputeFloat32, ComputeBFloat16) }
