package recipe

import "strings"

// QuestionPlaceholder stands for the question in a prompt's texts.
const QuestionPlaceholder = "{question}"

// StarterPlaceholder stands for the header that a program has to begin with in Prompt.CodeStarter.
const StarterPlaceholder = "{starter}"

// WithHeader is a question that asks for a program with a header, as the evaluation toolkit of
// AceReason-Nemotron puts it; without a header it is the question.
func WithHeader(question, header string) string {
	if strings.TrimSpace(header) == "" {
		return question
	}
	return question + "\n\nSolve the problem starting with the provided function header.\n\nFunction header:\n```\n" + header + "\n```"
}

// Fill puts a question into a text, and the header that a program has to begin with where the
// text has a place for it: the question is then without it.
func Fill(text, question, header string) string {
	if strings.Contains(text, StarterPlaceholder) {
		question = strings.TrimSuffix(question, WithHeader("", header))
	}
	return strings.NewReplacer(QuestionPlaceholder, question, StarterPlaceholder, header).Replace(text)
}

// TextFor is the text for problems of domain code: the one for those with a header, if there is one.
func (p Prompt) TextFor(header string) string {
	if header != "" && p.CodeStarter != "" {
		return p.CodeStarter
	}
	return p.Code
}

// takesTexts says whether the texts around questions are the recipe's to give.
func (p Prompt) takesTexts() bool { return p.Format == PromptChat || p.Format == PromptPlain }

// text is the user's message to problems of a domain; nil where there is none to give.
func (p *Prompt) text(of Domain) *string {
	switch of {
	case DomainMath:
		return &p.Math
	case DomainCode:
		return &p.Code
	case DomainActivity:
		return &p.Activity
	}
	return nil
}

// PromptOf is the prompt of a dataset's problems: the recipe's, with the text of the
// benchmark that uses the dataset if it has one of its own.
func (r Recipe) PromptOf(dataset string) Prompt {
	p := r.Prompt
	for _, u := range r.uses() {
		if text := p.text(u.domain); u.data == dataset && u.prompt != "" && text != nil {
			*text = u.prompt
			if u.domain == DomainCode {
				p.CodeStarter = ""
			}
		}
	}
	if r.Model.Served != nil { // whose server makes a prompt of the user's message
		p = p.Texts()
		p.Format, p.Prefix = PromptPlain, ""
	}
	return p
}

// Texts are the prompt's texts with its format: for "acereason" those of
// AceReason-Nemotron 1.1's model card, which asks for an answer in \boxed{} or
// a program in a block of code, and begins the response with "<think>" (the
// problems of a reward of the user's are asked as they are); for other formats the recipe's.
func (p Prompt) Texts() Prompt {
	if p.Format != PromptAceReason {
		return p
	}
	const program = "Please place the solution code in the following format:\n```python\n# Your solution code here\n```"
	return Prompt{
		Format: PromptChat,
		System: "You are a helpful and harmless assistant. You should think step-by-step.",
		Math:   QuestionPlaceholder + "\n\nPlease place your final answer inside \\boxed{}.",
		Code:   QuestionPlaceholder + "\n\nWrite Python code to solve the problem. " + program,
		// The evaluation toolkit has a text of its own for problems with a header.
		CodeStarter: WithHeader(QuestionPlaceholder, StarterPlaceholder) + "\n\n" + program,
		Activity:    QuestionPlaceholder,
		Prefix:      "<think>\n",
		End:         p.End,
	}
}
