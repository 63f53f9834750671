package jsonl

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// errBlank is the fault of an empty line.
var errBlank = errors.New("the line is empty, want a JSON object")

// Stream is Each for a text that is read as it comes: memory holds one line. read is told of
// lines that are no object too, by the fault, such as one of more than most bytes, which is
// passed over. The error is r's, or the one that read returns.
func Stream(r *bufio.Reader, most, limit int, read func(number int, line Object, fault error) error) error {
	s := stream{from: r, most: most}
	blank := 0 // lines before this one, which count if another follows
	for number := 1; limit == 0 || number-blank <= limit; number++ {
		text, err := s.line()
		if errors.Is(err, io.EOF) {
			return nil
		}
		fault := error(nil)
		switch {
		case errors.Is(err, errLong):
			fault = fmt.Errorf("the line is longer than %d MiB", most>>20)
		case err != nil:
			return err
		case len(text) == 0:
			blank++
			continue
		}
		for ; blank > 0; blank-- {
			if limit > 0 && number-blank > limit {
				return nil
			}
			if err := read(number-blank, nil, errBlank); err != nil {
				return fmt.Errorf("line %d: %w", number-blank, err)
			}
		}
		if limit > 0 && number > limit {
			return nil
		}
		var line Object
		if fault == nil {
			line, fault = Parse(text)
		}
		if err := read(number, line, fault); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
	return nil
}

// errLong says that a line is too long.
var errLong = errors.New("a line is too long")

type stream struct {
	from *bufio.Reader
	most int
	long []byte // a line that is longer than from's buffer
}

// line is the next line without blanks at its end. It is valid until the next call.
func (s *stream) line() ([]byte, error) {
	s.long = s.long[:0]
	for long := false; ; {
		part, err := s.from.ReadSlice('\n')
		if long = long || len(s.long)+len(part) > s.most; long {
			s.long = nil // not a byte of it is needed
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			if !long {
				s.long = append(s.long, part...)
			}
			continue
		case err != nil && !(errors.Is(err, io.EOF) && (long || len(s.long)+len(part) > 0)):
			return nil, err
		case long:
			return nil, errLong
		case len(s.long) > 0:
			s.long = append(s.long, part...)
			part = s.long
		}
		return bytes.TrimRight(part, " \t\r\n"), nil
	}
}
