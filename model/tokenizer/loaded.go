package tokenizer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// loaded is a vocabulary that was read from files. It is not changed after that.
type loaded struct {
	name  string
	files map[string][]byte
	// tokens[id] is the text that id decodes to.
	tokens        []string
	eos, bos, pad int32
	// literal finds the added tokens in the text as it is, normalized those that
	// are looked for after normalization.
	literal, normalized *addedTokens
	normalize           []normalizer
	cuts                []cut
	symbols             symbols
	// whole holds the words that are tokens without merging; nil if there is no such rule.
	whole  map[string]int32
	merges *mergeTable
	cache  *wordCache
	// stripSpaces is how many spaces Decode takes off the beginning.
	stripSpaces int
}

func (t *loaded) VocabSize() int           { return len(t.tokens) }
func (t *loaded) EOS() int32               { return t.eos }
func (t *loaded) BOS() int32               { return t.bos }
func (t *loaded) Pad() int32               { return t.pad }
func (t *loaded) Name() string             { return t.name }
func (t *loaded) Files() map[string][]byte { return t.files }

func (t *loaded) ID(token string) (int32, bool) {
	for _, added := range []*addedTokens{t.literal, t.normalized} {
		if id, ok := added.id(token); ok {
			return id, true
		}
	}
	id := slices.Index(t.tokens, token)
	return int32(id), id >= 0
}

func (t *loaded) Special() []string {
	special := slices.Concat(t.literal.tokens, t.normalized.tokens)
	special = slices.DeleteFunc(special, func(token addedToken) bool { return !token.Special })
	slices.SortFunc(special, func(a, b addedToken) int { return cmp.Compare(a.ID, b.ID) })
	texts := make([]string, len(special))
	for i, token := range special {
		texts[i] = token.Content
	}
	return texts
}

func (t *loaded) Decode(ids []int32) string {
	size := 0
	for _, id := range ids {
		if uint(id) < uint(len(t.tokens)) {
			size += len(t.tokens[id])
		} else {
			size += len(unknownText)
		}
	}
	var text strings.Builder
	text.Grow(size)
	for _, id := range ids {
		if uint(id) < uint(len(t.tokens)) {
			text.WriteString(t.tokens[id])
		} else {
			text.WriteString(unknownText)
		}
	}
	decoded := text.String()
	for range t.stripSpaces {
		decoded = strings.TrimPrefix(decoded, " ")
	}
	return decoded
}

func (t *loaded) Encode(text string) ([]int32, error) {
	e := encoding{loaded: t, ids: make([]int32, 0, len(text)/4+8)}
	var err error
	first := true // nothing comes before the part
	token := func(id int32) {
		e.ids = append(e.ids, id)
		first = false
	}
	t.literal.split(text, func(part string, id int32) {
		if id != NoToken {
			token(id)
			return
		}
		if part, err = t.normalizedText(part, err); err != nil {
			return
		}
		t.normalized.split(part, func(part string, id int32) {
			if id != NoToken {
				token(id)
			} else if err == nil {
				err = e.cut(part, t.cuts, first)
				first = false
			}
		})
		first = false
	})
	if err != nil {
		return nil, fmt.Errorf("encode: vocabulary %q %w", t.name, err)
	}
	return e.ids, nil
}

// normalizedText applies the normalizers, unless something failed before.
func (t *loaded) normalizedText(text string, err error) (string, error) {
	for _, normalize := range t.normalize {
		if err == nil {
			text, err = normalize(text)
		}
	}
	return text, err
}

// encoding is one text on its way to IDs.
type encoding struct {
	*loaded
	ids []int32
}

// cut applies the first of cuts to text, the others to its pieces, and encodes
// what results. first says that the whole text begins with this one.
func (e *encoding) cut(text string, cuts []cut, first bool) error {
	if len(cuts) == 0 {
		return e.word(text)
	}
	step := &cuts[0]
	text = step.before(text, first)
	if step.splitter != nil {
		return step.splitter.split(text, func(piece string) error {
			begins := first
			first = false
			return e.cut(piece, cuts[1:], begins)
		})
	}
	for text != "" {
		n := len(text)
		if step.next != nil {
			n = step.next(text)
		}
		if err := e.cut(text[:n], cuts[1:], first); err != nil {
			return err
		}
		text, first = text[n:], false
	}
	return nil
}

// word appends the IDs of one word. The cache is asked first.
func (e *encoding) word(word string) error {
	if len(word) > maxCachedWord {
		return e.merge(word)
	}
	slot := e.cache.slot(word)
	if cached := slot.Load(); cached != nil && cached.word == word {
		e.ids = append(e.ids, cached.ids...)
		return nil
	}
	start := len(e.ids)
	if err := e.merge(word); err != nil {
		return err
	}
	remember(slot, word, e.ids[start:])
	return nil
}

func (e *encoding) merge(word string) error {
	if id, ok := e.whole[word]; ok {
		e.ids = append(e.ids, id)
		return nil
	}
	start := len(e.ids)
	var err error
	if e.ids, err = e.symbols.append(e.ids, word); err != nil {
		return err
	}
	e.ids = e.ids[:start+e.merges.merge(e.ids[start:])]
	return nil
}
