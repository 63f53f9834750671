package recipe

// Labels are texts at the end of a prompt, directly before the response, that say what
// the response is: return-conditioned RL trains on both kinds of responses under their
// labels, and samples under the good one.
type Labels struct {
	Correct   string `json:"correct"`
	Incorrect string `json:"incorrect"`
}

// Label is one of the labels.
type Label string

// The labels that a prompt may carry.
const (
	LabelCorrect   Label = "correct"
	LabelIncorrect Label = "incorrect"
)

func (Label) words() []string { return texts(LabelCorrect, LabelIncorrect) }

// Of is a label's text, "" for none.
func (l Labels) Of(label Label) string {
	switch label {
	case LabelCorrect:
		return l.Correct
	case LabelIncorrect:
		return l.Incorrect
	}
	return ""
}

// LongestLabel is the longest text of those that stages and benchmarks put at the end of a dataset's prompts.
func (r Recipe) LongestLabel(dataset string) string {
	longest := ""
	for _, u := range r.uses() {
		if text := r.Prompt.Labels.Of(u.label); u.data == dataset && len(text) > len(longest) {
			longest = text
		}
	}
	return longest
}

// labels checks the texts.
func (v *validator) labels(l Labels) {
	if l == (Labels{}) {
		return
	}
	v.check("prompt.labels.correct", l.Correct != "", "is empty; valid: a text, or no labels at all")
	v.check("prompt.labels.incorrect", l.Incorrect != "" && l.Incorrect != l.Correct, "is %q; valid: another text than that of correct", l.Incorrect)
}

// label checks a choice of one of them.
func (v *validator) label(field string, label Label) {
	if label == "" {
		return
	}
	v.word(field, label)
	v.check(field, v.recipe.Prompt.Labels != (Labels{}), "is %q, but the recipe has no labels; valid: absent, or prompt.labels: {correct: TEXT, incorrect: TEXT}", label)
}

// longestPromptOf is longestPrompt with a label at its end; 0 where it is not known.
func (v *validator) longestPromptOf(d Dataset, label Label) int {
	if longest := v.longestPrompt(d); longest > 0 {
		return longest + len([]rune(v.recipe.Prompt.Labels.Of(label))) // a token has a character at least
	}
	return 0
}
