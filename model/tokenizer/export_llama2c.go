package tokenizer

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// isLlama2C reports whether a file is a vocabulary of llama2.c, by its name.
func isLlama2C(name string) bool { return strings.HasSuffix(name, ".bin") }

// metaspace stands for a space in tokens, as SentencePiece writes them.
const metaspace = "▁"

// describeLlama2C writes a vocabulary of llama2.c as Llama 2's is written.
func describeLlama2C(data []byte) (map[string][]byte, error) {
	tokens, scores, err := scanLlama2C(data)
	if err != nil {
		return nil, err
	}
	names, err := llama2CNames(tokens)
	if err != nil {
		return nil, err
	}
	merges, err := llama2CMerges(tokens, scores, names)
	if err != nil {
		return nil, err
	}
	unknown, begin, end := names[0], names[llama2CBOS], names[llama2CEOS]
	file := hfFile{
		Version:    "1.0",
		Normalizer: hfPart{"type": "Sequence", "normalizers": []hfPart{{"type": "Prepend", "prepend": metaspace}, replacePart(" ", metaspace)}},
		PostProcessor: hfPart{
			"type":           "TemplateProcessing",
			"single":         []hfPart{specialPart(begin, 0), sequencePart("A", 0)},
			"pair":           []hfPart{specialPart(begin, 0), sequencePart("A", 0), specialPart(begin, 1), sequencePart("B", 1)},
			"special_tokens": hfPart{begin: hfPart{"id": begin, "ids": []int32{llama2CBOS}, "tokens": []string{begin}}},
		},
		Decoder: hfPart{"type": "Sequence", "decoders": []hfPart{
			replacePart(metaspace, " "), {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0},
		}},
		Model: hfModel{Type: "BPE", UnkToken: unknown, FuseUnk: true, ByteFallback: true, Vocab: names, Merges: merges},
	}
	for _, id := range []int32{llama2CPad, llama2CBOS, llama2CEOS} {
		file.AddedTokens = append(file.AddedTokens, addedToken{ID: id, Content: names[id], Special: true})
	}
	config := map[string]any{
		"tokenizer_class": wholeFile, "unk_token": unknown, "bos_token": begin, "eos_token": end,
		"add_bos_token": true, "add_eos_token": false, "clean_up_tokenization_spaces": false,
		"split_special_tokens": true, // as llama2.c has it, their names in a text are text
	}
	return map[string][]byte{tokenizerName: encodeJSON(file), configName: encodeJSON(config)}, nil
}

func replacePart(from, to string) hfPart {
	return hfPart{"type": "Replace", "pattern": hfPart{"String": from}, "content": to}
}

func specialPart(token string, kind int) hfPart {
	return hfPart{"SpecialToken": hfPart{"id": token, "type_id": kind}}
}

func sequencePart(which string, kind int) hfPart {
	return hfPart{"Sequence": hfPart{"id": which, "type_id": kind}}
}

// llama2CNames are the names of the IDs, each one's own.
func llama2CNames(tokens []string) ([]string, error) {
	names := make([]string, len(tokens))
	taken := map[string]int{}
	for id, token := range tokens {
		name := strings.ReplaceAll(token, " ", metaspace)
		if id <= int(llama2CEOS) {
			name = strings.TrimSpace(token) // llama2.c writes "\n<s>\n"
		}
		if !utf8.ValidString(token) {
			return nil, fmt.Errorf("token %d is not UTF-8", id)
		}
		if strings.Contains(token, metaspace) {
			return nil, fmt.Errorf("token %d has %s in it, which stands for a space there", id, metaspace)
		}
		if other, twice := taken[name]; twice || name == "" {
			return nil, fmt.Errorf("the tokens %d and %d are both %q", other, id, name)
		}
		taken[name], names[id] = id, name
	}
	for b := range 256 {
		if id := llama2CBytes + b; id >= len(tokens) || tokens[id] != fmt.Sprintf("<0x%02X>", b) {
			return nil, fmt.Errorf("it has no token for the byte 0x%02x", b)
		}
	}
	return names, nil
}

// llama2CMerges lists all pairs that join to a token, the highest scores first.
// There the pairs of one token have a rank each, and not one rank together as in
// llama2.c, where the leftmost place counts; with the longest left part first,
// runs of one character come out alike, which are where it shows.
func llama2CMerges(tokens []string, scores []float32, names []string) ([][2]string, error) {
	ids := map[string]int{}
	for id, token := range tokens {
		ids[token] = id
	}
	type joined struct {
		id, cut int
		score   float32
	}
	var all []joined
	made := map[float32]int{}
	for id, token := range tokens {
		for cut := len(token) - 1; cut > 0; cut-- {
			_, left := ids[token[:cut]]
			_, right := ids[token[cut:]]
			if !left || !right {
				continue
			}
			if other, ok := made[scores[id]]; ok && other != id {
				return nil, errors.New("two of its tokens have one score")
			}
			made[scores[id]] = id
			all = append(all, joined{id, cut, scores[id]})
		}
	}
	slices.SortStableFunc(all, func(a, b joined) int { return cmp.Compare(b.score, a.score) })
	merges := make([][2]string, len(all))
	for i, j := range all {
		token := tokens[j.id]
		merges[i] = [2]string{names[ids[token[:j.cut]]], names[ids[token[j.cut:]]]}
	}
	return merges, nil
}
