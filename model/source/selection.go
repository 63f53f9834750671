package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"temper/model/dataset"
	"temper/model/library/jsonl"
	"temper/model/library/spelling"
)

// IDs are the names of rows that a dataset's file of them lists, see recipe.IDs.
func IDs(data []byte, list string) ([]string, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	var ids []string
	switch {
	case bytes.HasPrefix(data, []byte("{")):
		var lists map[string]json.RawMessage
		if err := json.Unmarshal(data, &lists); err != nil {
			return nil, fmt.Errorf("it is not JSON: %w", err)
		}
		names := slices.Sorted(maps.Keys(lists))
		if lists[list] == nil {
			return nil, fmt.Errorf("list is %q, which it does not have; %svalid: %s", list, spelling.DidYouMean(list, names), strings.Join(names, ", "))
		}
		data = lists[list]
	case list != "":
		return nil, fmt.Errorf("list is %q, but it is one list; valid: absent", list)
	}
	if !bytes.HasPrefix(data, []byte("[")) {
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimSpace(line); line != "" {
				ids = append(ids, line)
			}
		}
	} else {
		var members []json.RawMessage
		if err := json.Unmarshal(data, &members); err != nil {
			return nil, fmt.Errorf("it is not JSON: %w", err)
		}
		for i, m := range members {
			id := name(jsonl.Object{"id": m}, "id")
			if id == "" {
				return nil, fmt.Errorf("member %d is no text and no number", i+1)
			}
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("it lists no name")
	}
	return ids, nil
}

// Selection is which rows of a dataset are read, by their names.
type Selection map[string]bool // whether the row has been seen

// NewSelection selects the rows of these names.
func NewSelection(ids []string) Selection {
	s := Selection{}
	for _, id := range ids {
		s[id] = false
	}
	return s
}

// Missing says which names no row had, "" for none.
func (s Selection) Missing() string {
	const shown = 3
	var missing []string
	for _, id := range slices.Sorted(maps.Keys(s)) {
		if !s[id] {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return fmt.Sprintf("%d of its %d names are no row's: %s", len(missing), len(s), strings.Join(missing[:min(shown, len(missing))], ", "))
}

// takes says whether the selection, which may be nil, has a row's problems and examples.
func (s Selection) takes(p []dataset.Problem, e []dataset.Example) bool {
	if s == nil {
		return true
	}
	for _, one := range p {
		if _, ok := s[one.ID]; ok {
			s[one.ID] = true
			return true
		}
	}
	for _, one := range e {
		if _, ok := s[one.ID]; ok {
			s[one.ID] = true
			return true
		}
	}
	return false
}

// since says whether a row is dated on a day or later.
func since(day string, row jsonl.Object) (bool, error) {
	text, err := question(row, "contest_date")
	if err != nil {
		return false, err
	}
	if len(text) < len(time.DateOnly) {
		return false, fmt.Errorf("field %q is %q; want a day as in 2024-08-01", "contest_date", text)
	}
	if _, err := time.Parse(time.DateOnly, text[:len(time.DateOnly)]); err != nil {
		return false, fmt.Errorf("field %q is %q; want a day as in 2024-08-01", "contest_date", text)
	}
	return text[:len(time.DateOnly)] >= day, nil
}
