package tokenizer

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	padID int32 = 0
	eosID int32 = 1
)

// vocabulary matches the longest token at each position.
type vocabulary struct {
	name string
	// texts are the listed tokens; when hasBytes is set, one token for each
	// byte value follows them in tokens.
	texts    []string
	hasBytes bool
	tokens   []string
	// byFirst holds, for each first byte, the IDs of the tokens that begin with it, longest first.
	byFirst [256][]int32
}

func newVocabulary(name string, texts []string, hasBytes bool) *vocabulary {
	v := &vocabulary{name: name, texts: texts, hasBytes: hasBytes, tokens: slices.Clone(texts)}
	if hasBytes {
		for b := range 256 {
			v.tokens = append(v.tokens, string([]byte{byte(b)}))
		}
	}
	for id, token := range v.tokens {
		v.byFirst[token[0]] = append(v.byFirst[token[0]], int32(id))
	}
	for _, ids := range v.byFirst {
		slices.SortStableFunc(ids, func(a, b int32) int { return len(v.tokens[b]) - len(v.tokens[a]) })
	}
	return v
}

func (v *vocabulary) VocabSize() int { return len(v.tokens) }
func (v *vocabulary) EOS() int32     { return eosID }
func (v *vocabulary) BOS() int32     { return NoToken }
func (v *vocabulary) Pad() int32     { return padID }
func (v *vocabulary) Name() string   { return v.name }

func (v *vocabulary) Files() map[string][]byte { return nil }

func (v *vocabulary) Special() []string {
	return slices.DeleteFunc(chatTokens(), func(token string) bool { return token == BoxToken })
}

func (v *vocabulary) ID(token string) (int32, bool) {
	id := slices.Index(v.tokens, token)
	return int32(id), id >= 0
}

func (v *vocabulary) Encode(text string) ([]int32, error) {
	ids := make([]int32, 0, len(text))
	for offset := 0; offset < len(text); {
		id, ok := v.longestMatch(text[offset:])
		if !ok {
			return nil, fmt.Errorf("encode: vocabulary %q has no token for %s at byte %d", v.name, firstCharacter(text[offset:]), offset)
		}
		ids = append(ids, id)
		offset += len(v.tokens[id])
	}
	return ids, nil
}

// longestMatch returns the longest token that text, which is not empty, begins with.
func (v *vocabulary) longestMatch(text string) (int32, bool) {
	for _, id := range v.byFirst[text[0]] {
		if strings.HasPrefix(text, v.tokens[id]) {
			return id, true
		}
	}
	return 0, false
}

func (v *vocabulary) Decode(ids []int32) string {
	var text strings.Builder
	for _, id := range ids {
		if uint(id) < uint(len(v.tokens)) {
			text.WriteString(v.tokens[id])
		} else {
			text.WriteString(unknownText)
		}
	}
	return text.String()
}

// firstCharacter shows the first character of text, which may be a stray byte, for an error.
func firstCharacter(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && size == 1 {
		return fmt.Sprintf("the byte 0x%02x", text[0])
	}
	return fmt.Sprintf("%q", r)
}
