package objectstore

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"sync"

	"temper/model/artifact"
)

// Memory is a Store that lives and dies with the process: for tests. It keeps
// the same rules as S3.
type Memory struct {
	mu      sync.Mutex
	objects map[string]object
}

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
	old, there := m.objects[ref.Key]
	if !there || int64(len(old.data)) != ref.Size || old.crc != crc32.Checksum(data, castagnoli) {
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
	m.mu.Lock()
	found, there := m.objects[ref.Key]
	m.mu.Unlock()
	if !there {
		return nil, fmt.Errorf("get %s: %w", ref.Key, ErrNotFound)
	}
	if err := ref.Verify(found.data); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	return copyOf(found.data), nil
}

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
	m.mu.Lock()
	found, there := m.objects[key]
	m.mu.Unlock()
	if !there {
		return nil, fmt.Errorf("read %s: %w", key, ErrNotFound)
	}
	if crc32.Checksum(found.data, castagnoli) != found.crc {
		return nil, fmt.Errorf("read %s: checksum does not fit: %w", key, artifact.ErrCorrupt)
	}
	return copyOf(found.data), nil
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

// copyOf never returns nil: an empty object is not an absent one.
func copyOf(data []byte) []byte { return append([]byte{}, data...) }
