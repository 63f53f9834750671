package teachers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"temper/model/library/jsonkind"
)

// refusal is an answer that another try would not change.
type refusal struct {
	message string
	// context is the number of tokens that the model reads, where the prompt is too long for it; body is all that the server said.
	context int
	body    []byte
}

// tooLong is what servers say of a prompt that is longer than the model reads, with how long that is: OpenAI and vLLM "maximum
// context length is 8192 tokens", llama.cpp "available context size (512 tokens)", SGLang "context length (512 tokens)".
var tooLong = regexp.MustCompile(`(?i)\bcontext (?:length|size|window)\D{0,20}?(\d+)`)

func (r *refusal) Error() string { return r.message }

// longestRefusal bounds what is read of an error, in bytes; people see less of it.
const longestRefusal = 1 << 20

// passing are the statuses from 400 to 499 of a server that may answer later.
var passing = []int{http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests}

// failed is the error of an answer with a status of 300 and above. It heeds Retry-After.
func (e *endpoint) failed(res *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(res.Body, longestRefusal))
	message := messageOf(body)
	if err != nil {
		message = err.Error()
	}
	message = jsonkind.Clip(e.clean(fmt.Sprintf("%d %s: %s", res.StatusCode, http.StatusText(res.StatusCode), message)))
	if res.StatusCode < 500 && !slices.Contains(passing, res.StatusCode) {
		r := &refusal{message: message, body: []byte(e.clean(string(body)))}
		if m := tooLong.FindStringSubmatch(message); m != nil {
			r.context, _ = strconv.Atoi(m[1]) // digits; too many of them are no length
		}
		return r
	}
	if d := retryAfter(res.Header, time.Now()); d > 0 {
		e.mu.Lock()
		if until := time.Now().Add(d); until.After(e.closed) {
			e.closed = until
		}
		e.mu.Unlock()
	}
	return errors.New(message)
}

// messageOf is what the body of an error says, in the forms that servers use.
func messageOf(body []byte) string {
	var b struct {
		Error           json.RawMessage `json:"error"`
		Message, Detail json.RawMessage
	}
	if json.Unmarshal(body, &b) != nil {
		return string(body)
	}
	for _, part := range []json.RawMessage{b.Error, b.Message, b.Detail} {
		var inner struct {
			Message string `json:"message"`
		}
		var text string
		switch {
		case json.Unmarshal(part, &text) == nil && text != "":
			return text
		case json.Unmarshal(part, &inner) == nil && inner.Message != "":
			return inner.Message
		}
	}
	return string(body)
}
