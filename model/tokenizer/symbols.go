package tokenizer

import (
	"fmt"
	"unicode/utf8"
)

// symbols says what a word is made of before merging.
type symbols struct {
	// bytes are the IDs of the 256 bytes, NoToken where there is none.
	bytes [256]int32
	// characters are the IDs of single characters. It is nil for a byte-level
	// vocabulary; otherwise bytes stand in only for a character that is not here.
	characters map[rune]int32
}

func noSymbols() symbols {
	var s symbols
	for i := range s.bytes {
		s.bytes[i] = NoToken
	}
	return s
}

// complete reports whether every text has symbols.
func (s *symbols) complete() bool {
	for _, id := range s.bytes {
		if id == NoToken {
			return false
		}
	}
	return true
}

// append appends the symbols of word to ids.
func (s *symbols) append(ids []int32, word string) ([]int32, error) {
	for i := 0; i < len(word); {
		size := 1
		if s.characters != nil {
			var r rune
			r, size = utf8.DecodeRuneInString(word[i:])
			// A stray byte decodes to the same rune as U+FFFD, but is shorter.
			if id, ok := s.characters[r]; ok && (r != utf8.RuneError || size > 1) {
				ids = append(ids, id)
				i += size
				continue
			}
		}
		for _, b := range []byte(word[i : i+size]) {
			if s.bytes[b] == NoToken {
				return ids, fmt.Errorf("has no token for %s (the byte 0x%02x)", firstCharacter(word[i:]), b)
			}
			ids = append(ids, s.bytes[b])
		}
		i += size
	}
	return ids, nil
}

// byteAlphabet is the alphabet in which byte-level vocabularies write bytes, as
// GPT-2 defined it: a printable character of Latin-1 stands for its own byte;
// the other bytes are, in their order, the characters from U+0100.
var byteAlphabet = func() (alphabet [0x144]int16) {
	for i := range alphabet {
		alphabet[i] = -1
	}
	next := 0x100
	for b := range 256 {
		if '!' <= b && b <= '~' || 0xa1 <= b && b <= 0xac || 0xae <= b {
			alphabet[b] = int16(b)
		} else {
			alphabet[next] = int16(b)
			next++
		}
	}
	return alphabet
}()

// appendAlphabetBytes appends the bytes that token, written in the byte
// alphabet, stands for. It reports false, and appends the token's own bytes, if
// some character is not of the alphabet.
func appendAlphabetBytes(text []byte, token string) ([]byte, bool) {
	start := len(text)
	for _, r := range token {
		if int(r) >= len(byteAlphabet) || byteAlphabet[r] < 0 {
			return append(text[:start], token...), false
		}
		text = append(text, byte(byteAlphabet[r]))
	}
	return text, true
}
