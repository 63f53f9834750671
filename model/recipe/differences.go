package recipe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Differences lists the fields in which r differs from a recorded recipe in JSON,
// which another version of temper may have written: one line each, in order, with
// both values. What a run continues from is no difference.
func Differences(recorded []byte, r Recipe) ([]string, error) {
	r.ContinueFrom = ""
	data, err := Encode(r)
	if err != nil {
		return nil, err
	}
	was, err := tree(recorded)
	if err != nil {
		return nil, fmt.Errorf("the recorded recipe: %w", err)
	}
	is, err := tree(data)
	if err != nil {
		return nil, err
	}
	var found []string
	compareTrees("", is, was, &found)
	return found, nil
}

// tree reads JSON and keeps its numbers as they are written.
func tree(data []byte) (v any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	err = decoder.Decode(&v)
	return v, err
}

// absentValue stands for a field that is not there.
type absentValue struct{}

// compareTrees appends the differences below a path.
func compareTrees(path string, is, was any, found *[]string) {
	switch a := is.(type) {
	case map[string]any:
		if b, ok := was.(map[string]any); ok {
			compareObjects(path, a, b, found)
			return
		}
	case []any:
		if b, ok := was.([]any); ok && len(a) == len(b) {
			for i := range a {
				compareTrees(fmt.Sprintf("%s[%d]", path, i), a[i], b[i], found)
			}
			return
		}
	}
	if x, y := shortJSON(is), shortJSON(was); x != y {
		*found = append(*found, fmt.Sprintf("%s is %s, was %s", path, x, y))
	}
}

func compareObjects(path string, is, was map[string]any, found *[]string) {
	var keys []string
	for key := range is {
		keys = append(keys, key)
	}
	for key := range was {
		if _, both := is[key]; !both {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	value := func(m map[string]any, key string) any {
		if v, ok := m[key]; ok {
			return v
		}
		return absentValue{}
	}
	for _, key := range keys {
		compareTrees(strings.TrimPrefix(path+"."+key, "."), value(is, key), value(was, key), found)
	}
}

// shortJSON is a value for a message; whole values are compared by it where they
// are no objects or lists of one length.
func shortJSON(v any) string {
	switch list := v.(type) {
	case absentValue:
		return "not there"
	case []any:
		return fmt.Sprintf("a list of %d", len(list))
	case map[string]any:
		return fmt.Sprintf("an object of %d fields", len(list))
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}
