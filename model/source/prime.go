package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"temper/model/library/jsonl"
	"temper/model/recipe"
)

// prime is {prompt, ability, reward_model, …}, as PRIME's Eurus-2-RL-Data has it: the
// question is the last message of the user, and reward_model.ground_truth is a string of
// JSON, {inputs, outputs} and for a function fn_name. Problems of mathematics, which the
// same file holds, are left out.
var prime = ofPrograms(recipe.FormatPRIME, primeOf)

func primeOf(row jsonl.Object) (p Program, err error) {
	p.ID = name(row, "id")
	ability, err := text(row, "ability")
	if err != nil {
		return p, err
	}
	if ability != "" && ability != "code" && ability != "coding" {
		return p, Unjudged{notCode}
	}
	if p.Question, err = lastMessage(row["prompt"]); err != nil {
		return p, err
	}
	if err = checkText(p.Question, true); err != nil {
		return p, err
	}
	var model struct {
		Truth json.RawMessage `json:"ground_truth"`
	}
	if err = structure(row, "reward_model", &model); err != nil {
		return p, err
	}
	var tests columns
	err = structure(jsonl.Object{"reward_model.ground_truth": model.Truth}, "reward_model.ground_truth", &tests)
	if errors.Is(err, errAbsent) {
		return p, Unjudged{noTests}
	} else if err != nil {
		return p, err
	}
	p.Tests, err = tests.tests()
	return p, err
}

// lastMessage is a prompt's text, or that of the last message in it that is the user's.
func lastMessage(prompt json.RawMessage) (string, error) {
	var s string
	if json.Unmarshal(prompt, &s) == nil && strings.TrimSpace(s) != "" {
		return s, nil
	}
	var messages []struct{ Role, Content string }
	if err := json.Unmarshal(prompt, &messages); err != nil {
		return "", fmt.Errorf(`field "prompt": want a string or an array of messages: %w`, err)
	}
	for i := len(messages) - 1; i >= 0; i-- {
		if m := messages[i]; m.Role == "user" && strings.TrimSpace(m.Content) != "" {
			return m.Content, nil
		}
	}
	return "", errors.New(`field "prompt" has no message of the user`)
}
