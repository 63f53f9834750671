// Package plan says before a run what a recipe asks for: its workflows and activities
// with how many there are, and their tokens, bytes, history events, operations, memory and
// time. It runs nothing. Everything is arithmetic on the recipe, what is known of its data,
// and a machine; what nobody knows before a run is an assumption that stands in the plan.
//
// Numbers are floating-point throughout, so that a recipe may ask for anything.
package plan

import (
	"temper/model/compute"
	"temper/model/recipe"
)

// Plan is a recipe's costs.
type Plan struct {
	Recipe string `json:"recipe"`
	// Model is the network's shape, absent where it is not known; then nothing is counted but tokens.
	Model *compute.Shape `json:"model,omitempty"`
	// Parameters are the network's, but for biases and norms.
	Parameters float64 `json:"parameters,omitempty"`
	// On is what computes, in words.
	On         string     `json:"on"`
	Data       []Data     `json:"data"`
	Activities []Activity `json:"activities"`
	Workflows  []Workflow `json:"workflows"`
	// Stages and Total are sums over activities.
	Stages []Sum `json:"stages"`
	Total  Sum   `json:"total"`
	// Memory is what one worker's device needs, part by part.
	Memory []Part `json:"memory,omitempty"`
	// Warnings say what will not go well, Assumptions what the numbers stand on.
	Warnings    []string `json:"warnings,omitempty"`
	Assumptions []string `json:"assumptions"`
}

// Data is what is known, or assumed, of a dataset.
type Data struct {
	Name     string  `json:"name"`
	Problems float64 `json:"problems,omitempty"`
	Examples float64 `json:"examples,omitempty"`
	// Questions is how many different ones the rows ask; 0: each its own.
	Questions float64 `json:"questions,omitempty"`
	// PromptTokens and ExampleTokens are the mean lengths of prompts and of whole examples; 0 is not known.
	PromptTokens  float64 `json:"prompt_tokens,omitempty"`
	ExampleTokens float64 `json:"example_tokens,omitempty"`
	// From says where the numbers come from.
	From string `json:"from"`
}

// Tokens are those of a piece of work.
type Tokens struct {
	// Sampled are response tokens, Read those of prompts and of rows that are only scored.
	Sampled float64 `json:"sampled,omitempty"`
	Read    float64 `json:"read,omitempty"`
	Trained float64 `json:"trained,omitempty"`
	// Bought are a teacher's response tokens.
	Bought float64 `json:"bought,omitempty"`
}

func (t Tokens) plus(u Tokens) Tokens {
	return Tokens{t.Sampled + u.Sampled, t.Read + u.Read, t.Trained + u.Trained, t.Bought + u.Bought}
}

// Activity is all activities of one kind in a stage.
type Activity struct {
	// Stage is the stage's name, "" for work of the whole run; evaluations belong to the stage before them.
	Stage string `json:"stage,omitempty"`
	// Name is the activity's type, Of what it is for where a stage has several: a benchmark, a rule, the temperature.
	Name  string  `json:"activity"`
	Of    string  `json:"of,omitempty"`
	Count float64 `json:"count"`
	// Tokens are those that are expected, Most as many as the recipe allows.
	Tokens Tokens `json:"tokens,omitzero"`
	Most   Tokens `json:"most_tokens,omitzero"`
	// Bytes is what they store.
	Bytes float64 `json:"bytes,omitempty"`
	// FLOPs are operations by package compute's formula, Seconds the time on the machine that was named.
	FLOPs   float64 `json:"flops,omitempty"`
	Seconds float64 `json:"seconds,omitempty"`
}

// Workflow is all executions under one workflow ID.
type Workflow struct {
	// ID is that below the run's own, "" for the run itself.
	ID   string `json:"id"`
	Type string `json:"type"`
	// Executions is how often it continues as new, the first included.
	Executions float64 `json:"executions"`
	// Events are those of the longest history, Payload the bytes of the largest input or result in it.
	Events float64 `json:"events"`
}

// Sum adds up activities.
type Sum struct {
	Stage      string      `json:"stage,omitempty"`
	Kind       recipe.Kind `json:"kind,omitempty"`
	Activities float64     `json:"activities"`
	Tokens     Tokens      `json:"tokens"`
	Most       Tokens      `json:"most_tokens"`
	Bytes      float64     `json:"bytes"`
	FLOPs      float64     `json:"flops"`
	Seconds    float64     `json:"seconds"`
	// Steps are an RL stage's policy steps, LeastSteps those after which a plateau of the reward may end it; LeastFLOPs and
	// LeastSeconds are what is done then.
	Steps        float64 `json:"steps,omitempty"`
	LeastSteps   float64 `json:"least_steps,omitempty"`
	LeastFLOPs   float64 `json:"least_flops"`
	LeastSeconds float64 `json:"least_seconds"`
}

func (s *Sum) add(a Activity) {
	s.Activities += a.Count
	s.Tokens, s.Most = s.Tokens.plus(a.Tokens), s.Most.plus(a.Most)
	s.Bytes, s.FLOPs, s.Seconds = s.Bytes+a.Bytes, s.FLOPs+a.FLOPs, s.Seconds+a.Seconds
	s.LeastFLOPs, s.LeastSeconds = s.LeastFLOPs+a.FLOPs, s.LeastSeconds+a.Seconds
}

// ended takes off what an RL stage's policy steps do not do that ends by its plateau as early as it may.
func (s *Sum) ended(a Activity, e ends) {
	if a.Of != "" || e.least >= e.steps { // of searches and evaluations
		return
	}
	spared := 1 - over(e.least, e.steps)
	s.LeastFLOPs, s.LeastSeconds = s.LeastFLOPs-spared*a.FLOPs, s.LeastSeconds-spared*a.Seconds
}

// Part is the memory that one thing takes.
type Part struct {
	Name  string  `json:"name"`
	Bytes float64 `json:"bytes"`
}

// Inputs are what a plan knows beside the recipe.
type Inputs struct {
	// Shape is the network's; the zero Shape is not known.
	Shape compute.Shape
	// Data are the datasets that were looked at, by name.
	Data    map[string]Data
	Assume  Assumptions
	Machine Machine
}

// New plans a valid recipe.
func New(r recipe.Recipe, in Inputs) Plan {
	b := builder{recipe: r, in: in, data: map[string]Data{}, ends: map[string]ends{}}
	b.plan = Plan{Recipe: r.Name, On: in.Machine.String(), Assumptions: in.Assume.sentences()}
	if in.Shape != (compute.Shape{}) {
		b.plan.Model, b.plan.Parameters = &in.Shape, in.Shape.Parameters()
	}
	b.datasets()
	if r.Evaluation.Before {
		b.evaluate("", "evaluation-before", 1, r.Evaluation.Benchmarks)
	}
	for i := range r.Stages {
		b.stage(i)
	}
	b.act(Activity{Name: "WriteReport", Count: 1, Bytes: 1e6})
	b.workflows()
	b.sums()
	b.memory()
	b.warnings()
	return b.plan
}

// builder is a plan in the making.
type builder struct {
	recipe recipe.Recipe
	in     Inputs
	// data are the datasets so far, those that stages make included.
	data map[string]Data
	plan Plan
	// children are the workflows of stages, with their signals to the run.
	children []childHistory
	// ends are the steps of RL stages, by their names.
	ends map[string]ends
}

// act adds activities.
func (b *builder) act(a Activity) {
	if a.Count > 0 {
		b.plan.Activities = append(b.plan.Activities, a)
	}
}

// sums adds activities up by stage.
func (b *builder) sums() {
	at := map[string]int{}
	for i, s := range b.recipe.Stages {
		at[s.Name] = i
		sum := Sum{Stage: s.Name, Kind: s.Kind}
		if e, ok := b.ends[s.Name]; ok {
			sum.Steps, sum.LeastSteps = e.steps, e.least
		}
		b.plan.Stages = append(b.plan.Stages, sum)
	}
	for _, a := range b.plan.Activities {
		b.plan.Total.add(a)
		b.plan.Total.ended(a, b.ends[a.Stage])
		if i, ok := at[a.Stage]; ok && a.Stage != "" {
			b.plan.Stages[i].add(a)
			b.plan.Stages[i].ended(a, b.ends[a.Stage])
		}
	}
}
