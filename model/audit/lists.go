package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"temper/model/artifact"
)

// whole is a value of an input with its long lists put together: one that travels in parts is an object with refs of
// stored JSON lists, and then the items that are in none. The parts are no work's output, so that they are verified here.
func (w *walk) whole(key string, value any) (any, error) {
	switch v := value.(type) {
	case map[string]any:
		if parts, ok := listParts(v); ok {
			return w.joined(key, parts, v["items"])
		}
		for _, name := range sortedNames(v) {
			member, err := w.whole(key, v[name])
			if err != nil {
				return nil, err
			}
			v[name] = member
		}
	case []any:
		for i, member := range v {
			member, err := w.whole(key, member)
			if err != nil {
				return nil, err
			}
			v[i] = member
		}
	}
	return value, nil
}

// listParts are the refs of a list in parts; ok is false for any other object.
func listParts(v map[string]any) (parts []artifact.Ref, ok bool) {
	list, isList := v["parts"].([]any)
	_, hasItems := v["items"]
	if !isList || len(v) > 2 || len(v) == 2 && !hasItems {
		return nil, false
	}
	for _, member := range list {
		ref, isRef := asRef(asObject(member))
		if !isRef {
			return nil, false
		}
		parts = append(parts, ref)
	}
	return parts, true
}

func (w *walk) joined(key string, parts []artifact.Ref, items any) (any, error) {
	var all []any
	for _, ref := range parts {
		list, ok, err := readAs(w, key, "part of a list in its input", ref, readList)
		if err != nil || !ok {
			return nil, err
		}
		all = append(all, list...)
	}
	rest, _ := items.([]any)
	return append(all, rest...), nil
}

// readList reads one JSON list, numbers as they are written.
func readList(data []byte) (list []any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return list, decoder.Decode(&list)
}

// numbers are numbers of rows, of which many that follow one another are written "first..last".
type numbers []int

// maxNumbers bounds how many numbers a forged range may stand for.
const maxNumbers = 1 << 24

// UnmarshalJSON implements json.Unmarshaler.
func (n *numbers) UnmarshalJSON(data []byte) error {
	var written []json.RawMessage
	if err := json.Unmarshal(data, &written); err != nil {
		return err
	}
	for _, text := range written {
		first, last, isRange := strings.Cut(strings.Trim(string(text), `"`), "..")
		from, err := strconv.Atoi(first)
		to := from
		if err == nil && isRange {
			to, err = strconv.Atoi(last)
		}
		if err != nil || to < from || len(*n)+to-from >= maxNumbers {
			return fmt.Errorf("number of a row is %.40s", text)
		}
		for ; from <= to; from++ {
			*n = append(*n, from)
		}
	}
	return nil
}
