package recipe

import (
	"slices"
	"strings"

	"temper/model/library/spelling"
)

// Collect are the settings of a stage that leaves the policy as it is. It samples
// responses to problems, has them judged as rollouts are, and keeps some of them as
// a dataset of examples that later supervised stages train on: Expert Iteration,
// rejection fine-tuning, return-conditioned RL and alternation are made of it.
type Collect struct {
	// Domain chooses the verifier, as in RL; Reward is that of the domain "activity".
	Domain Domain  `json:"domain"`
	Reward *Reward `json:"reward,omitempty"`
	// Data is the dataset of problems; Limit samples only the first of them, 0 all.
	Data  string `json:"data"`
	Limit int    `json:"limit,omitempty"`
	// Label is what the prompts carry when they are sampled, and examples of KeepCorrect with them: see Prompt.Labels.
	Label Label `json:"label,omitempty"`
	// Samples is the number of responses to each problem.
	Samples     int     `json:"samples"`
	Temperature float64 `json:"temperature"`
	// MaxResponseTokens is the response budget.
	MaxResponseTokens int `json:"max_response_tokens"`
	// Shards is into how many parts the rollouts are cut.
	Shards int `json:"shards"`
	// Keep says what becomes an example: see the constants of its type.
	Keep Keep `json:"keep"`
	// Demonstrations is the dataset of examples that unsolved problems take theirs from.
	Demonstrations string `json:"demonstrations,omitempty"`
	// PerProblem is the largest number of examples with one prompt, the first that
	// were sampled; 0 keeps all. It does not count what the dataset held before.
	PerProblem int `json:"per_problem,omitempty"`
	// Into names the dataset. AddTo keeps what an earlier stage has collected into it.
	Into  string `json:"into"`
	AddTo bool   `json:"add_to,omitempty"`
}

// Keep says which responses become examples.
type Keep string

// What a stage of kind collect keeps.
const (
	// KeepCorrect keeps the correct responses, each text to a problem once.
	KeepCorrect Keep = "correct"
	// KeepLabelled keeps correct and incorrect responses, each text to a problem once, and
	// puts their labels at the end of their prompts (Prompt.Labels).
	KeepLabelled Keep = "labelled"
	// KeepUnsolved keeps no response, but the demonstrations of the problems that have
	// verdicts and no correct one: those with the problem's question or prompt.
	KeepUnsolved Keep = "unsolved"
)

func (Keep) words() []string { return texts(KeepCorrect, KeepLabelled, KeepUnsolved) }

// The policies that a supervised stage may begin with, beside those that earlier stages left, by name.
const (
	FromLast = "last"
	FromBase = "base"
)

// collect checks stage index.
func (v *validator) collect(at string, index int, s Collect) {
	v.word(at+"domain", s.Domain)
	v.reward(at, s.Domain, s.Reward)
	d, known := v.problems(at+"data", s.Data, s.Domain)
	if known {
		v.notHeldOut(at+"data", s.Data, d)
	}
	v.atLeast(at+"limit", s.Limit, 0)
	v.atLeast(at+"samples", s.Samples, 1)
	v.positive(at+"temperature", s.Temperature)
	v.label(at+"label", s.Label)
	v.budget(at+"max_response_tokens", s.MaxResponseTokens, v.longestPromptOf(d, s.Label))
	v.shards(at+"shards", s.Shards)
	v.word(at+"keep", s.Keep)
	v.check(at+"keep", s.Keep != KeepLabelled || v.recipe.Prompt.Labels != (Labels{}), "is %q, but the recipe has no labels; valid with it: prompt.labels: {correct: TEXT, incorrect: TEXT}", s.Keep)
	v.demonstrations(at+"demonstrations", s)
	v.atLeast(at+"per_problem", s.PerProblem, 0)
	v.name(at+"into", s.Into)
	_, taken := v.recipe.Data[s.Into]
	v.check(at+"into", !taken, "is %q, which data has; valid: a name of its own", s.Into)
	v.check(at+"add_to", !s.AddTo || slices.Contains(v.recipe.collected(index), s.Into),
		"is true, but no earlier stage collects into %q; valid: false in the first of them", s.Into)
}

func (v *validator) demonstrations(field string, s Collect) {
	switch {
	case s.Keep != KeepUnsolved:
		v.check(field, s.Demonstrations == "", "is %q; valid: only with keep: %s", s.Demonstrations, KeepUnsolved)
	case s.Demonstrations == "":
		v.fault(field, "is empty; valid with keep: %s: a dataset of examples of the same problems", KeepUnsolved)
	default:
		v.examples(field, s.Demonstrations)
	}
}

// collected are the names of the datasets that stages before stage index collect, from the policy or a teacher.
func (r Recipe) collected(index int) []string {
	var names []string
	for _, s := range r.Stages[:index] {
		if (s.Collect != nil || s.Teach != nil) && !slices.Contains(names, s.Into()) {
			names = append(names, s.Into())
		}
	}
	return names
}

// Collects says whether a stage collects the dataset of a name, from the policy or a teacher.
func (r Recipe) Collects(name string) bool {
	return slices.Contains(r.collected(len(r.Stages)), name)
}

// examplesFor checks that data names a dataset that supervised stage index can use: one of the
// recipe's, or one that an earlier stage collects.
func (v *validator) examplesFor(field, data string, index int) {
	_, given := v.recipe.Data[v.recipe.Origin(data)]
	earlier := v.recipe.made(index)
	switch {
	case given:
		v.examples(field, data)
	case slices.Contains(earlier, data):
	case v.recipe.Collects(data):
		v.fault(field, "is %q, which only a later stage collects; valid: %s", data, strings.Join(append(sortedKeys(v.recipe.Data), earlier...), ", "))
	default:
		names := append(sortedKeys(v.recipe.Data), earlier...)
		v.fault(field, "is %q, which neither data has nor an earlier stage collects; %svalid: %s", data, spelling.DidYouMean(data, names), strings.Join(names, ", "))
	}
}

// from checks the policy that supervised stage index begins with.
func (v *validator) from(field, from string, index int) {
	if from != "" {
		v.oneOf(field, from, append([]string{FromLast, FromBase}, v.recipe.StageNames()[:index]...))
	}
}

// BeginsLater says whether a later stage begins with the policy that stage index leaves, or samples it.
func (r Recipe) BeginsLater(index int) bool {
	name := r.Stages[index].Name
	return slices.ContainsFunc(r.Stages[index+1:], func(s Stage) bool {
		return s.SFT != nil && s.SFT.From == name || s.Curate != nil && slices.ContainsFunc(s.Curate.PassRates(), func(p PassRate) bool { return p.From == name })
	})
}

// Problems is how many of a dataset's problems are sampled.
func (s Collect) Problems(problems int) int {
	if s.Limit > 0 {
		return min(s.Limit, problems)
	}
	return problems
}
