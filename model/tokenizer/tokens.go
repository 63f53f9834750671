package tokenizer

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// addedWith returns the added tokens of a file and those of more that it lacks.
// Every added token is named once and agrees with the model's vocabulary.
func addedWith(added, more []addedToken, entries []entry) ([]addedToken, error) {
	if len(added)+len(more) == 0 {
		return nil, nil
	}
	named := slices.Concat(added, more)
	wanted := map[string]bool{}
	for _, token := range named {
		wanted[token.Content] = true
	}
	inModel := map[string]int32{}
	for _, e := range entries {
		if wanted[e.token] {
			inModel[e.token] = e.id
		}
	}
	contents := map[string]int32{}
	all := make([]addedToken, 0, len(named))
	for _, token := range named {
		known, twice := contents[token.Content]
		switch id, ok := inModel[token.Content]; {
		case twice && (token.ID == known || token.ID == NoToken):
			continue
		case token.ID == NoToken && ok: // a file that names tokens only by their text
			token.ID = id
		case token.ID == NoToken:
			continue
		case token.ID < 0:
			return nil, fmt.Errorf("added_tokens: %q has the ID %d, which is negative", token.Content, token.ID)
		case twice:
			return nil, fmt.Errorf("added_tokens: %q has the IDs %d and %d", token.Content, known, token.ID)
		case ok && id != token.ID:
			return nil, fmt.Errorf("added_tokens: %q has the ID %d, but %d in model.vocab", token.Content, token.ID, id)
		case token.Content == "":
			return nil, fmt.Errorf("added_tokens: ID %d has no content", token.ID)
		}
		contents[token.Content] = token.ID
		all = append(all, token)
	}
	return all, nil
}

// setTokens fills in what depends on the vocabulary: the text of every ID, the
// symbols and the merges. IDs run from 0 without duplicates and without holes.
func (t *loaded) setTokens(model *bpeModel, added []addedToken, decode decoder) error {
	names, err := namesByID(model.entries, added)
	if err != nil {
		return err
	}
	t.tokens = make([]string, len(names))
	t.symbols = noSymbols()
	if !decode.byteLevel {
		t.symbols.characters = map[rune]int32{}
	}
	if model.IgnoreMerges {
		t.whole = make(map[string]int32, len(model.entries))
	}
	ids := make(map[string]int32, len(model.entries))
	for _, e := range model.entries {
		if id, twice := ids[e.token]; twice {
			return fmt.Errorf("model.vocab: %q has the IDs %d and %d", e.token, id, e.id)
		}
		ids[e.token] = e.id
		text, plain, err := decode.text(e.token)
		if err != nil {
			return err
		}
		t.tokens[e.id] = text
		switch {
		case !plain:
			continue // written outside the byte alphabet, or the fallback of a byte: no text is merged to it
		case decode.byteLevel:
			if len(text) == 1 {
				t.symbols.bytes[text[0]] = e.id
			}
			if t.whole != nil {
				t.whole[text] = e.id
			}
		default:
			if r, size := utf8.DecodeRuneInString(e.token); size == len(e.token) && size > 0 {
				t.symbols.characters[r] = e.id
			}
			if t.whole != nil {
				t.whole[e.token] = e.id
			}
		}
	}
	if !decode.byteLevel {
		for b := range t.symbols.bytes {
			if id, ok := ids[fmt.Sprintf("<0x%02X>", b)]; ok {
				t.symbols.bytes[b] = id
			}
		}
	}
	for _, token := range added {
		t.tokens[token.ID] = token.Content
		if !token.Special && !decode.byteLevel { // text such as Gemma's ▁▁
			if t.tokens[token.ID], _, err = decode.text(token.Content); err != nil {
				return err
			}
		}
	}
	return t.setMerges(model.merges, ids)
}

// byteToken reads the name of a byte's token, "<0x0A>".
func byteToken(token string) (byte, bool) {
	if len(token) != len("<0x0A>") || token[:3] != "<0x" || token[5] != '>' {
		return 0, false
	}
	b, err := strconv.ParseUint(token[3:5], 16, 8)
	return byte(b), err == nil
}

// namesByID checks that every ID has one token, and returns the tokens as the files name them.
func namesByID(entries []entry, added []addedToken) ([]string, error) {
	highest := int32(-1)
	for _, e := range entries {
		highest = max(highest, e.id)
	}
	for _, token := range added {
		highest = max(highest, token.ID)
	}
	size := min(len(entries)+len(added), int(highest)+1) // with more IDs than tokens there is a hole
	names := make([]string, size)
	taken := make([]bool, size)
	set := func(token string, id int32) error {
		if int(id) < size {
			if taken[id] && names[id] != token {
				return fmt.Errorf("the tokens %q and %q both have the ID %d", names[id], token, id)
			}
			names[id], taken[id] = token, true
		}
		return nil
	}
	for _, e := range entries {
		if err := set(e.token, e.id); err != nil {
			return nil, fmt.Errorf("model.vocab: %w", err)
		}
	}
	for _, token := range added {
		if err := set(token.Content, token.ID); err != nil {
			return nil, fmt.Errorf("added_tokens: %w", err)
		}
	}
	if hole := slices.Index(taken, false); hole >= 0 {
		return nil, fmt.Errorf("no token has the ID %d, though IDs run to %d", hole, highest)
	}
	if size == 0 {
		return nil, fmt.Errorf("model.vocab has no tokens")
	}
	return names, nil
}

// setMerges fills the merge table; the rank of a merge is its place in the list.
func (t *loaded) setMerges(merges [][2]string, ids map[string]int32) error {
	t.merges = newMergeTable(len(merges))
	var joined []byte
	for rank, merge := range merges {
		left, ok := ids[merge[0]]
		if !ok {
			return fmt.Errorf("model.merges: entry %d names %q, which model.vocab lacks", rank, merge[0])
		}
		right, ok := ids[merge[1]]
		if !ok {
			return fmt.Errorf("model.merges: entry %d names %q, which model.vocab lacks", rank, merge[1])
		}
		joined = append(append(joined[:0], merge[0]...), merge[1]...)
		id, ok := ids[string(joined)]
		if !ok {
			return fmt.Errorf("model.merges: entry %d makes %q, which model.vocab lacks", rank, joined)
		}
		t.merges.put(left, right, uint32(rank), id)
	}
	return nil
}
