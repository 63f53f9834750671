package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"temper/model/library/jsonl"
	"temper/model/reward/math"
	"temper/model/tokenizer"
)

// openThoughts are its marks around the reasoning and the answer, and what they are here.
var openThoughts = strings.NewReplacer(
	"<|begin_of_thought|>\n\n", tokenizer.ThinkToken+"\n", "<|begin_of_thought|>", tokenizer.ThinkToken,
	"\n\n<|end_of_thought|>", "\n"+tokenizer.EndThinkToken, "<|end_of_thought|>", tokenizer.EndThinkToken,
	"<|begin_of_solution|>\n\n", "", "<|begin_of_solution|>", "",
	"\n\n<|end_of_solution|>", "", "<|end_of_solution|>", "",
)

// responses are a row's whole responses to a prompt. One that begins with <think> is
// without it where the prompt ends with it.
func (m rowMap) responses(row jsonl.Object, prompt string) ([]string, error) {
	if m.Response == "" {
		return nil, nil
	}
	values, err := m.paths[m.Response].Find(row)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, value := range values {
		text, err := textOf(m.Response, value)
		if err != nil {
			return nil, err
		}
		text = openThoughts.Replace(text)
		if opened, found := strings.CutPrefix(strings.TrimLeft(text, " \n"), tokenizer.ThinkToken); found && strings.HasSuffix(strings.TrimSpace(prompt), tokenizer.ThinkToken) {
			text = opened
			if strings.HasSuffix(prompt, "\n") {
				text = strings.TrimPrefix(text, "\n")
			}
		}
		if err := refuse(m.Response, text, m.frame.endings()...); err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("field %q has no response", m.Response)
	}
	return all, nil
}

// endings are the reserved texts that a response may not hold: all but the marks around
// its reasoning.
func (f Frame) endings() []string {
	return slices.DeleteFunc(slices.Clone(f.Reserved), func(token string) bool {
		return token == tokenizer.ThinkToken || token == tokenizer.EndThinkToken
	})
}

// boxed is what the last \boxed{} of a solution holds.
func boxed(solution string) (string, error) {
	answer, err := math.Extract(tokenizer.EndThinkToken + solution)
	if err != nil {
		return "", errors.New(`no \boxed{} that holds an answer`)
	}
	return answer, nil
}

// tests are a code problem's, in our form or in one that data sets have.
func (m rowMap) tests(row jsonl.Object) (json.RawMessage, error) {
	value, err := m.value(row, m.Tests)
	if err != nil {
		return nil, err
	}
	var raw json.RawMessage
	if err := structure(jsonl.Object{m.Tests: value}, m.Tests, &raw); errors.Is(err, errAbsent) {
		return nil, Unjudged{noTests}
	} else if err != nil {
		return nil, err
	}
	var ours struct {
		Type *json.RawMessage `json:"type"`
	}
	if json.Unmarshal(raw, &ours) == nil && ours.Type != nil {
		var compact bytes.Buffer
		err := json.Compact(&compact, raw)
		return compact.Bytes(), err
	}
	tests, err := deepCoderTests(raw, "")
	if err == nil {
		err = tests.Validate()
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(tests)
}
