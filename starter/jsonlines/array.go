package jsonlines

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// OrArray is a source whose file may also be one JSON array of objects, which is then read
// as if each stood on a line of its own.
func OrArray(s Source) Source {
	s.Reader = &members{in: bufio.NewReader(s.Reader)}
	return s
}

// members reads an array's members as lines, and anything else as it is.
type members struct {
	in    *bufio.Reader
	begun bool
	array *json.Decoder // nil if it is none
	line  []byte        // what is not read yet of the last member
}

func (m *members) Read(p []byte) (int, error) {
	if !m.begun {
		m.begin()
	}
	if m.array == nil {
		return m.in.Read(p)
	}
	for len(m.line) == 0 {
		if !m.array.More() {
			return 0, io.EOF
		}
		var member json.RawMessage
		if err := m.array.Decode(&member); err != nil {
			return 0, errors.New("the file begins as a JSON array and does not go on as one")
		}
		var line bytes.Buffer
		if err := json.Compact(&line, member); err != nil {
			return 0, err
		}
		m.line = append(line.Bytes(), '\n')
	}
	n := copy(p, m.line)
	m.line = m.line[n:]
	return n, nil
}

// begin looks at the first bytes.
func (m *members) begin() {
	m.begun = true
	head, _ := m.in.Peek(1 << 10) // a shorter file has fewer
	if bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff"))), []byte("[")) {
		m.in.Discard(bytes.IndexByte(head, '['))
		m.array = json.NewDecoder(m.in)
		m.array.Token() // the bracket, which is there
	}
}
