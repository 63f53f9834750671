package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

// partsRoot begins the keys of what unfinished work has recorded of itself.
const partsRoot = "parts/"

// parts are what long work records of itself before its end, so that another
// attempt does only the rest. They are of no use once the work's manifest is
// there, no manifest names them, and no result depends on where they were cut.
// Each is a small document, made last and once, that names blobs.
type parts[T any] struct {
	store  objectstore.Store
	prefix string
	// found are the parts that earlier attempts have recorded, in order.
	found []T
	next  int
}

// findParts reads what earlier attempts of a task have recorded. A part that is
// damaged counts for nothing.
func findParts[T any](ctx context.Context, store objectstore.Store, t task) (*parts[T], error) {
	key, _, err := t.key()
	if err != nil {
		return nil, err
	}
	p := &parts[T]{store: store, prefix: partsPrefix(key)}
	for ; ; p.next++ {
		data, err := readPart(ctx, store, p.key())
		if errors.Is(err, objectstore.ErrNotFound) {
			return p, nil
		}
		if err != nil && !objectstore.IsDamage(err) {
			return nil, err
		}
		var part T
		if err == nil && json.Unmarshal(data, &part) == nil {
			p.found = append(p.found, part)
		}
	}
}

// readPart reads a part, if that was not done ahead.
func readPart(ctx context.Context, store objectstore.Store, key string) ([]byte, error) {
	if first, ok := ctx.Value(firstPartKey{}).(firstPart); ok && first.key == key {
		return first.data, first.err
	}
	return store.Read(ctx, key)
}

// partsPrefix begins the keys of the parts of work whose manifest lies under key.
func partsPrefix(key string) string { return partsRoot + strings.TrimPrefix(key, artifact.Root) + "/" }

func partKey(prefix string, n int) string { return fmt.Sprintf("%s%04d.json", prefix, n) }

// key is that of the next part.
func (p *parts[T]) key() string { return partKey(p.prefix, p.next) }

// add records a part, beside those of other attempts that may be at work too.
func (p *parts[T]) add(ctx context.Context, part T) error {
	data, err := json.Marshal(part)
	if err != nil {
		return fmt.Errorf("record a part: %w", err)
	}
	for {
		winner, err := objectstore.CreateOrSame(ctx, p.store, p.key(), data)
		if err != nil {
			return err
		}
		p.next++
		if bytes.Equal(winner, data) {
			return nil
		}
	}
}
