package jsonl

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
)

// TestStream: lines are read as Each reads them, whatever the buffer; blank lines count where
// another line follows, and one that is too long is passed over.
func TestStream(t *testing.T) {
	long := `{"a": "` + strings.Repeat("x", 5000) + `"}`
	for _, test := range []struct {
		text  string
		limit int
		want  string
	}{
		{"{\"a\":1}\n{}\n{\"b\":2}\n\n", 2, "1:1 2:0"},
		{"{}\r\n{}", 0, "1:0 2:0"},
		{"{}\n \n\n{}\n\n\t\n", 0, "1:0 2:the line is empty, want a JSON object 3:the line is empty, want a JSON object 4:0"},
		{"{}\n\n\n{}", 2, "1:0 2:the line is empty, want a JSON object"},
		{"{}\n" + long + "\n{}\n" + long, 0, "1:0 2:the line is longer than 0 MiB 3:0 4:the line is longer than 0 MiB"},
		{long[:4000] + "\n" + `{"b": "` + strings.Repeat("y", 3000) + `"}`, 0, "1:it is truncated: the JSON goes on after byte 4000, the last 2:1"},
		{"", 0, ""}, {" \n \n", 0, ""},
	} {
		var seen []string
		err := Stream(bufio.NewReaderSize(iotest.OneByteReader(strings.NewReader(test.text)), 16), 4500, test.limit, func(number int, line Object, fault error) error {
			if fault != nil {
				seen = append(seen, fmt.Sprintf("%d:%v", number, fault))
			} else {
				seen = append(seen, fmt.Sprintf("%d:%d", number, len(line)))
			}
			return nil
		})
		if got := strings.Join(seen, " "); err != nil || got != test.want {
			t.Errorf("%.20q: got %s, %v, want %s", test.text, got, err, test.want)
		}
	}
	away := errors.New("away")
	if err := Stream(bufio.NewReader(iotest.ErrReader(away)), 10, 0, nil); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
}
