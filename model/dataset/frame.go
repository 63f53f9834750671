package dataset

import (
	"strings"

	"temper/model/recipe"
	"temper/model/tokenizer"
)

// Frame is the text around a question and a solution, so that the policy knows
// what is asked, when its own turn begins and how to mark its answer.
type Frame struct {
	recipe.Prompt
	// Chat renders a system message ("" for none) and a user's message with the
	// tokenizer's chat template, up to where the answer begins. Only the format
	// "chat" needs it.
	Chat func(system, user string) (string, error)
	// Reserved are the texts that would end or open a turn: no question or
	// solution may hold one.
	Reserved []string
}

// TokenFrame is the frame made of the built-in vocabularies' chat tokens.
func TokenFrame() Frame {
	return Frame{
		Prompt: recipe.Prompt{Format: recipe.PromptTokens},
		Reserved: []string{
			tokenizer.PadToken, tokenizer.EOSToken, tokenizer.UserToken, tokenizer.AssistantToken,
			tokenizer.ThinkToken, tokenizer.EndThinkToken,
		},
	}
}

// TokenPrompt is the prompt "<user>QUESTION<asst><think>" of the built-in vocabularies.
func TokenPrompt(asked string) string {
	return tokenizer.UserToken + asked + tokenizer.AssistantToken + tokenizer.ThinkToken
}

// PromptFor is the whole prompt for a question of a domain. With the format
// "tokens" it is "<user>QUESTION<asst><think>".
func (f Frame) PromptFor(domain, asked string) (string, error) {
	if f.Format == recipe.PromptTokens {
		return TokenPrompt(asked), nil
	}
	text := f.Math
	if domain == Code {
		text = f.Code
	}
	if text == "" { // a dataset that only SFT uses
		text = recipe.QuestionMark
	}
	text = strings.ReplaceAll(text, recipe.QuestionMark, asked)
	if f.Format == recipe.PromptChat {
		rendered, err := f.Chat(f.System, text)
		if err != nil {
			return "", err
		}
		text = rendered
	}
	return text + f.Prefix, nil
}

// Response is what the policy learns to answer: the reasoning, and behind
// </think> the final answer, where the verifier looks for it. Without a solution
// the answer comes at once.
func (f Frame) Response(solution, answer string) string {
	box := tokenizer.BoxToken + answer + "}"
	if f.Format == recipe.PromptTokens {
		return solution + tokenizer.EndThinkToken + box
	}
	if solution != "" {
		solution += "\n"
	}
	return solution + tokenizer.EndThinkToken + "\n\n" + box
}

// refuse returns an error if a field's text holds a text that is reserved.
func (f Frame) refuse(field, text string) error { return refuse(field, text, f.Reserved...) }
