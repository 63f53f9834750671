package tokenizer

import (
	"encoding/json"
	"strings"
	"unicode"
)

// normalizer changes a text before it is cut. Only a Replace with a pattern can fail.
type normalizer func(text string) (string, error)

var normalizerTypes = []string{"NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Strip", "StripAccents", "Prepend", "Replace"}

// normalizers reads the normalizer of a tokenizer.json.
func normalizers(raw json.RawMessage) ([]normalizer, error) {
	parts, err := flatten("normalizer", raw, normalizerTypes...)
	if err != nil {
		return nil, err
	}
	var steps []normalizer
	for _, part := range parts {
		var step func(string) string
		switch part.Type {
		case "Replace":
			replace, err := part.replacement()
			if err != nil {
				return nil, err
			}
			steps = append(steps, replace)
			continue
		case "Prepend":
			step = func(text string) string { return prepend(text, part.Prepend) }
		case "Lowercase":
			step = lowercase
		case "Strip":
			step = part.trim
		case "StripAccents":
			step = withoutMarks
		default:
			step = forms[part.Type].normalize
		}
		steps = append(steps, always(step))
	}
	return steps, nil
}

func always(step func(string) string) normalizer {
	return func(text string) (string, error) { return step(text), nil }
}

func prepend(text, prefix string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// lowercase maps each character by itself, so that a final Σ becomes σ too. İ
// alone becomes two characters.
func lowercase(text string) string {
	return strings.Map(unicode.ToLower, strings.ReplaceAll(text, "İ", "i\u0307"))
}

// trim is the normalizer Strip.
func (c component) trim(text string) string {
	if c.StripLeft {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
	}
	if c.StripRight {
		text = strings.TrimRightFunc(text, unicode.IsSpace)
	}
	return text
}

func withoutMarks(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) {
			return -1
		}
		return r
	}, text)
}
