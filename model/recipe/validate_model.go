package recipe

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"
)

// model checks what the run starts from: a base model or an architecture.
func (v *validator) model(m Model) {
	v.atLeast("model.max_position_embeddings", m.MaxPositionEmbeddings, 1)
	if m.Base != "" {
		v.baseModel(m)
		return
	}
	for _, f := range []struct {
		field string
		value int
	}{
		{"hidden_size", m.HiddenSize}, {"intermediate_size", m.IntermediateSize},
		{"num_hidden_layers", m.NumHiddenLayers}, {"num_attention_heads", m.NumAttentionHeads},
		{"num_key_value_heads", m.NumKeyValueHeads},
	} {
		v.atLeast("model."+f.field, f.value, 1)
	}
	v.heads(m)
	v.ropeTheta(m.RopeTheta)
	v.check("model.rms_norm_eps", m.RMSNormEps > 0 && m.RMSNormEps <= 1, "is %g; valid: above 0, at most 1", m.RMSNormEps)
	if m.Init == nil {
		v.fault("model.init", "is missing; valid: embedding_std and output_gain, or a base model (model.base) to start from")
		return
	}
	v.positive("model.init.embedding_std", m.Init.EmbeddingStd)
	v.positive("model.init.output_gain", m.Init.OutputGain)
}

// baseModel refuses what the base model's own config.json says.
func (v *validator) baseModel(m Model) {
	v.place("model.base", m.Base)
	var decided []string
	for _, f := range []struct {
		field string
		given bool
	}{
		{"hidden_size", m.HiddenSize != 0}, {"intermediate_size", m.IntermediateSize != 0},
		{"num_hidden_layers", m.NumHiddenLayers != 0}, {"num_attention_heads", m.NumAttentionHeads != 0},
		{"num_key_value_heads", m.NumKeyValueHeads != 0}, {"rms_norm_eps", m.RMSNormEps != 0},
		{"tie_word_embeddings", m.TieWordEmbeddings}, {"init", m.Init != nil},
	} {
		if f.given {
			decided = append(decided, f.field)
		}
	}
	v.check("model.base", len(decided) == 0, "is given beside %s, which the base model's config.json says; valid with it: max_position_embeddings, rope_theta; to drop the others: --set 'model={base: %s, max_position_embeddings: %d}'",
		strings.Join(decided, ", "), m.Base, m.MaxPositionEmbeddings)
	if m.RopeTheta != 0 {
		v.ropeTheta(m.RopeTheta)
	}
}

func (v *validator) heads(m Model) {
	if m.HiddenSize > 0 && m.NumAttentionHeads > 0 {
		if m.HiddenSize%m.NumAttentionHeads != 0 {
			v.fault("model.num_attention_heads", "is %d, which does not divide hidden_size %d; valid: %s",
				m.NumAttentionHeads, m.HiddenSize, divisors(m.HiddenSize))
		} else if m.HiddenSize/m.NumAttentionHeads%2 != 0 {
			v.fault("model.num_attention_heads", "is %d, which makes heads of %d; rotary positions need an even head size",
				m.NumAttentionHeads, m.HiddenSize/m.NumAttentionHeads)
		}
	}
	if m.NumAttentionHeads > 0 && m.NumKeyValueHeads > 0 {
		v.check("model.num_key_value_heads", m.NumAttentionHeads%m.NumKeyValueHeads == 0,
			"is %d, which does not divide num_attention_heads %d; valid: %s",
			m.NumKeyValueHeads, m.NumAttentionHeads, divisors(m.NumAttentionHeads))
	}
}

func (v *validator) ropeTheta(theta float64) {
	v.check("model.rope_theta", theta > 1 && !math.IsInf(theta, 0), "is %g; valid: above 1", theta)
}

// place checks the path or URI of a folder or file that is read as a whole.
func (v *validator) place(field, uri string) {
	if !strings.Contains(uri, "://") {
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(uri, "s3://"), "/")
	v.check(field, strings.HasPrefix(uri, "s3://") && bucket != "" && key != "", "is %q; valid: a path, s3://BUCKET/KEY", uri)
}

func (v *validator) tokenizer(name string) {
	switch {
	case slices.Contains(vocabularies, name):
	case name == TokenizerBase:
		v.check("tokenizer", v.recipe.Model.Base != "", `is "base", but the recipe has no model.base; valid without one: %s, a path, s3://BUCKET/KEY`,
			strings.Join(vocabularies, ", "))
	case strings.ContainsAny(name, "/."): // anything else is a misspelt name
		v.place("tokenizer", name)
	default:
		v.fault("tokenizer", "is %q; valid: %s, base (with model.base), a path with a slash or s3://BUCKET/KEY of a folder with tokenizer.json",
			name, strings.Join(vocabularies, ", "))
	}
}

func (v *validator) prompt(p Prompt) {
	v.word("prompt.format", p.Format)
	v.labels(p.Labels)
	texts := []struct{ field, text string }{{"prompt.math", p.Math}, {"prompt.code", p.Code}, {"prompt.activity", p.Activity}}
	if p.Format == PromptTokens || p.Format == PromptAceReason {
		for _, t := range append(texts, []struct{ field, text string }{{"prompt.system", p.System}, {"prompt.code_starter", p.CodeStarter}, {"prompt.prefix", p.Prefix}}...) {
			v.check(t.field, t.text == "", "is given; valid: only with the formats chat and plain")
		}
	}
	v.templateSettings(p)
	v.check("prompt.end", p.Format != PromptTokens || p.End == "", "is given; valid: only with the formats chat, plain and acereason")
	v.check("prompt.system", p.System == "" || p.Format != PromptPlain, "is given; valid: only with the format chat")
	v.check("prompt.format", p.Texts().Format != PromptChat || !slices.Contains(vocabularies, v.recipe.Tokenizer),
		`is %q, but the tokenizer %s has no chat template; valid with it: tokens, plain`, p.Format, v.recipe.Tokenizer)
	if !p.takesTexts() {
		return
	}
	for _, t := range texts {
		v.check(t.field, t.text == "" || strings.Contains(t.text, QuestionPlaceholder), "is %q; valid: a text with %s in it", t.text, QuestionPlaceholder)
	}
	v.check("prompt.code_starter", p.CodeStarter == "" || strings.Contains(p.CodeStarter, QuestionPlaceholder) && strings.Contains(p.CodeStarter, StarterPlaceholder),
		"is %q; valid: absent, or a text with %s and %s in it", p.CodeStarter, QuestionPlaceholder, StarterPlaceholder)
	for _, domain := range []struct {
		name        Domain
		field, text string
	}{{DomainMath, "prompt.math", p.Math}, {DomainCode, "prompt.code", p.Code}, {DomainActivity, "prompt.activity", p.Activity}} {
		v.check(domain.field, domain.text != "" || !v.readsProblems(domain.name), "is empty; valid: a text with %s in it, since the recipe reads %s problems from files", QuestionPlaceholder, domain.name)
	}
}

// readsProblems says whether a stage or benchmark of the domain takes its problems from a
// file and asks them with the recipe's text.
func (v *validator) readsProblems(domain Domain) bool {
	fromFile := func(data string) bool {
		d, ok := v.recipe.Data[data]
		_, drawn := d.Drawn()
		return ok && !drawn && d.Made == nil
	}
	return slices.ContainsFunc(v.recipe.uses(), func(u use) bool { return u.domain == domain && u.prompt == "" && fromFile(u.data) })
}

// templateSettings checks what a chat template is set by.
func (v *validator) templateSettings(p Prompt) {
	chat := p.Texts().Format == PromptChat
	for name, value := range p.Variables {
		field := "prompt.variables." + name
		v.check(field, chat, "is given; valid: only with the formats chat and acereason")
		v.check(field, json.Valid([]byte(value)), "is %q; valid: JSON as text, such as \"false\" or \"\\\"low\\\"\"", value)
	}
	if p.Date != "" {
		_, err := time.Parse(time.DateOnly, p.Date)
		v.check("prompt.date", err == nil, "is %q; valid: a day, as 2026-01-31", p.Date)
		v.check("prompt.date", chat, "is given; valid: only with the formats chat and acereason")
	}
}
