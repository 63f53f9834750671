package recipe

// QuestionPlaceholder stands for the question in a prompt's texts.
const QuestionPlaceholder = "{question}"

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
