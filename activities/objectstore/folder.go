package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"temper/model/artifact"
)

// Reader is the part of Store that reads.
type Reader interface {
	Get(ctx context.Context, ref artifact.Ref) ([]byte, error)
	Read(ctx context.Context, key string) ([]byte, error)
	List(ctx context.Context, prefix string) ([]string, error)
}

// Folder reads a bucket whose objects are plain files, one per key, as the
// devstack keeps them, without the server that wrote them. What that server keeps
// for itself, in files and folders that begin with a dot, is no object.
type Folder string

// Get returns the blob that ref names, verified, as Store does.
func (f Folder) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	if err := CheckRef(ref); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	data, err := f.read(ctx, ref.Key)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", ref.Key, err)
	}
	if err := ref.Verify(data); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	return data, nil
}

// Read returns the document key. Documents have no checksum here.
func (f Folder) Read(ctx context.Context, key string) ([]byte, error) {
	if err := CheckAnyKey(key); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	data, err := f.read(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return data, nil
}

func (f Folder) read(ctx context.Context, key string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(string(f), filepath.FromSlash(key)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	return data, err
}

// List returns all keys that begin with prefix, in byte order.
func (f Folder) List(ctx context.Context, prefix string) ([]string, error) {
	if err := CheckPrefix(prefix); err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	within, _ := filepath.Split(filepath.FromSlash(prefix))
	var keys []string
	err := filepath.WalkDir(filepath.Join(string(f), within), func(path string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		key, err := filepath.Rel(string(f), path)
		key = filepath.ToSlash(key)
		switch {
		case err != nil:
			return err
		case key != "." && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case entry.Type().IsRegular() && strings.HasPrefix(key, prefix):
			keys = append(keys, key)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", prefix, err)
	}
	// A walk has a/b before a-b, byte order the reverse.
	slices.Sort(keys)
	return keys, nil
}
