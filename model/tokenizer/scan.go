package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// entry is one token of a vocabulary and its ID.
type entry struct {
	token string
	id    int32
}

// scanVocab reads {"token": id, …} in the order of the file. (A map would lose
// that order and take several times as long.) raw is valid JSON.
func scanVocab(raw json.RawMessage) ([]entry, error) {
	s := scanner{text: string(raw)}
	if !s.take('{') {
		return nil, errors.New("not an object")
	}
	entries := make([]entry, 0, len(raw)/16)
	for s.more('}') {
		token, err := s.str()
		if err != nil {
			return nil, err
		}
		s.take(':')
		id, err := s.id()
		if err != nil {
			return nil, fmt.Errorf("the ID of %q: %w", token, err)
		}
		entries = append(entries, entry{token, id})
	}
	return entries, nil
}

// scanMerges reads ["a b", …] or [["a", "b"], …]. raw is valid JSON.
func scanMerges(raw json.RawMessage) ([][2]string, error) {
	s := scanner{text: string(raw)}
	if !s.take('[') {
		return nil, errors.New("not a list")
	}
	merges := make([][2]string, 0, len(raw)/12)
	for s.more(']') {
		if s.peek() == '[' {
			pair, err := s.pair()
			if err != nil {
				return nil, fmt.Errorf("entry %d: %w", len(merges), err)
			}
			merges = append(merges, pair)
			continue
		}
		line, err := s.str()
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", len(merges), err)
		}
		if merges, err = appendMerge(merges, line); err != nil {
			return nil, fmt.Errorf("entry %d: %w", len(merges), err)
		}
	}
	return merges, nil
}

// appendMerge appends the merge that is written "a b"; a line "#version…" is none.
func appendMerge(merges [][2]string, line string) ([][2]string, error) {
	if strings.HasPrefix(line, "#version") {
		return merges, nil
	}
	left, right, ok := strings.Cut(line, " ")
	if !ok || left == "" || right == "" || strings.Contains(right, " ") {
		return merges, fmt.Errorf("%q is not two tokens with a space between", line)
	}
	return append(merges, [2]string{left, right}), nil
}

// scanner goes through JSON that is known to be valid.
type scanner struct {
	text string
	at   int
}

// peek skips white space and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.text); s.at++ {
		switch b := s.text[s.at]; b {
		case ' ', '\n', '\r', '\t':
		default:
			return b
		}
	}
	return 0
}

func (s *scanner) take(b byte) bool {
	if s.peek() != b {
		return false
	}
	s.at++
	return true
}

// more skips a comma and reports whether another element comes before the end.
func (s *scanner) more(end byte) bool {
	s.take(',')
	return s.peek() != 0 && !s.take(end)
}

func (s *scanner) str() (string, error) {
	if !s.take('"') {
		return "", errors.New("not a string")
	}
	start, escaped := s.at, false
	for s.text[s.at] != '"' {
		if s.text[s.at] == '\\' {
			escaped = true
			s.at++
		}
		s.at++
	}
	s.at++
	if !escaped {
		return s.text[start : s.at-1], nil
	}
	var value string
	err := json.Unmarshal([]byte(s.text[start-1:s.at]), &value)
	return value, err
}

func (s *scanner) pair() (pair [2]string, err error) {
	s.take('[')
	n := 0
	for ; s.more(']'); n++ {
		part, err := s.str()
		if err != nil {
			return pair, err
		}
		if n < len(pair) {
			pair[n] = part
		}
	}
	if n != len(pair) || pair[0] == "" || pair[1] == "" {
		return pair, errors.New("not two tokens")
	}
	return pair, nil
}

func (s *scanner) id() (int32, error) {
	s.peek()
	start := s.at
	for s.at < len(s.text) && !strings.ContainsRune(" \n\r\t,}", rune(s.text[s.at])) {
		s.at++
	}
	id, err := strconv.ParseUint(s.text[start:s.at], 10, 31)
	if err != nil {
		return 0, fmt.Errorf("%s is not a number from 0 to 2147483647", s.text[start:s.at])
	}
	return int32(id), nil
}
