package code

import "strings"

// scanner follows the strings of Python source, line by line.
type scanner struct {
	quote   string // that opened the string in which the text so far ends; "" outside
	comment bool   // the text so far ends in a comment
}

// inString says whether the next line begins inside a string.
func (s *scanner) inString() bool { return len(s.quote) == 3 }

// line reads one line. A string with single quotes ends with its line, but for a backslash.
func (s *scanner) line(line string) {
	s.part(line)
	s.comment = false
	if len(s.quote) == 1 && !strings.HasSuffix(line, `\`) {
		s.quote = ""
	}
}

// part reads the beginning of a line, or what follows it.
func (s *scanner) part(text string) {
	if s.comment {
		return
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case s.quote != "" && c == '\\':
			i++
		case s.quote != "":
			if strings.HasPrefix(text[i:], s.quote) {
				i += len(s.quote) - 1
				s.quote = ""
			}
		case c == '#':
			s.comment = true
			return
		case c == '"' || c == '\'':
			s.quote = text[i : i+1]
			if strings.HasPrefix(text[i:], strings.Repeat(s.quote, 3)) {
				s.quote = text[i : i+3]
				i += 2
			}
		}
	}
}
