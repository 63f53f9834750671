package teacher

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"temper/model/library/jsonkind"
	"temper/model/tokenizer"
)

// ErrMalformed is wrapped by the errors of answers that hold no response.
var ErrMalformed = errors.New("the answer is no chat completion")

// The reasons of responses that did not come to their end.
const (
	// FinishLength is that of one that its budget cut.
	FinishLength = "length"
	// FinishContext is that of a question that is longer than the model reads: there is no response.
	FinishContext = "context_length"
	// finishFilter is that of one that the server broke off for what it says.
	finishFilter = "content_filter"
)

// Response is what a server answered.
type Response struct {
	// Model is the model that answered, as the server calls it.
	Model string `json:"model"`
	// Finish is why the response ended: "stop", "length", "content_filter" or what else the server says.
	Finish string `json:"finish_reason"`
	// Content is the response, without the reasoning where the server gives that apart.
	Content   string `json:"content"`
	Reasoning string `json:"reasoning,omitempty"`
	// PromptTokens and CompletionTokens are the server's count, 0 where it has none.
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
}

// Parse reads a body of POST chat/completions. What it does not know it leaves alone. The
// error wraps ErrMalformed.
func Parse(body []byte) (Response, error) {
	var b struct {
		Model   string `json:"model"`
		Choices []struct {
			Finish  string `json:"finish_reason"`
			Message *struct {
				Content   *string `json:"content"`
				Reasoning string  `json:"reasoning"`         // OpenRouter, later vLLM
				Apart     string  `json:"reasoning_content"` // DeepSeek, vLLM, SGLang, llama.cpp
			} `json:"message"`
		} `json:"choices"`
		Usage struct {
			Prompt     int `json:"prompt_tokens"`
			Completion int `json:"completion_tokens"`
		} `json:"usage"`
	}
	malformed := func(what string) (Response, error) {
		return Response{}, fmt.Errorf("%w: %s: %s", ErrMalformed, what, jsonkind.Clip(string(body)))
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return malformed(err.Error())
	}
	if len(b.Choices) == 0 || b.Choices[0].Message == nil {
		return malformed("it has no choice with a message")
	}
	c := b.Choices[0]
	if c.Finish == "" || c.Finish == "error" { // whether it is whole nobody knows
		return malformed(fmt.Sprintf("its finish_reason is %q", c.Finish))
	}
	r := Response{Model: b.Model, Finish: c.Finish, Reasoning: cmp.Or(c.Message.Apart, c.Message.Reasoning), PromptTokens: b.Usage.Prompt, CompletionTokens: b.Usage.Completion}
	if c.Message.Content != nil {
		r.Content = *c.Message.Content
	}
	return r, nil
}

// IsCut says whether the response did not come to its end.
func (r Response) IsCut() bool { return r.Finish == FinishLength || r.Finish == finishFilter }

// Text is the response as a policy learns it after a prompt: the content, and before it the
// reasoning, if the server gave it apart, as
//
//	<think>
//	REASONING
//	</think>
//
//	CONTENT
//
// which ends with the reasoning where the budget cut that. After a prompt that ends with
// <think>, as the paper's do, a response begins without it.
func (r Response) Text(prompt string) string {
	text := r.Content
	if r.Reasoning != "" {
		text = tokenizer.ThinkToken + "\n" + strings.Trim(r.Reasoning, "\n")
		if r.Content != "" || !r.IsCut() {
			text += "\n" + tokenizer.EndThinkToken + "\n\n" + strings.TrimLeft(r.Content, "\n")
		}
	}
	opened := strings.TrimRight(prompt, "\n")
	if !strings.HasSuffix(opened, tokenizer.ThinkToken) {
		return text
	}
	rest, found := strings.CutPrefix(strings.TrimLeft(text, "\n"), tokenizer.ThinkToken)
	if !found {
		return text
	}
	if opened != prompt { // it has the line's end too
		rest = strings.TrimLeft(rest, "\n")
	}
	return rest
}
