// Package experiment says what an experiment is: a question of the paper's, and the runs of
// one recipe whose comparison answers it, for several seeds. What runs share is a run of its own,
// which the others name as their parent, so that nothing is trained twice. Package analysis
// compares what the runs have recorded.
package experiment

import (
	"slices"

	"temper/model/recipe"
)

// Experiment is a set of runs to compare.
type Experiment struct {
	// Name labels the experiment; it begins the names of its runs.
	Name string `json:"name"`
	// Title is the question in a sentence.
	Title string `json:"title"`
	// Recipe is the name of the recipe that all runs are made of, or its file.
	Recipe string `json:"recipe"`
	// Set are changes of the recipe for all runs, as --set has them: PATH=VALUE.
	Set []string `json:"set,omitempty"`
	// Base is that recipe with these changes, whole: `starter experiment` fills it in.
	Base *recipe.Recipe `json:"base,omitempty"`
	// Seeds are the recipe's seeds: every run is done with each.
	Seeds []uint64 `json:"seeds"`
	// AtOnce is how many runs are done at a time; 0 means 2.
	AtOnce int `json:"at_once,omitempty"`
	// Fresh says that no run goes on from what an earlier one of its name has in the store.
	Fresh bool `json:"fresh,omitempty"`
	// Shared are runs that others begin with and that are not compared themselves.
	Shared []Run `json:"shared,omitempty"`
	// Variants are the runs that are compared.
	Variants []Run `json:"variants"`
	// Benchmark is the one of the recipe's that accuracy means.
	Benchmark string `json:"benchmark"`
	// TeacherParameters is the number of a teacher's parameters that act on a token, by which what is bought counts as
	// operations; 0 leaves teachers out. (DeepSeek-R1: 37e9.)
	TeacherParameters float64 `json:"teacher_parameters,omitempty"`
	// Claims are what the paper found, as comparisons of variants.
	Claims []Claim `json:"claims,omitempty"`
	// Sections are what the page has beside the table of all runs.
	Sections []Section `json:"sections,omitempty"`
}

// Run is one run of an experiment, done with every seed.
type Run struct {
	Name string `json:"name"`
	// Parent names the run of this experiment whose last checkpoint the run begins with; "" begins anew, or with
	// the recipe's own parent.
	Parent string `json:"parent,omitempty"`
	// Stages are those of the recipe that the run does, in this order; absent: all.
	Stages []string `json:"stages,omitempty"`
	// Data are datasets that stages of the parent have made, or of a run that it begins with: the run takes them over, so that
	// curation and teachers' responses are not made twice.
	Data []string `json:"data,omitempty"`
	// Set are changes of Base for this run.
	Set []string `json:"set,omitempty"`
	// X are the run's places on the axes that sections and claims name, such as epochs: 3.
	X map[string]float64 `json:"x,omitempty"`
}

// Claim is a finding as a comparison of two variants: More has more of the metric than Less, or,
// where Within is given, no more than that apart from it.
type Claim struct {
	// Text is what was found, Source where that is printed.
	Text   string  `json:"text"`
	Source string  `json:"source"`
	Metric Metric  `json:"metric"`
	More   string  `json:"more"`
	Less   string  `json:"less"`
	Within float64 `json:"within,omitempty"`
	// Benchmark is that of the metric accuracy; "" is the experiment's.
	Benchmark string `json:"benchmark,omitempty"`
}

// Metric is something that a run has one number of.
type Metric string

// The metrics. Those of policy steps are means over the last five steps of the run's last RL stage.
const (
	MetricAccuracy Metric = "accuracy" // avg@k after the run's last stage
	MetricPass     Metric = "pass"     // pass@k there
	MetricResponse Metric = "response" // mean tokens of the benchmark's responses there
	MetricReward   Metric = "reward"   // of policy steps
	MetricEntropy  Metric = "entropy"  // of policy steps: temperature-adjusted, nats per response token
	MetricLength   Metric = "length"   // of policy steps: response tokens
	MetricSteps    Metric = "steps"    // policy steps, those of its parents included
	MetricFLOPs    Metric = "flops"    // floating-point operations of data, training and rollouts, those of its parents included
)

// SectionKind is a way to compare variants.
type SectionKind string

// The kinds of sections.
const (
	SectionScaling    SectionKind = "scaling"    // z = a·log2 x + b·log2 y + c over the variants; X: the two axes
	SectionCurve      SectionKind = "curve"      // accuracy over an axis; X: one axis
	SectionTraining   SectionKind = "training"   // reward, entropy and response length over policy steps
	SectionFLOPs      SectionKind = "flops"      // accuracy over operations, and the operations to equal accuracy of Pairs
	SectionPass       SectionKind = "pass"       // pass@k of the variants, and problems newly solved between Pairs
	SectionFlips      SectionKind = "flips"      // problems that change between Pairs
	SectionSimilarity SectionKind = "similarity" // activations by layer on the benchmark's prompts between Pairs
)

// Section is a part of the page.
type Section struct {
	Kind SectionKind `json:"kind"`
	// X are axes: keys of the variants' X.
	X []string `json:"x,omitempty"`
	// Pairs are pairs of runs, before and after; shared runs may be among them.
	Pairs [][]string `json:"pairs,omitempty"`
	// Benchmark is what is looked at; "" is the experiment's.
	Benchmark string `json:"benchmark,omitempty"`
	// Text stands at the section's head.
	Text string `json:"text,omitempty"`
}

// MadeBy is the run that has made a dataset for another: the nearest of its parents one of whose stages makes it; "" if none does.
func (e Experiment) MadeBy(r Run, data string) string {
	runs := e.Runs()
	for at := r.Parent; at != ""; {
		i := slices.IndexFunc(runs, func(r Run) bool { return r.Name == at })
		if i < 0 {
			return ""
		}
		if e.makes(runs[i], data) {
			return at
		}
		at = runs[i].Parent
	}
	return ""
}

// makes says whether a stage of a run makes a dataset.
func (e Experiment) makes(r Run, data string) bool {
	return e.Base != nil && slices.ContainsFunc(e.Base.Stages, func(s recipe.Stage) bool {
		return s.Into() == data && (len(r.Stages) == 0 || slices.Contains(r.Stages, s.Name))
	})
}

// Runs are all runs, the shared ones first.
func (e Experiment) Runs() []Run { return append(append([]Run{}, e.Shared...), e.Variants...) }

// defaultAtOnce is how many runs are done at a time.
const defaultAtOnce = 2

// Concurrency is AtOnce with its default.
func (e Experiment) Concurrency() int {
	if e.AtOnce == 0 {
		return defaultAtOnce
	}
	return e.AtOnce
}
