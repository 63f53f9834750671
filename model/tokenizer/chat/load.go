package chat

import (
	"encoding/json"
	"errors"
	"fmt"

	"temper/model/library/jsonkind"
)

// The files that Load knows.
const (
	templateFile = "chat_template.jinja"
	configFile   = "tokenizer_config.json"
	specialsFile = "special_tokens_map.json"
)

// ErrNoTemplate says that a tokenizer has no chat template.
var ErrNoTemplate = errors.New("the tokenizer has no chat template: neither chat_template.jinja nor chat_template in tokenizer_config.json")

// Load reads the chat template among the files of a tokenizer, by base name:
// chat_template.jinja, else the chat_template of tokenizer_config.json. That is
// a string, or a list of {"name", "template"}, of which "default" is taken, and
// "tool_use" for conversations with tools. The error is ErrNoTemplate if there
// is none.
func Load(files map[string][]byte) (*Template, error) {
	config, err := object(files, configFile)
	if err != nil {
		return nil, err
	}
	specials, err := specialTokens(files, config)
	if err != nil {
		return nil, err
	}
	if source, ok := files[templateFile]; ok {
		return parseFile(templateFile, string(source), specials)
	}
	stored := config["chat_template"]
	if len(stored) == 0 || string(stored) == "null" {
		return nil, ErrNoTemplate
	}
	var source string
	if jsonkind.Decode(stored, &source) == nil {
		return parseFile(configFile, source, specials)
	}
	return loadNamed(stored, specials)
}

func parseFile(file, source string, specials map[string]string) (*Template, error) {
	t, err := Parse(source, specials)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return t, nil
}

// loadNamed reads a list of named templates.
func loadNamed(stored json.RawMessage, specials map[string]string) (*Template, error) {
	var list []struct {
		Name     string `json:"name"`
		Template string `json:"template"`
	}
	if err := jsonkind.Decode(stored, &list); err != nil {
		return nil, fmt.Errorf("%s: chat_template: valid are a string and a list of objects with name and template: %w", configFile, err)
	}
	sources := map[string]string{}
	for _, named := range list {
		sources[named.Name] = named.Template
	}
	source, ok := sources["default"]
	if !ok {
		return nil, fmt.Errorf(`%s: none of the %d templates in chat_template is called "default"`, configFile, len(list))
	}
	t, err := parseFile(configFile, source, specials)
	if err != nil {
		return nil, err
	}
	if source, ok := sources["tool_use"]; ok {
		tools, err := parseFile(configFile, source, specials)
		if err != nil {
			return nil, err
		}
		t.withTools = tools.plain
	}
	return t, nil
}

// specialNames are the special tokens that templates see.
var specialNames = []string{"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"}

// specialTokens are those of tokenizer_config.json. Where that has no
// added_tokens_decoder, it is of the older form, and special_tokens_map.json
// adds those that it lacks.
func specialTokens(files map[string][]byte, config map[string]json.RawMessage) (map[string]string, error) {
	specials := map[string]string{}
	if err := addSpecials(specials, config, configFile); err != nil {
		return nil, err
	}
	if _, ok := config["added_tokens_decoder"]; ok {
		return specials, nil
	}
	older, err := object(files, specialsFile)
	if err != nil {
		return nil, err
	}
	return specials, addSpecials(specials, older, specialsFile)
}

func addSpecials(specials map[string]string, from map[string]json.RawMessage, file string) error {
	for _, name := range specialNames {
		stored, ok := from[name]
		if _, have := specials[name]; have || !ok || string(stored) == "null" {
			continue
		}
		var text string
		var token struct {
			Content *string `json:"content"`
		}
		if jsonkind.Decode(stored, &text) == nil {
			specials[name] = text
		} else if err := jsonkind.Decode(stored, &token); err == nil && token.Content != nil {
			specials[name] = *token.Content
		} else {
			return fmt.Errorf("%s: %s: valid are a string, and an object with content", file, name)
		}
	}
	return nil
}

// object reads a file that holds a JSON object; it is empty if there is no such file.
func object(files map[string][]byte, name string) (map[string]json.RawMessage, error) {
	data, ok := files[name]
	if !ok {
		return nil, nil
	}
	var fields map[string]json.RawMessage
	if err := jsonkind.Decode(data, &fields); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return fields, nil
}
