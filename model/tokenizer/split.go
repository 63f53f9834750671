package tokenizer

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"temper/model/library/pattern"
)

// matches calls yield with the bounds of each match in a text, from left to right.
type matches func(text string, yield func(start, end int)) error

// splitter divides a text at what matches, as a Split of tokenizer.json does.
type splitter struct {
	matches  matches
	behavior string
	// invert takes what is between matches for the matches.
	invert bool
	// alphabet says that the text is matched as the byte alphabet writes it.
	alphabet bool
}

// The behaviors of a Split: what becomes of a match.
const (
	isolated           = "Isolated"           // a piece by itself
	removed            = "Removed"            // dropped
	contiguous         = "Contiguous"         // one piece with the matches beside it
	mergedWithPrevious = "MergedWithPrevious" // joined to the piece before it
	mergedWithNext     = "MergedWithNext"     // joined to the piece after it
)

var behaviors = []string{isolated, removed, contiguous, mergedWithPrevious, mergedWithNext}

// part is a match, or what is between two.
type part struct {
	start, end int
	match      bool
}

// parts calls yield with the matches in text and what is between them.
func (s *splitter) parts(text string, yield func(part)) error {
	done := 0
	put := func(start, end int, match bool) { yield(part{start, end, match != s.invert}) }
	err := s.matches(text, func(start, end int) {
		if done < start {
			put(done, start, false)
		}
		put(start, end, true)
		done = end
	})
	if err == nil && done < len(text) {
		put(done, len(text), false)
	}
	return err
}

// split calls yield with each piece of text that is not empty.
func (s *splitter) split(text string, yield func(piece string) error) error {
	if s.behavior == isolated && !s.alphabet {
		return s.isolate(text, yield)
	}
	matched := text
	if s.alphabet {
		matched = toAlphabet(text)
	}
	at, offset := 0, 0 // a place in matched and the same place in text
	place := func(to int) int {
		if !s.alphabet {
			return to
		}
		offset += utf8.RuneCountInString(matched[at:to]) // a character for each byte
		at = to
		return offset
	}
	var failed error
	put := func(p part) {
		if start, end := place(p.start), place(p.end); start < end && failed == nil {
			failed = yield(text[start:end])
		}
	}
	if err := s.pieces(matched, put); err != nil {
		return err
	}
	return failed
}

// isolate is split where every part is a piece, as it nearly always is.
func (s *splitter) isolate(text string, yield func(piece string) error) (err error) {
	done := 0
	put := func(end int) {
		if done < end && err == nil {
			err = yield(text[done:end])
		}
		done = end
	}
	if failed := s.matches(text, func(start, end int) {
		put(start)
		put(end)
	}); failed != nil {
		return failed
	}
	put(len(text))
	return err
}

// pieces joins and drops parts as the behavior says.
func (s *splitter) pieces(text string, put func(part)) error {
	if s.behavior == isolated || s.behavior == removed {
		return s.parts(text, func(p part) {
			if s.behavior == isolated || !p.match {
				put(p)
			}
		})
	}
	var last part // not put yet
	held, previous := false, false
	err := s.parts(text, func(p part) {
		match := p.match
		switch {
		case !held:
			last, held = p, true
		case s.behavior == contiguous && match == previous, s.behavior == mergedWithPrevious && match && !previous:
			last.end = p.end
		case s.behavior == mergedWithNext && !match && last.match:
			last.end, last.match = p.end, false
		default:
			put(last)
			last = p
		}
		previous = match
	})
	if err == nil && held {
		put(last)
	}
	return err
}

// toAlphabet writes the bytes of text in the byte alphabet.
func toAlphabet(text string) string {
	out := make([]byte, 0, 2*len(text))
	for _, b := range []byte(text) {
		out = utf8.AppendRune(out, alphabetOf[b])
	}
	return string(out)
}

// alphabetOf is the character of each byte.
var alphabetOf = func() (runes [256]rune) {
	for r, b := range byteAlphabet {
		if b >= 0 {
			runes[b] = rune(r)
		}
	}
	return runes
}()

// matcher reads a pattern of tokenizer.json: a text to look for or a regular expression.
func (c component) matcher() (matches, error) {
	switch {
	case c.Pattern.String != nil && c.Pattern.Regex != nil:
		return nil, c.refuse("pattern", json.RawMessage(`{"String": …, "Regex": …}`), "one of String and Regex")
	case c.Pattern.Regex != nil:
		compiled, err := pattern.Compile(*c.Pattern.Regex)
		if err != nil {
			return nil, fmt.Errorf("%s.pattern.Regex: %w", c.at, err)
		}
		return func(text string, yield func(start, end int)) error {
			if err := compiled.Each(text, yield); err != nil {
				return fmt.Errorf("has a pattern that is too much work: %w", err)
			}
			return nil
		}, nil
	case c.Pattern.String == nil:
		return nil, c.refuse("pattern", nil, `{"String": …} and {"Regex": …}`)
	}
	wanted := *c.Pattern.String
	return func(text string, yield func(start, end int)) error {
		for at := 0; wanted != ""; {
			found := strings.Index(text[at:], wanted)
			if found < 0 {
				break
			}
			yield(at+found, at+found+len(wanted))
			at += found + len(wanted)
		}
		return nil
	}, nil
}

// replacement reads a Replace: every match becomes content.
func (c component) replacement() (func(string) (string, error), error) {
	find, err := c.matcher()
	if err != nil {
		return nil, err
	}
	return func(text string) (string, error) {
		var out strings.Builder
		done := 0
		err := find(text, func(start, end int) {
			out.WriteString(text[done:start])
			out.WriteString(c.Content)
			done = end
		})
		if done == 0 && out.Len() == 0 { // nothing matched
			return text, err
		}
		out.WriteString(text[done:])
		return out.String(), err
	}, nil
}
