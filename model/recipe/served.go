package recipe

import (
	"fmt"
	"strings"
)

// Served is a model that an OpenAI-compatible server holds, in place of one of the run's own: it
// is measured on benchmarks and nothing else. The server's chat template and tokenizer make the
// prompt; what it gets is the recipe's system text and the benchmark's text for a question.
type Served struct {
	// Endpoint is the name that the workers' configuration has for a URL with its key, and Model
	// what the endpoint calls the model.
	Endpoint string `json:"endpoint"`
	Model    string `json:"model"`
}

// served checks a recipe whose model a server holds.
func (v *validator) served(s Served) {
	r := v.recipe
	v.dotted("model.served.endpoint", s.Endpoint)
	v.check("model.served.model", strings.TrimSpace(s.Model) != "", "is empty; valid: the name that the endpoint has for the model")
	m := r.Model
	m.Served = nil
	v.check("model.served", m == Model{}, "is given beside settings of a model of our own; valid: model.served alone")
	v.check("tokenizer", r.Tokenizer == "", "is %q, but a server holds the model; valid: absent", r.Tokenizer)
	v.check("parent", r.Parent == nil, "is given, but a server holds the model; valid: absent")
	v.check("evaluation.before", !r.Evaluation.Before, "is true, but a server holds the model, which no stage changes; valid: absent")
	v.check("prompt.format", r.Prompt.Format == PromptChat || r.Prompt.Format == PromptAceReason,
		"is %q, but a server holds the model; valid: %s, %s", r.Prompt.Format, PromptChat, PromptAceReason)
	for _, f := range []struct {
		field string
		given bool
	}{
		{"prefix", r.Prompt.Prefix != ""}, {"variables", r.Prompt.Variables != nil}, {"date", r.Prompt.Date != ""}, {"end", r.Prompt.End != ""}, {"labels", r.Prompt.Labels != Labels{}},
	} {
		v.check("prompt."+f.field, !f.given, "is given, but a server makes the prompt; valid: absent")
	}
	for i, stage := range r.Stages {
		v.check(fmt.Sprintf("stages[%d].kind", i), stage.Kind == KindEvaluate, "is %q, but a server holds the model; valid: %s", stage.Kind, KindEvaluate)
	}
	for i, b := range r.Evaluation.Benchmarks {
		v.check(fmt.Sprintf("evaluation.benchmarks[%d].domain", i), b.Domain != DomainActivity, "is %q, but a server holds the model; valid: %s, %s, %s", b.Domain, DomainMath, DomainCode, DomainGraph)
	}
}

// ServedMessages are what a server is asked a benchmark's problems with: see TeacherTexts.
func (r Recipe) ServedMessages(b Benchmark) (system, user, starter string) {
	return r.TeacherTexts(Teach{Domain: b.Domain, Data: b.Data})
}

// servedResponses is how many responses a shard has at most, of one problem at least: its
// document is read as a whole.
const servedResponses = 256

// ServedShards is into how many parts a benchmark's problems are cut that a server is asked.
func (b Benchmark) ServedShards(problems int) int {
	return min(maxShards, max(b.Shards, (problems*b.Samples+servedResponses-1)/servedResponses))
}
