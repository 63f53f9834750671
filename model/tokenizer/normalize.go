package tokenizer

import (
	"encoding/json"
	"strings"
)

// normalizers reads the normalizer of a tokenizer.json.
func normalizers(raw json.RawMessage) ([]func(string) string, error) {
	parts, err := flatten("normalizer", raw, "NFC", "Prepend", "Replace")
	if err != nil {
		return nil, err
	}
	var steps []func(string) string
	for _, part := range parts {
		switch part.Type {
		case "NFC":
			steps = append(steps, nfc)
		case "Prepend":
			steps = append(steps, func(text string) string {
				if text == "" {
					return ""
				}
				return part.Prepend + text
			})
		case "Replace":
			from, err := part.literal()
			if err != nil {
				return nil, err
			}
			steps = append(steps, func(text string) string { return strings.ReplaceAll(text, from, part.Content) })
		}
	}
	return steps, nil
}

// cuts reads the pre-tokenizer of a tokenizer.json. byteLevel tells whether it
// turns text into the byte alphabet, which must be its last step.
func cuts(raw json.RawMessage) (steps []cut, byteLevel bool, err error) {
	parts, err := flatten("pre_tokenizer", raw, "ByteLevel", "Split", "Digits")
	if err != nil {
		return nil, false, err
	}
	for i, part := range parts {
		var step cut
		switch part.Type {
		case "ByteLevel":
			if i != len(parts)-1 {
				return nil, false, part.refuse("type", part.Type, "only as the last part")
			}
			if part.AddPrefixSpace == nil {
				return nil, false, part.refuse("add_prefix_space", "nothing", "true, false")
			}
			byteLevel = true
			step.prefixSpace = *part.AddPrefixSpace
			if part.UseRegex == nil || *part.UseRegex {
				step.next = nextGPT2
			}
		case "Split":
			step.next, err = part.split()
		case "Digits":
			step.next = nextNumber
			if part.IndividualDigits {
				step.next = nextNumeral
			}
		}
		if err != nil {
			return nil, false, err
		}
		if step.prefixSpace || step.next != nil {
			steps = append(steps, step)
		}
	}
	return steps, byteLevel, nil
}

// split reads a pre-tokenizer of type Split.
func (c component) split() (func(string) int, error) {
	if c.Pattern.Regex == nil {
		return nil, c.refuse("pattern", c.Pattern.String, `{"Regex": …}`)
	}
	next := patterns[*c.Pattern.Regex]
	if next == nil {
		return nil, c.refuse("pattern.Regex", *c.Pattern.Regex, "the patterns of GPT-2, of Qwen2 and of Llama 3")
	}
	// The known patterns leave nothing between their matches, so what is left is the same either way.
	if c.Behavior != "Isolated" && (c.Behavior != "Removed" || !c.Invert) {
		return nil, c.refuse("behavior", c.Behavior, "Isolated, and Removed with invert")
	}
	return next, nil
}
