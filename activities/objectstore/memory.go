package objectstore

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"sync"
	"time"

	"temper/activities/objectstore/internal/retry"
	"temper/model/artifact"
)

// Memory is a Store that lives and dies with the process: for tests. It keeps
// the same rules as S3.
type Memory struct {
	mu      sync.Mutex
	objects map[string]object
	// disturbed is how many of the next reads get damaged bytes: tests set it.
	disturbed int
}

// again is how a Memory reads again what does not match.
var again = retry.Backoff{Attempts: 4, First: time.Millisecond}

// object is what lies under one key: bytes, and their checksum when they were written.
type object struct {
	data []byte
	crc  uint32 // CRC32C, as S3 keeps it
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func newObject(data []byte) object {
	return object{data: bytes.Clone(data), crc: crc32.Checksum(data, castagnoli)}
}

// NewMemory returns an empty store.
func NewMemory() *Memory { return &Memory{objects: map[string]object{}} }

// Put implements Store.
func (m *Memory) Put(ctx context.Context, data []byte) (artifact.Ref, error) {
	ref := artifact.RefOf(data)
	if err := ctx.Err(); err != nil {
		return artifact.Ref{}, fmt.Errorf("put %s: %w", ref.Key, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, there := m.objects[ref.Key]; !there || !bytes.Equal(old.data, data) {
		m.objects[ref.Key] = newObject(data)
	}
	return ref, nil
}

// Get implements Store.
func (m *Memory) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	if err := CheckRef(ref); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("get %s: %w", ref.Key, err)
	}
	var found object
	err := again.Do(ctx, IsWorthAnother, func() error {
		var there bool
		if found, there = m.look(ref.Key); !there {
			return fmt.Errorf("get %s: %w", ref.Key, ErrNotFound)
		}
		if err := ref.Verify(found.data); err != nil {
			return fmt.Errorf("get: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found.data, nil
}

// look is one read of what lies under a key: a copy, which is never nil, since
// an empty object is not an absent one.
func (m *Memory) look(key string) (object, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found, there := m.objects[key]
	found.data = append([]byte{}, found.data...)
	if m.disturbed > 0 && len(found.data) > 0 {
		m.disturbed--
		flipBit(found.data)
	}
	return found, there
}

// flipBit damages data.
func flipBit(data []byte) { data[len(data)/2] ^= 1 }

// Create implements Store.
func (m *Memory) Create(ctx context.Context, key string, data []byte) error {
	if err := CheckKey(key); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("create %s: %w", key, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.objects[key]; there {
		return fmt.Errorf("create %s: %w", key, ErrExists)
	}
	for other := range m.objects {
		if strings.HasPrefix(other, key+"/") || strings.HasPrefix(key, other+"/") {
			return fmt.Errorf("create %s: %w: %q is there, and one would be a folder of the other", key, ErrBadKey, other)
		}
	}
	m.objects[key] = newObject(data)
	return nil
}

// Read implements Store.
func (m *Memory) Read(ctx context.Context, key string) ([]byte, error) {
	if err := CheckAnyKey(key); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	var found object
	err := again.Do(ctx, IsWorthAnother, func() error {
		var there bool
		if found, there = m.look(key); !there {
			return fmt.Errorf("read %s: %w", key, ErrNotFound)
		}
		if crc32.Checksum(found.data, castagnoli) != found.crc {
			return fmt.Errorf("read %s: checksum does not fit: %w", key, artifact.ErrCorrupt)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found.data, nil
}

// List implements Store.
func (m *Memory) List(ctx context.Context, prefix string) ([]string, error) {
	if err := CheckPrefix(prefix); err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("list %s: %w", prefix, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var keys []string
	for key := range m.objects {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys, nil
}
