package pyliteral

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// JSON is a value as JSON has it: a tuple is an array, a dict of strings an object. A set,
// a dict of other keys and a call have no such form.
func JSON(value any) (json.RawMessage, error) {
	switch v := value.(type) {
	case nil, bool, string:
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		err := encoder.Encode(v)
		return bytes.TrimSpace(text.Bytes()), err
	case Number:
		return number(v)
	case List:
		return array(v)
	case Tuple:
		return array(v)
	case Dict:
		return object(v)
	}
	return nil, fmt.Errorf("%T has no form in JSON", value)
}

// number gives Python's 1., .5 and 007. a zero or takes it away, and checks what comes out.
func number(n Number) (json.RawMessage, error) {
	text, negative := strings.CutPrefix(string(n), "-")
	if strings.HasPrefix(text, ".") {
		text = "0" + text
	}
	if at := strings.IndexByte(text, '.'); at >= 0 && (at+1 == len(text) || text[at+1] < '0' || text[at+1] > '9') {
		text = text[:at+1] + "0" + text[at+1:]
	}
	if negative {
		text = "-" + text
	}
	if !json.Valid([]byte(text)) {
		return nil, fmt.Errorf("%q is no number of JSON", string(n))
	}
	return json.RawMessage(text), nil
}

func array(items []any) (json.RawMessage, error) {
	text := []byte("[")
	for i, item := range items {
		if i > 0 {
			text = append(text, ',')
		}
		member, err := JSON(item)
		if err != nil {
			return nil, err
		}
		text = append(text, member...)
	}
	return append(text, ']'), nil
}

func object(pairs Dict) (json.RawMessage, error) {
	text := []byte("{")
	for i, pair := range pairs {
		if i > 0 {
			text = append(text, ',')
		}
		if _, ok := pair.Key.(string); !ok {
			return nil, fmt.Errorf("a dict has a key of type %T, which JSON does not have", pair.Key)
		}
		key, err := JSON(pair.Key)
		if err != nil {
			return nil, err
		}
		member, err := JSON(pair.Value)
		if err != nil {
			return nil, err
		}
		text = append(append(append(text, key...), ':'), member...)
	}
	return append(text, '}'), nil
}
