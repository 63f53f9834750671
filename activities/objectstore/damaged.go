package objectstore

import (
	"context"
	"fmt"
	"strings"

	"temper/model/artifact"
)

// damagedPrefix begins the keys of the notes about blobs that were found damaged
// or missing: damaged/SHA256-SIZE. They are empty, and stay.
const damagedPrefix = "damaged/"

// noting is a Store that notes damage.
type noting struct{ Store }

// NoteDamage returns a Store that notes in s which blobs Get finds damaged or
// missing, so that whoever made them can be asked to make them again: see Damaged.
func NoteDamage(s Store) Store { return noting{s} }

// Get implements Store.
func (n noting) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	data, err := n.Store.Get(ctx, ref)
	if IsDamage(err) && ref.Key == artifact.KeyOf(ref.SHA256) {
		// Without a note the work waits all the same, and nothing is made again.
		_ = n.Create(ctx, fmt.Sprintf("%s%s-%d", damagedPrefix, ref.SHA256, ref.Size), nil)
	}
	return data, err
}

// Write implements Writer.
func (n noting) Write(ctx context.Context, data []byte) (artifact.Ref, func(context.Context) error, error) {
	return write(ctx, n.Store, data)
}

// write is Write of a store that can, else Put.
func write(ctx context.Context, s Store, data []byte) (ref artifact.Ref, look func(context.Context) error, err error) {
	if w, ok := s.(Writer); ok {
		return w.Write(ctx, data)
	}
	ref, err = s.Put(ctx, data)
	return ref, nil, err
}

// Damaged lists the blobs that have ever been noted, whether they are damaged
// still or not.
func Damaged(ctx context.Context, s Reader) ([]artifact.Ref, error) {
	keys, err := s.List(ctx, damagedPrefix)
	if err != nil {
		return nil, fmt.Errorf("list what was found damaged: %w", err)
	}
	var refs []artifact.Ref
	for _, key := range keys {
		var ref artifact.Ref
		note := strings.Replace(strings.TrimPrefix(key, damagedPrefix), "-", " ", 1)
		if n, err := fmt.Sscan(note, &ref.SHA256, &ref.Size); n == 2 && err == nil && len(ref.SHA256) > 2 {
			ref.Key = artifact.KeyOf(ref.SHA256)
			refs = append(refs, ref)
		}
	}
	return refs, nil
}
