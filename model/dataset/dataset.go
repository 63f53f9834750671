// Package dataset holds problems and examples: storing them, and the order in which
// training uses them. Where they come from is package source; what is left out of them
// package curation.
//
// A problem is a prompt with something to verify a response by; rollouts are
// sampled from it. An example is a prompt with one response to learn from.
// Prompts are whole texts, chat tokens included:
//
//	Problem{ID: "m:9a-2b-3", Domain: "math", Prompt: "<user>9a-2b-3?<asst><think>", Answer: "4"}
//	Example{ID: "m:9a-2b-3/0", Prompt: "<user>9a-2b-3?<asst><think>",
//	        Response: `soa9-2=7nextb7-3=4</think>\boxed{4}`}
//
// A response has no closing <eos>: Tokenize appends it, but to one that was cut. Everything here is a pure
// function of its arguments.
package dataset

import (
	"encoding/json"
	"fmt"
	"slices"

	"temper/model/recipe"
	"temper/model/tokenizer"
)

// Problem is a prompt whose responses can be verified.
type Problem struct {
	// ID says which problem this is. A dataset drawn with repeats has the same
	// ID more than once: the index in the dataset is what tells records apart.
	ID string `json:"id"`
	// Domain is whose verifier judges responses: see package reward/domain.
	Domain recipe.Domain `json:"domain"`
	// Question is what is asked, without any frame.
	Question string `json:"question"`
	// Starter is the header that a program has to begin with, with which Question ends too, where
	// the recipe asks such problems in a way of their own.
	Starter string `json:"starter,omitempty"`
	// Prompt is the whole prompt text, chat tokens included.
	Prompt string `json:"prompt"`
	// Answer is the reference answer of a math problem, as it would stand in \boxed{}.
	Answer string `json:"answer,omitempty"`
	// Tests are the tests of a code problem, a JSON object in the code verifier's form.
	Tests json.RawMessage `json:"tests,omitempty"`
	// Fields are what else a row held, a JSON object, for rewards that the user writes, or
	// the graph that a graph problem is about.
	Fields json.RawMessage `json:"fields,omitempty"`
	// What rules of curation read, where the recipe has one that does: Golden is a program that the data has as
	// right, Released the day on which the problem was published, as 2024-08-01, and URL where.
	Golden   string `json:"golden,omitempty"`
	Released string `json:"released,omitempty"`
	URL      string `json:"url,omitempty"`
	// Level is how many of a teacher's responses failed, where a rule of curation has counted them.
	Level *int `json:"level,omitempty"`
}

// TokenPrompt is the prompt "<user>QUESTION<asst><think>" of the built-in vocabularies.
func TokenPrompt(asked string) string {
	return tokenizer.UserToken + asked + tokenizer.AssistantToken + tokenizer.ThinkToken
}

// Example is a prompt with one response to learn from.
type Example struct {
	ID string `json:"id"`
	// Question is what is asked, without any frame.
	Question string `json:"question"`
	// Prompt is the whole prompt text, chat tokens included. It carries no loss.
	Prompt string `json:"prompt"`
	// Response is what follows the prompt, without the closing <eos>.
	Response string `json:"response"`
	// Cut responses go on where their budget ended: no <eos> follows.
	Cut bool `json:"cut,omitempty"`
}

// Tokenized is what training reads of an example, in token IDs: the prompt, which carries
// no loss, and what may be learnt after it.
type Tokenized struct {
	Prompt   []int32 `json:"prompt"`
	Response []int32 `json:"response"`
}

// Len is the number of tokens of prompt and response together.
func (t Tokenized) Len() int { return len(t.Prompt) + len(t.Response) }

// Tokenize returns an example's token IDs, the response's with the token end appended
// unless it was cut. It is an error if the vocabulary lacks a character, if either text is empty, or if one contains padding or the response
// already the token end.
func Tokenize(tok tokenizer.Tokenizer, end int32, e Example) (t Tokenized, err error) {
	if t.Prompt, err = encode(tok, "prompt", e.Prompt); err != nil {
		return Tokenized{}, fmt.Errorf("example %q: %w", e.ID, err)
	}
	if t.Response, err = encode(tok, "response", e.Response); err != nil {
		return Tokenized{}, fmt.Errorf("example %q: %w", e.ID, err)
	}
	if slices.Contains(t.Response, end) {
		return Tokenized{}, fmt.Errorf("example %q: response: it contains the end-of-sequence token, which is added by itself", e.ID)
	}
	if !e.Cut {
		t.Response = append(t.Response, end)
	}
	return t, nil
}

// PromptTokens returns the token IDs of a problem's prompt. The errors are those of Tokenize.
func PromptTokens(tok tokenizer.Tokenizer, p Problem) ([]int32, error) {
	prompt, err := encode(tok, "prompt", p.Prompt)
	if err != nil {
		return nil, fmt.Errorf("problem %q: %w", p.ID, err)
	}
	return prompt, nil
}

func encode(tok tokenizer.Tokenizer, what, text string) ([]int32, error) {
	if text == "" {
		return nil, fmt.Errorf("%s: it is empty", what)
	}
	ids, err := tok.Encode(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if slices.Contains(ids, tok.Pad()) {
		return nil, fmt.Errorf("%s: it contains the padding token", what)
	}
	return ids, nil
}
