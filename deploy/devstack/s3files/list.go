package s3files

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rclone/gofakes3"
)

// ListBucket implements gofakes3.Backend.
func (b *backend) ListBucket(ctx context.Context, bucket string, prefix *gofakes3.Prefix, page gofakes3.ListBucketPage) (*gofakes3.ObjectList, error) {
	l := &listing{found: gofakes3.NewObjectList(), marker: page.Marker, limit: page.MaxKeys}
	if prefix != nil {
		l.prefix, l.delimiter = prefix.Prefix, prefix.Delimiter
	}
	err := l.walk(filepath.Join(b.root, bucket), "")
	if err != nil && !errors.Is(err, errPageFull) {
		return nil, told(ctx, err)
	}
	return l.found, nil
}

// errPageFull ends the walk of a listing.
var errPageFull = errors.New("the page is full")

// listing is one page of a bucket's keys, in byte order.
type listing struct {
	prefix, delimiter string
	marker            string // only what comes after it
	limit             int64
	found             *gofakes3.ObjectList
	last              string // what was added last, a key or a common prefix
	count             int64
}

// walk visits the folder dir, whose keys begin with base, as far as they are wanted.
func (l *listing) walk(dir, base string) error {
	entries, err := os.ReadDir(dir)
	if isAbsent(err) {
		return nil // it went meanwhile
	}
	if err != nil {
		return err
	}
	// With its slash a folder sorts where the keys in it do.
	name := func(e fs.DirEntry) string {
		if e.IsDir() {
			return base + e.Name() + "/"
		}
		return base + e.Name()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(name(a), name(b)) })
	for _, e := range entries {
		key, path := name(e), filepath.Join(dir, e.Name())
		if e.IsDir() {
			err = l.folder(path, key)
		} else if strings.HasPrefix(key, l.prefix) && key > l.marker {
			err = l.file(path, key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// folder visits the folder whose keys begin with key, a slash at its end.
func (l *listing) folder(path, key string) error {
	inside := strings.HasPrefix(key, l.prefix)
	if !inside && !strings.HasPrefix(l.prefix, key) {
		return nil
	}
	if key < l.marker && !strings.HasPrefix(l.marker, key) {
		return nil // all of it comes before the marker
	}
	if l.delimiter == "/" && inside && key != l.prefix {
		if key <= l.marker {
			return nil
		}
		if empty, err := holdsNoFile(path); err != nil || empty {
			return err
		}
		return l.common(key)
	}
	return l.walk(path, key)
}

// file adds an object, or what it has in common with others before a delimiter.
func (l *listing) file(path, key string) error {
	if before, _, found := strings.Cut(key[len(l.prefix):], l.delimiter); found && l.delimiter != "" {
		common := l.prefix + before + l.delimiter
		if common <= l.marker || common == l.last {
			return nil
		}
		return l.common(common)
	}
	info, err := os.Stat(path)
	if isAbsent(err) || err == nil && !info.Mode().IsRegular() {
		return nil
	}
	if err != nil {
		return err
	}
	if err := l.room(key); err != nil {
		return err
	}
	l.found.Add(&gofakes3.Content{
		Key: key, Size: info.Size(), ETag: quoted(etag(path, info)),
		LastModified: gofakes3.NewContentTime(info.ModTime()),
	})
	return nil
}

func (l *listing) common(prefix string) error {
	if err := l.room(prefix); err != nil {
		return err
	}
	l.found.AddPrefix(prefix)
	return nil
}

// room counts what is about to be added, or ends a full page.
func (l *listing) room(what string) error {
	if l.limit > 0 && l.count == l.limit {
		l.found.IsTruncated, l.found.NextMarker = true, l.last
		return errPageFull
	}
	l.last = what
	l.count++
	return nil
}

// holdsNoFile reports whether there is nothing but folders in dir.
func holdsNoFile(dir string) (bool, error) {
	errFound := errors.New("a file")
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil && !isAbsent(err) {
			return err
		}
		if err == nil && !e.IsDir() {
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		return false, nil
	}
	return true, err
}
