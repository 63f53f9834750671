// Package conversation reads conversations from JSON lines: "messages", "tools"
// and "add_generation_prompt", as Hugging Face's chat templates take them.
package conversation

import (
	"encoding/json"
	"errors"

	"temper/model/tokenizer/chat"
	"temper/starter/jsonlines"
)

// Conversation is what a chat template renders.
type Conversation struct {
	messages []chat.Message
	tools    json.RawMessage
	prompt   bool
}

// Read returns the conversation of a line, nil if it has no messages.
func Read(line *jsonlines.Line) (*Conversation, error) {
	c := Conversation{prompt: true}
	hasMessages, err := line.Get("messages", &c.messages, "an array of objects")
	if err != nil {
		return nil, err
	}
	var tools []json.RawMessage
	hasTools, err := line.Get("tools", &tools, "an array of objects")
	if err != nil {
		return nil, err
	}
	hasPrompt, err := line.Get("add_generation_prompt", &c.prompt, "true or false")
	if err != nil {
		return nil, err
	}
	if !hasMessages {
		if hasTools || hasPrompt {
			return nil, errors.New("tools and add_generation_prompt are for messages, and there are none")
		}
		return nil, nil
	}
	if hasTools {
		if _, err := line.Get("tools", &c.tools, "an array of objects"); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

// Render is the conversation's text. The template is nil where the tokenizer has none.
func (c *Conversation) Render(template *chat.Template) (string, error) {
	if template == nil {
		return "", chat.ErrNoTemplate
	}
	return template.Render(c.messages, c.tools, c.prompt)
}
