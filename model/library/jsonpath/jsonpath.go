// Package jsonpath finds values inside JSON objects by paths of names and places, such as
// "reward_model.ground_truth", "prompt[0].content", "messages[role=user].content",
// "generations[]", or "$", the object itself.
package jsonpath

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"temper/model/library/jsonkind"
)

// Form says what a path is made of, for messages.
const Form = "names and places, as in answer, reward_model.ground_truth, prompt[0].content, turns[-1], messages[role=user].content or generations[], or $ for all of the object"

// whole is the path of the object itself.
const whole = "$"

// Path is where a value stands in an object.
type Path struct {
	text  string
	steps []step
}

// step goes from a value to a part of it: a member of an object or of an array.
type step struct {
	name  string // of an object's member, where none of the below is set
	place *int   // in an array; from its end if it is negative
	all   bool   // every member of an array
	// The first member of an array that is an object in which key holds the text name.
	key string
}

// Parse reads a path.
func Parse(text string) (Path, error) {
	p := Path{text: text}
	if text == whole {
		return p, nil
	}
	rest := text
	for first := true; first || rest != ""; first = false {
		if inner, found := strings.CutPrefix(rest, "["); found && !first {
			place, after, closed := strings.Cut(inner, "]")
			s, err := parsePlace(place)
			if !closed || err != nil {
				return Path{}, fmt.Errorf("%q is no path; valid: %s", text, Form)
			}
			p.steps, rest = append(p.steps, s), after
			continue
		}
		if !first {
			var found bool
			if rest, found = strings.CutPrefix(rest, "."); !found {
				return Path{}, fmt.Errorf("%q is no path; valid: %s", text, Form)
			}
		}
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			end = len(rest)
		}
		if name := rest[:end]; name == "" || strings.TrimSpace(name) != name || strings.Contains(name, "]") {
			return Path{}, fmt.Errorf("%q is no path; valid: %s", text, Form)
		}
		p.steps, rest = append(p.steps, step{name: rest[:end]}), rest[end:]
	}
	return p, nil
}

// parsePlace reads what stands between brackets.
func parsePlace(text string) (step, error) {
	if text == "" {
		return step{all: true}, nil
	}
	if key, value, found := strings.Cut(text, "="); found && key != "" {
		return step{key: key, name: value}, nil
	}
	place, err := strconv.Atoi(text)
	return step{place: &place}, err
}

// String is the path as it was read.
func (p Path) String() string { return p.text }

// Many says whether the path leads to every member of an array.
func (p Path) Many() bool { return slices.ContainsFunc(p.steps, func(s step) bool { return s.all }) }

// Name is the object's member that the path is, "" for a path that goes into one.
func (p Path) Name() string {
	if len(p.steps) != 1 {
		return ""
	}
	return p.steps[0].name
}

// Find returns the values at the path, one but for Many. A string that holds JSON is gone
// into as that JSON. Errors name the path, and what is there instead.
func (p Path) Find(object map[string]json.RawMessage) ([]json.RawMessage, error) {
	if len(p.steps) == 0 {
		value, err := json.Marshal(object)
		return []json.RawMessage{value}, err
	}
	values := []json.RawMessage{nil} // the object itself
	for i, s := range p.steps {
		var next []json.RawMessage
		for _, value := range values {
			var found []json.RawMessage
			var err error
			if i == 0 {
				found, err = s.member(object)
			} else {
				found, err = s.from(value)
			}
			if err != nil {
				return nil, fmt.Errorf("field %q is missing: %w", p.text, err)
			}
			next = append(next, found...)
		}
		values = next
	}
	return values, nil
}

func (s step) from(value json.RawMessage) ([]json.RawMessage, error) {
	value = opened(value)
	if s.place == nil && !s.all && s.key == "" {
		var object map[string]json.RawMessage
		if kind := jsonkind.Of(value); kind != "an object" {
			return nil, fmt.Errorf("%q would stand in an object, got %s", s.name, kind)
		}
		if err := json.Unmarshal(value, &object); err != nil {
			return nil, err
		}
		return s.member(object)
	}
	var list []json.RawMessage
	if kind := jsonkind.Of(value); kind != "an array" {
		return nil, fmt.Errorf("%s would stand in an array, got %s", s, kind)
	}
	if err := json.Unmarshal(value, &list); err != nil {
		return nil, err
	}
	return s.among(list)
}

// member is an object's.
func (s step) member(object map[string]json.RawMessage) ([]json.RawMessage, error) {
	if value, found := object[s.name]; found {
		return []json.RawMessage{value}, nil
	}
	const most = 12
	names := slices.Sorted(maps.Keys(object))
	if len(names) > most {
		names = append(names[:most], "…")
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("there is no %q in an empty object", s.name)
	}
	return nil, fmt.Errorf("there is no %q, but %s", s.name, strings.Join(names, ", "))
}

// among are the members of an array.
func (s step) among(list []json.RawMessage) ([]json.RawMessage, error) {
	switch {
	case s.all:
		return list, nil
	case s.place != nil:
		i := *s.place
		if i < 0 {
			i += len(list)
		}
		if i < 0 || i >= len(list) {
			return nil, fmt.Errorf("there is no %s among %d", s, len(list))
		}
		return list[i : i+1], nil
	}
	for i, member := range list {
		var object map[string]json.RawMessage
		var text string
		if json.Unmarshal(member, &object) == nil && json.Unmarshal(object[s.key], &text) == nil && text == s.name {
			return list[i : i+1], nil
		}
	}
	return nil, fmt.Errorf("there is no %s among %d", s, len(list))
}

// String is the step as a path has it.
func (s step) String() string {
	switch {
	case s.all:
		return "[]"
	case s.place != nil:
		return fmt.Sprintf("[%d]", *s.place)
	case s.key != "":
		return fmt.Sprintf("[%s=%s]", s.key, s.name)
	}
	return s.name
}

// opened is the object or array that a string holds as JSON, or the value itself.
func opened(value json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return value
	}
	inner := bytes.TrimSpace([]byte(text))
	if len(inner) > 0 && (inner[0] == '{' || inner[0] == '[') && json.Valid(inner) {
		return inner
	}
	return value
}
