// Package chat renders the chat templates of models in Hugging Face layout: a
// conversation in, the text that the model was trained on out.
//
// The engine is package jinja of the libraries. A prompt that is almost right is
// a wrong prompt that nobody notices; ARCHITECTURE.md says what the maintained
// engines make of the same templates.
package chat

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

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
	variables map[string]any
	date      time.Time
}

// Settings are what a user sets for all renderings of a template.
type Settings struct {
	// Variables are further variables of the template, such as enable_thinking,
	// as JSON. They count more than the special tokens.
	Variables map[string]json.RawMessage
	// Date is what strftime_now formats, so that the text is the same every day;
	// a template that asks for the date is refused without it.
	Date time.Time
}

// NewSettings reads settings from variables with their JSON texts and a day,
// YYYY-MM-DD, "" for none.
func NewSettings(variables map[string]string, date string) (s Settings, err error) {
	s.Variables = map[string]json.RawMessage{}
	for name, value := range variables {
		s.Variables[name] = json.RawMessage(value)
	}
	if date != "" {
		if s.Date, err = time.Parse(time.DateOnly, date); err != nil {
			return s, fmt.Errorf("date %q; valid: YYYY-MM-DD", date)
		}
	}
	return s, nil
}

// With returns the template with settings. The error names the variable that is no
// JSON, or that Render sets itself.
func (t *Template) With(s Settings) (*Template, error) {
	set := *t
	set.date, set.variables = s.Date, map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.Variables)) {
		if slices.Contains(ownVariables, name) {
			return nil, fmt.Errorf("template variable %q: valid are names other than %s, which come from the conversation", name, strings.Join(ownVariables, ", "))
		}
		value, err := jinja.Decode(s.Variables[name])
		if err != nil {
			return nil, fmt.Errorf("template variable %q: %w; valid: JSON", name, err)
		}
		set.variables[name] = value
	}
	return &set, nil
}

// ownVariables are set by Render.
var ownVariables = []string{"messages", "tools", "add_generation_prompt"}

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
	maps.Copy(vars, t.variables)
	text, err := template.Render(vars, t.functions())
	if err != nil {
		return "", fmt.Errorf("render chat template: %w", err)
	}
	return text, nil
}

// functions are what Hugging Face adds to Jinja.
func (t *Template) functions() map[string]func(string) (string, error) {
	return map[string]func(string) (string, error){
		"raise_exception": func(message string) (string, error) { return "", errors.New(message) },
		"strftime_now": func(format string) (string, error) {
			if t.date.IsZero() {
				return "", errors.New("the template asks for today's date (strftime_now), so that its text would not be reproducible; valid: a template with a fixed date, or a date given with it")
			}
			return strftime(t.date, format)
		},
	}
}
