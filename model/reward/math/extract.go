package math

import (
	"fmt"
	"strings"

	"temper/model/library/latex"
)

const (
	think = "</think>"
	box   = `\boxed`
)

// Extract returns the answer of a response: the content of the last \boxed{…} of the text
// after the last </think>. Without </think>, without a box after it, or if that last box
// is not closed, there is no answer; an earlier box does not stand in. Braces nest, and
// \{ and \} are not braces.
func Extract(response string) (string, error) {
	at := strings.LastIndex(response, think)
	if at < 0 {
		return "", fmt.Errorf("no </think>")
	}
	text := response[at+len(think):]
	at = strings.LastIndex(text, box)
	if at < 0 {
		return "", fmt.Errorf(`no \boxed{} after </think>`)
	}
	answer, size := boxContent(text[at+len(box):])
	switch {
	case size == 0:
		return "", fmt.Errorf(`the last \boxed{} is not closed or holds more than %d bytes`, MaxAnswer)
	case strings.TrimSpace(answer) == "":
		return "", fmt.Errorf(`the last \boxed{} is empty`)
	}
	return strings.TrimSpace(answer), nil
}

// boxContent returns what stands between the brace that s begins with, after blanks, and
// its partner, and the size of it all; 0 if there is none within MaxAnswer bytes.
func boxContent(s string) (inner string, size int) {
	blanks := len(s) - len(strings.TrimLeft(s, " \t\r\n"))
	return latex.Braced(s[:min(len(s), blanks+MaxAnswer+len("{}"))])
}
