package source

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"temper/model/dataset"
	"temper/model/library/jsonl"
	"temper/model/recipe"
	"temper/model/reward/domain"
	"temper/model/tokenizer"
)

// Frame is the text around a question and a solution, so that the policy knows
// what is asked, when its own turn begins and how to mark its answer.
type Frame struct {
	recipe.Prompt
	// Domain is that of the stages and benchmarks that use the dataset, "" where none does:
	// then a problem is of the domain that it has something to judge by for.
	Domain recipe.Domain
	// Asked says that problems are only asked, of a teacher: they need nothing to judge by.
	Asked bool
	// Chat renders a system message ("" for none) and a user's message with the
	// tokenizer's chat template, up to where the answer begins. Only the format
	// "chat" needs it.
	Chat func(system, user string) (string, error)
	// Said is what is kept of rows for rules of curation.
	Said recipe.Said
	// File is the file's name where a dataset has several: it is put before the names of rows
	// that have none of their own.
	File string
	// Read, if set, is told of each row that is read.
	Read func()
	// LeftOut, if set, is told of each row that is left out because no program can be judged
	// by it, and why.
	LeftOut func(reason string)
	// Skipped, if set, is told of each bad row that is skipped: which it is and what is wrong.
	Skipped func(fault error)
	// Only, if set, has the names of the rows that are read; of others Unselected, if set, is told.
	Only       Selection
	Unselected func()
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

// ask gives a problem its domain and prompt, and refuses one that lacks what its domain
// judges by.
func (f Frame) ask(p dataset.Problem) (dataset.Problem, error) {
	p.Domain = cmp.Or(f.Domain, recipe.DomainMath)
	if f.Domain == "" && p.Tests != nil {
		p.Domain = recipe.DomainCode
	}
	d, err := domain.Of(p.Domain)
	if err != nil {
		return p, err
	}
	if err := d.Check(p); err != nil && !f.Asked {
		return p, err
	}
	p.Prompt, err = f.PromptFor(d, p.Question, p.Starter)
	return p, err
}

// external says whether an activity of the user's judges.
func (f Frame) external() bool {
	d, err := domain.Of(f.Domain)
	return err == nil && d.External
}

// rest are the fields of a row that a mapping does not read: they go to a reward of the
// user's. In other domains there may be none.
func (f Frame) rest(row jsonl.Object, known ...string) (json.RawMessage, error) {
	if !f.external() {
		return nil, row.Only(known...)
	}
	rest := row.Without(known...)
	if len(rest) == 0 {
		return nil, nil
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(rest) // in the order of their names, in one spelling
	return bytes.TrimSpace(text.Bytes()), err
}

// starter is the header that a program has to begin with as a problem keeps it: "" where the
// recipe asks such problems as others, since the question has it too.
func (f Frame) starter(header string) string {
	if f.CodeStarter == "" || strings.TrimSpace(header) == "" {
		return ""
	}
	return header
}

// PromptFor is the whole prompt for a question of a domain, which ends with the header that a
// program has to begin with, "" for none. With the format "tokens" it is
// "<user>QUESTION<asst><think>".
func (f Frame) PromptFor(d domain.Domain, asked, header string) (string, error) {
	if f.Format == recipe.PromptTokens {
		return dataset.TokenPrompt(asked), nil
	}
	text := d.Text(f.Prompt)
	if d.Name == recipe.DomainCode {
		text = f.TextFor(header)
	}
	text = recipe.Fill(cmp.Or(text, recipe.QuestionPlaceholder), asked, header) // "" for a dataset that only SFT uses
	if f.Format == recipe.PromptChat {
		rendered, err := f.Chat(f.System, text)
		if err != nil {
			return "", err
		}
		if strings.HasSuffix(rendered, f.Prefix) { // templates of models that reason may open it themselves
			return rendered, nil
		}
		text = rendered
	}
	return text + f.Prefix, nil
}

// Response is what the policy learns to answer: the reasoning, and after
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

// refuse returns an error if a field's text contains one of the tokens.
func refuse(field, text string, tokens ...string) error {
	for _, token := range tokens {
		if strings.Contains(text, token) {
			return fmt.Errorf("field %q contains the chat token %s", field, token)
		}
	}
	return nil
}
