package recipe

// Programs is how programs are judged, in all stages and benchmarks of the domain "code".
type Programs struct {
	// Extract is which part of a response is its program: "last" (or ""), "first",
	// or "livecodebench"; a benchmark may have another.
	Extract Extract `json:"extract,omitempty"`
	// WithoutReasoning also takes the blocks of a response without </think>, for policies that
	// do not reason; otherwise such a response has no program.
	WithoutReasoning bool `json:"without_reasoning,omitempty"`
	// TimeFactor and MemoryFactor multiply the limits that problems state, for what Python
	// needs where they were set for another language: 0 is none, so that a problem's limit holds
	// where it is above the default (6 s, 1 GiB).
	TimeFactor   float64 `json:"time_factor,omitempty"`
	MemoryFactor float64 `json:"memory_factor,omitempty"`
	// Grader pins what gives the verdicts, by words of its version, such as "code/4
	// python/3.11.2" or all of it as verdicts and starter doctor name it: a grader that lacks
	// one leaves the work to others. "first" pins each RL stage to what judged its first
	// step, so that a worker with another interpreter, other libraries or other rules that comes
	// in between leaves the stage alone. "" takes any.
	Grader string `json:"grader,omitempty"`
}

// GraderFirst is the word of Programs.Grader that pins each RL stage by itself.
const GraderFirst = "first"

// By is p for work that a grader of a version has begun, "" for the first.
func (p Programs) By(grader string) Programs {
	if p.Grader == GraderFirst {
		p.Grader = grader
	}
	return p
}

// For is p for a benchmark's own rule of extraction.
func (p Programs) For(b Benchmark) Programs {
	if b.Extract != "" {
		p.Extract = b.Extract
	}
	return p
}

// MaxLimitFactor bounds TimeFactor and MemoryFactor.
const MaxLimitFactor = 100

// Extract is a rule by which the program of a response is found; "" is ExtractLast.
type Extract string

// The rules by which the program of a response is found.
const (
	// ExtractLast is the default: of the complete blocks in the text after the reasoning, the
	// last one that is marked as Python, else the last one without a mark, else, where no
	// block was opened, the whole text. Among marked blocks, and among others, those that
	// define a name which the tests use come first: an example of use is no program.
	ExtractLast Extract = "last"
	// ExtractFirst is ExtractLast with the first block (NeMo-Skills).
	ExtractFirst Extract = "first"
	// ExtractLiveCodeBench takes what stands between the last two lines with ``` in them, of
	// the text after the reasoning (LiveCodeBench's lcb_runner).
	ExtractLiveCodeBench Extract = "livecodebench"
)

func (Extract) words() []string { return texts(Extracts()...) }

// Extracts lists the rules of extraction.
func Extracts() []Extract {
	return []Extract{ExtractLast, ExtractFirst, ExtractLiveCodeBench}
}

func (v *validator) programs(p Programs) {
	if p.Extract != "" {
		v.word("programs.extract", p.Extract)
	}
	v.between("programs.time_factor", p.TimeFactor, 0, MaxLimitFactor)
	v.between("programs.memory_factor", p.MemoryFactor, 0, MaxLimitFactor)
}
