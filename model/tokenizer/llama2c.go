package tokenizer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"
)

// Tokens of every llama2.c vocabulary: 0 is unknown, 1 begins a sequence, 2 ends
// it, and the 256 bytes follow.
const (
	llama2CPad   int32 = 0 // no text has the unknown token
	llama2CBOS   int32 = 1
	llama2CEOS   int32 = 2
	llama2CBytes       = 3
)

// readLlama2C reads a vocabulary in the binary format of llama2.c: an int32, the
// length of the longest token; then for each token a float32 score, an int32
// length and that many bytes; all little-endian. Merging joins the pair whose
// joined token has the highest score. A space is put before every text.
func readLlama2C(data []byte) (*loaded, error) {
	tokens, scores, err := scanLlama2C(data)
	if err != nil {
		return nil, err
	}
	t := &loaded{
		name: loadedName("llama2c", len(tokens), data), cache: newWordCache(),
		eos: llama2CEOS, bos: llama2CBOS, pad: llama2CPad,
		literal: newAddedTokens(nil, nil), normalized: newAddedTokens(nil, nil),
		normalize:   []normalizer{always(func(text string) string { return " " + text })},
		symbols:     noSymbols(),
		stripSpaces: 1,
	}
	t.symbols.characters = map[rune]int32{}
	ids := map[string]int32{}
	for i, token := range slices.Backward(tokens) { // of equal tokens the first counts
		ids[token] = int32(i)
		if r, size := utf8.DecodeRuneInString(token); size == len(token) && (r != utf8.RuneError || size > 1) {
			t.symbols.characters[r] = int32(i)
		}
	}
	if _, ok := ids[" "]; !ok {
		return nil, errors.New("there is no token for the space that begins every text")
	}
	t.tokens = slices.Clone(tokens)
	for b := range 256 {
		if id := llama2CBytes + b; id < len(tokens) {
			t.symbols.bytes[b] = int32(id)
		}
	}
	for i, token := range tokens {
		if b, ok := byteToken(token); ok {
			t.tokens[i] = string([]byte{b})
		}
	}
	t.merges = scoredMerges(tokens, scores, ids)
	return t, nil
}

func scanLlama2C(data []byte) (tokens []string, scores []float32, err error) {
	const header, entryHeader = 4, 8
	if len(data) < header {
		return nil, nil, fmt.Errorf("%d bytes are no llama2.c vocabulary", len(data))
	}
	longest := int64(int32(binary.LittleEndian.Uint32(data)))
	for rest := data[header:]; len(rest) > 0; {
		if len(rest) < entryHeader {
			return nil, nil, fmt.Errorf("truncated in token %d", len(tokens))
		}
		score := math.Float32frombits(binary.LittleEndian.Uint32(rest))
		length := int64(int32(binary.LittleEndian.Uint32(rest[4:])))
		rest = rest[entryHeader:]
		switch {
		case length < 0 || length > longest:
			return nil, nil, fmt.Errorf("token %d has the length %d, the longest token has %d", len(tokens), length, longest)
		case length > int64(len(rest)):
			return nil, nil, fmt.Errorf("truncated in token %d", len(tokens))
		case score != score:
			return nil, nil, fmt.Errorf("the score of token %d is not a number", len(tokens))
		}
		tokens, scores = append(tokens, string(rest[:length])), append(scores, score)
		rest = rest[length:]
	}
	if len(tokens) <= int(llama2CEOS) {
		return nil, nil, fmt.Errorf("only %d tokens", len(tokens))
	}
	return tokens, scores, nil
}

// scoredMerges lists, for every token, all pairs that it can be joined from. The
// rank of a pair falls with the score of what it makes; equal scores have equal ranks.
func scoredMerges(tokens []string, scores []float32, ids map[string]int32) *mergeTable {
	sorted := slices.Clone(scores)
	slices.Sort(sorted)
	slices.Reverse(sorted)
	sorted = slices.Compact(sorted)
	ranks := make(map[float32]uint32, len(sorted))
	for rank, score := range sorted {
		ranks[score] = uint32(rank)
	}
	type pair struct {
		left, right, joined int32
	}
	var pairs []pair
	for i, token := range tokens {
		if ids[token] != int32(i) {
			continue
		}
		for cut := 1; cut < len(token); cut++ {
			left, ok := ids[token[:cut]]
			right, also := ids[token[cut:]]
			if ok && also {
				pairs = append(pairs, pair{left, right, int32(i)})
			}
		}
	}
	table := newMergeTable(len(pairs))
	for _, p := range pairs {
		table.put(p.left, p.right, ranks[scores[p.joined]], p.joined)
	}
	return table
}
