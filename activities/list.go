package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"temper/activities/rows"
	"temper/model/artifact"
)

// List is a list that travels between workflows and activities: Items or, where they are many, refs of stored parts, each a
// JSON list (see StoreList), and then the items that are in none. Its JSON form is a plain list where there are no parts.
type List[T any] struct {
	Parts []artifact.Ref
	Items []T
}

// ListOf is a list without parts.
func ListOf[T any](items ...T) List[T] { return List[T]{Items: items} }

// IsZero says that the list is empty.
func (l List[T]) IsZero() bool { return len(l.Parts) == 0 && len(l.Items) == 0 }

// listForm is the JSON form of a list with parts.
type listForm[T any] struct {
	Parts []artifact.Ref `json:"parts"`
	Items []T            `json:"items,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (l List[T]) MarshalJSON() ([]byte, error) {
	if len(l.Parts) == 0 {
		return json.Marshal(l.Items)
	}
	return json.Marshal(listForm[T](l))
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *List[T]) UnmarshalJSON(data []byte) error {
	*l = List[T]{}
	if bytes.HasPrefix(data, []byte("{")) {
		return json.Unmarshal(data, (*listForm[T])(l))
	}
	return json.Unmarshal(data, &l.Items)
}

// StoreListInput asks for a part of a list to be stored, a JSON list.
type StoreListInput struct {
	Items json.RawMessage `json:"items"`
}

// StoreList stores a part of a list that is too long for an input or a history. It is no record of its own: whoever reads the list
// records what it read.
func (a *Activities) StoreList(ctx context.Context, in StoreListInput) (artifact.Ref, error) {
	ref, err := alive(ctx, a.Hung, func(ctx context.Context) (artifact.Ref, error) { return a.Store.Put(ctx, in.Items) })
	if err != nil {
		return artifact.Ref{}, classify(ctx, "store a part of a list", err)
	}
	return ref, nil
}

// whole are all items of a list.
func whole[T any](ctx context.Context, store rows.Blobs, l List[T]) ([]T, error) {
	var all []T
	for _, ref := range l.Parts {
		part, err := decoded(ctx, store, ref, func(data []byte) (items []T, err error) {
			if err = json.Unmarshal(data, &items); err != nil {
				err = fmt.Errorf("part %s of a list: %w", ref.Short(), err)
			}
			return items, err
		})
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return append(all, l.Items...), nil
}

// Numbers are numbers of a dataset's rows. In their JSON form mostWritten or more that follow one another are one text, "first..last".
type Numbers []int

// mostWritten is how many numbers that follow one another are written out.
const mostWritten = 1000

// MarshalJSON implements json.Marshaler.
func (n Numbers) MarshalJSON() ([]byte, error) {
	if len(n) < mostWritten {
		return json.Marshal([]int(n))
	}
	out := []any{}
	for i := 0; i < len(n); {
		end := i + 1
		for end < len(n) && n[end] == n[end-1]+1 {
			end++
		}
		if end-i >= mostWritten {
			out, i = append(out, fmt.Sprintf("%d..%d", n[i], n[end-1])), end
		}
		for ; i < end; i++ {
			out = append(out, n[i])
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Numbers) UnmarshalJSON(data []byte) error {
	var written []json.RawMessage
	if err := json.Unmarshal(data, &written); err != nil || written == nil {
		*n = nil
		return err
	}
	*n = make(Numbers, 0, len(written))
	for _, w := range written {
		first, last, isRange := strings.Cut(strings.Trim(string(w), `"`), "..")
		from, err := strconv.Atoi(first)
		to := from
		if err == nil && isRange {
			to, err = strconv.Atoi(last)
		}
		if err != nil || to-from > maxNumbers {
			return fmt.Errorf("number of a row is %s; valid: a number, or a range such as \"0..999\"", w)
		}
		*n = slices.Grow(*n, to-from+1)
		for ; from <= to; from++ {
			*n = append(*n, from)
		}
	}
	return nil
}

// maxNumbers bounds a range that somebody else has written: more rows than any dataset has.
const maxNumbers = 1 << 28
