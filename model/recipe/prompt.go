package recipe

// QuestionPlaceholder stands for the question in a prompt's texts.
const QuestionPlaceholder = "{question}"

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
		}
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
	return Prompt{
		Format: PromptChat,
		System: "You are a helpful and harmless assistant. You should think step-by-step.",
		Math:   QuestionPlaceholder + "\n\nPlease place your final answer inside \\boxed{}.",
		Code: QuestionPlaceholder + "\n\nWrite Python code to solve the problem. Please place the solution code in the following format:\n" +
			"```python\n# Your solution code here\n```",
		Activity: QuestionPlaceholder,
		Prefix:   "<think>\n",
		End:      p.End,
	}
}
