// Package chat renders the chat templates of models in Hugging Face layout: a
// conversation in, the text that the model was trained on out.
//
// The engine is package jinja below this one. The maintained Jinja engine that
// the Go module proxy has, github.com/nikolalohinski/gonja/v2 v2.9.1, was
// measured first: of the 348 templates and constructs in testdata/reference.jsonl,
// whose texts come from Jinja2 3.1.6, it gets 198 right. It takes None and
// undefined for one value, turns 'a' + None into text where Python raises an
// exception, sorts the keys of dicts, cannot read an inline if in parentheses
// (Gemma 3), renders templates in the style of DeepSeek and Qwen 3 wrongly,
// panics at 1 % 0, and does not bound what a template may compute. A prompt that
// is almost right is a wrong prompt that nobody notices, so temper has its own
// engine, which agrees on all of them.
package chat

import (
	"encoding/json"
	"errors"
	"fmt"

	"temper/model/library/jinja"
)

// Message is one message of a conversation: a JSON object with "role", "content"
// (a string; null beside "tool_calls"; or the parts that a template knows) and any
// other keys. It stays JSON because the order of keys shows in what tojson writes.
type Message = json.RawMessage

// Conversation is a question with, if system is not empty, a system message before it.
func Conversation(system, user string) []Message {
	if system == "" {
		return []Message{message("user", user)}
	}
	return []Message{message("system", system), message("user", user)}
}

func message(role, content string) Message {
	text, err := json.Marshal(struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}{role, content})
	if err != nil { // a struct of strings always has a JSON form
		panic(fmt.Sprintf("chat message: %v", err))
	}
	return text
}

// Template renders conversations. It is safe for concurrent use.
type Template struct {
	plain *jinja.Template
	// withTools renders conversations that come with tools; nil: plain does.
	withTools *jinja.Template
	specials  map[string]string
}

// Parse reads the source of a template. In it, the special tokens are variables:
// bos_token, eos_token, pad_token, unk_token and so on; those that are not in
// specials are undefined, as for a tokenizer that has none.
func Parse(source string, specials map[string]string) (*Template, error) {
	plain, err := jinja.Parse(source)
	if err != nil {
		return nil, fmt.Errorf("parse chat template: %w", err)
	}
	return &Template{plain: plain, specials: specials}, nil
}

// Render returns the text of a conversation. tools is a JSON array of function
// descriptions; nil or null if there are none. addGenerationPrompt ends the text
// with what begins an answer. The error names the faulty message, or the line of
// the template; a template's own raise_exception is an error too.
func (t *Template) Render(messages []Message, tools json.RawMessage, addGenerationPrompt bool) (string, error) {
	conversation := &jinja.List{}
	for i, m := range messages {
		v, err := jinja.Decode(m)
		if err != nil {
			return "", fmt.Errorf("render chat: messages[%d]: %w", i, err)
		}
		if _, ok := v.(*jinja.Dict); !ok {
			return "", fmt.Errorf("render chat: messages[%d] is no JSON object", i)
		}
		conversation.Items = append(conversation.Items, v)
	}
	vars := map[string]any{"messages": conversation, "tools": nil, "documents": nil, "add_generation_prompt": addGenerationPrompt}
	template := t.plain
	if tools != nil {
		list, err := jinja.Decode(tools)
		if err != nil {
			return "", fmt.Errorf("render chat: tools: %w", err)
		}
		if _, ok := list.(*jinja.List); !ok && list != nil {
			return "", errors.New("render chat: tools is no JSON array")
		}
		vars["tools"] = list
		if t.withTools != nil && list != nil {
			template = t.withTools
		}
	}
	for name, text := range t.specials {
		vars[name] = text
	}
	text, err := template.Render(vars, functions)
	if err != nil {
		return "", fmt.Errorf("render chat template: %w", err)
	}
	return text, nil
}

// functions are what Hugging Face adds to Jinja.
var functions = map[string]func(string) error{
	"raise_exception": func(message string) error { return errors.New(message) },
	"strftime_now": func(string) error {
		return errors.New("the template asks for today's date (strftime_now), so that its text would not be reproducible; valid: a template with a fixed date")
	},
}
