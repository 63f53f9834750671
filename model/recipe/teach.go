package recipe

import (
	"slices"
	"strings"
)

// Teach are the settings of a stage that leaves the policy as it is and asks another
// model, a teacher that an OpenAI-compatible endpoint serves, for responses to problems.
// They become a dataset of examples for later supervised stages (AceReason-Nemotron 1.1
// §2 trains on DeepSeek-R1's).
type Teach struct {
	// Domain says how problems are asked and, with KeepRight or Judge, judged.
	Domain Domain `json:"domain"`
	// Data is the dataset of problems; Limit asks only the first of them, 0 all.
	Data  string `json:"data"`
	Limit int    `json:"limit,omitempty"`
	// Endpoint is the name that the workers' configuration has for a URL with its key: who
	// starts a run can choose among these and send a key nowhere else.
	Endpoint string `json:"endpoint"`
	// Model is what the endpoint calls the model.
	Model string `json:"model"`
	// User is the user's message, with {question} in it, and System the system's; without
	// User both are those of the recipe's prompt.
	System string `json:"system,omitempty"`
	User   string `json:"user,omitempty"`
	// Samples is the number of responses to each problem.
	Samples int `json:"samples"`
	// MeanSamples, above samples-1 and at most samples, is how many there are in the mean, if not samples: each problem has one more or one
	// less, by a draw of its own that the seed gives, so that the larger of two means has all responses of the smaller. The sets of
	// AceReason-Nemotron 1.1 §2 have 4.86 responses to a math prompt and 7.35 to a code prompt.
	MeanSamples float64 `json:"mean_samples,omitempty"`
	Temperature float64 `json:"temperature"`
	TopP        float64 `json:"top_p"`
	// MaxTokens is the teacher's budget for a response, in its own tokens.
	MaxTokens int `json:"max_tokens"`
	// Shards is into how many parts the problems are cut; a pause or a stop holds when the eight under way are done.
	Shards int `json:"shards"`
	// Keep says which responses become examples, Cut whether those that were cut do.
	Keep KeepTaught `json:"keep,omitempty"`
	Cut  CutTaught  `json:"cut,omitempty"`
	// Judge has all responses judged, for a rule of curation by difficulty, whatever is kept.
	Judge bool `json:"judge,omitempty"`
	// Into names the dataset. AddTo keeps what earlier stages have collected into it, as the
	// responses to math and code prompts are one dataset of AceReason-Nemotron 1.1 §2.
	Into  string `json:"into"`
	AddTo bool   `json:"add_to,omitempty"`
}

// Mean is the mean number of responses to a problem.
func (t Teach) Mean() float64 {
	if t.MeanSamples > 0 {
		return t.MeanSamples
	}
	return float64(t.Samples)
}

// KeepTaught says which of a teacher's responses become examples; "" is KeepAll.
type KeepTaught string

// What a stage of kind teach keeps.
const (
	// KeepAll keeps every response, each text to a problem once: the paper describes no filter.
	KeepAll KeepTaught = "all"
	// KeepRight keeps those that the domain's verifier finds correct. One that was cut is not.
	KeepRight KeepTaught = "correct"
)

func (KeepTaught) words() []string { return texts(KeepAll, KeepRight) }

// CutTaught is what becomes of responses that their budget or the server's filter cut; "" is CutKept.
type CutTaught string

// What becomes of responses that were cut.
const (
	// CutKept makes them examples without an end: to leave the longest out would be a bias.
	CutKept CutTaught = "keep"
	// CutDropped counts them and leaves them out of the dataset. The store keeps them.
	CutDropped CutTaught = "drop"
)

func (CutTaught) words() []string { return texts(CutKept, CutDropped) }

// teach checks stage index.
func (v *validator) teach(at string, index int, s Teach) {
	v.word(at+"domain", s.Domain)
	if d, known := v.asked(at+"data", s.Data, s.Domain); known {
		v.notHeldOut(at+"data", s.Data, d)
	}
	v.atLeast(at+"limit", s.Limit, 0)
	v.dotted(at+"endpoint", s.Endpoint)
	v.check(at+"model", strings.TrimSpace(s.Model) != "", "is empty; valid: the name that the endpoint has for the model")
	v.check(at+"user", s.User == "" || strings.Contains(s.User, QuestionPlaceholder), "is %q; valid: absent, or a text with %s in it", s.User, QuestionPlaceholder)
	v.check(at+"system", s.System == "" || s.User != "", "is given without user; valid: both, or neither for the texts of prompt")
	v.atLeast(at+"samples", s.Samples, 1)
	v.check(at+"mean_samples", s.MeanSamples == 0 || s.MeanSamples > 0 && s.MeanSamples > float64(s.Samples-1) && s.MeanSamples <= float64(s.Samples),
		"is %g; valid: above %d, at most samples %d, or absent", s.MeanSamples, s.Samples-1, s.Samples)
	v.check(at+"temperature", s.Temperature >= 0 && s.Temperature <= 2, "is %g; valid: 0 to 2", s.Temperature)
	v.check(at+"top_p", s.TopP > 0 && s.TopP <= 1, "is %g; valid: above 0, at most 1", s.TopP)
	v.atLeast(at+"max_tokens", s.MaxTokens, 1)
	v.shards(at+"shards", s.Shards)
	if s.Keep != "" {
		v.word(at+"keep", s.Keep)
	}
	v.check(at+"keep", s.Keep != KeepRight || s.Domain != DomainActivity, "is %q, but the domain is %q; valid with it: %s", s.Keep, s.Domain, KeepAll)
	v.check(at+"judge", !s.Judge || s.Domain != DomainActivity, "is true, but the domain is %q; valid with it: absent", s.Domain)
	if s.Cut != "" {
		v.word(at+"cut", s.Cut)
	}
	v.name(at+"into", s.Into)
	_, taken := v.recipe.Data[s.Into]
	earlier := slices.Contains(v.recipe.collected(index), s.Into)
	v.check(at+"into", !taken && !slices.Contains(v.recipe.curatedNames(index), s.Into) && (s.AddTo || !earlier),
		"is %q, which data or an earlier stage has; valid: a name of its own, or that of an earlier collection with add_to", s.Into)
	v.check(at+"add_to", !s.AddTo || earlier, "is true, but no earlier stage collects into %q; valid: false in the first of them", s.Into)
}

// asked checks that data names a dataset whose problems a teacher can be asked.
func (v *validator) asked(field, data string, domain Domain) (Dataset, bool) {
	if v.recipe.OnlyAsked(v.recipe.Origin(data)) {
		return v.dataset(field, data)
	}
	return v.problems(field, data, domain)
}

// OnlyAsked says whether a dataset has questions and nothing to judge responses by, which is
// enough where teachers are asked and what they say is never judged.
func (r Recipe) OnlyAsked(dataset string) bool {
	asked := false
	if f, mapped := r.Data[dataset].Mapped(); !mapped || f.Answer != "" || f.Tests != "" {
		return false
	}
	for _, s := range r.Stages {
		switch {
		case r.Origin(s.Data()) != dataset:
		case s.RL != nil, s.Collect != nil, s.Curate != nil && len(s.Curate.PassRates()) > 0, s.Teach != nil && s.Teach.Judges():
			return false
		case s.Teach != nil:
			asked = true
		}
	}
	return asked && !slices.ContainsFunc(r.Evaluation.Benchmarks, func(b Benchmark) bool { return b.Data == dataset })
}

// TeacherTexts are the messages that a stage's teacher is asked with: the system's, "" for
// none, the user's with {question} where the question stands, and the user's to problems with
// a header that the program has to begin with, "" where it is the same.
func (r Recipe) TeacherTexts(s Teach) (system, user, starter string) {
	if s.User != "" {
		return s.System, s.User, ""
	}
	p := r.PromptOf(r.Origin(s.Data)).Texts()
	if !p.takesTexts() {
		return "", QuestionPlaceholder, ""
	}
	if s.Domain == DomainCode {
		starter = p.CodeStarter
	}
	if text := p.text(s.Domain); text != nil && *text != "" {
		return p.System, *text, starter
	}
	return p.System, QuestionPlaceholder, starter
}

// Problems is how many of a dataset's problems are asked.
func (s Teach) Problems(problems int) int {
	if s.Limit > 0 {
		return min(s.Limit, problems)
	}
	return problems
}
