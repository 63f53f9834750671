package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/activities/objectstore/s3"
	"temper/model/pretrained"
	"temper/worker/machine"
)

// sources reads what recipes name: local files and folders, and objects of the same store; store is nil where none runs.
type sources struct{ store *s3.Store }

func remote(uri string) bool { return strings.HasPrefix(uri, "s3://") }

// ReadURI returns the bytes of a local path or s3:// URI.
func (s sources) ReadURI(ctx context.Context, uri string) ([]byte, error) {
	if remote(uri) && s.store == nil {
		return nil, noStore(uri)
	}
	if remote(uri) {
		data, err := s.store.ReadURI(ctx, uri)
		if errors.Is(err, objectstore.ErrNotFound) || objectstore.IsPermanent(err) {
			return nil, activities.UserErrorf("%v", err)
		}
		return data, err
	}
	data, err := readFile(ctx, uri)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, notHere(err)
	}
	return data, nil
}

// noStore says that nothing of the S3 store can be read, as where work of an exported run is done again.
func noStore(uri string) error { return activities.UserErrorf("%s: no S3 store runs here", uri) }

// notHere says on which machine a file cannot be read.
func notHere(err error) error {
	return activities.UserErrorf("%v (on worker %s)", err, machine.Name())
}

// Open opens a local path or s3:// URI.
func (s sources) Open(ctx context.Context, uri string) (pretrained.File, error) {
	dir, name := filepath.Dir(uri), filepath.Base(uri)
	if remote(uri) { // whose double slash Dir would clean
		slash := strings.LastIndexByte(uri, '/')
		dir, name = uri[:slash], uri[slash+1:]
	}
	folder, err := s.OpenFolder(ctx, dir)
	if err != nil {
		return nil, err
	}
	file, err := folder.Open(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s: %w", uri, fs.ErrNotExist)
	}
	switch {
	case err != nil && remote(uri) && !errors.Is(err, fs.ErrNotExist) && !objectstore.IsPermanent(err):
		return nil, err
	case err != nil && remote(uri):
		return nil, activities.UserErrorf("%v", err)
	case err != nil:
		return nil, notHere(err)
	}
	return file, nil
}

// ListFolder returns the names of the files in a folder at a local path or s3:// URI.
func (s sources) ListFolder(ctx context.Context, uri string) (names []string, err error) {
	if remote(uri) && s.store == nil {
		return nil, noStore(uri)
	}
	if remote(uri) {
		names, err = s.store.ListFolder(ctx, uri)
		if errors.Is(err, objectstore.ErrNotFound) || objectstore.IsPermanent(err) {
			return nil, activities.UserErrorf("%v", err)
		}
		return names, err
	}
	entries, err := os.ReadDir(uri)
	if err != nil {
		return nil, notHere(err)
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// OpenFolder returns the folder of a model or tokenizer at a local path or s3:// URI.
func (s sources) OpenFolder(_ context.Context, uri string) (pretrained.Folder, error) {
	if !remote(uri) {
		return watchedFolder{pretrained.Local(uri), uri}, nil
	}
	if s.store == nil {
		return nil, noStore(uri)
	}
	folder, err := s.store.Folder(uri)
	if err != nil {
		return nil, activities.UserErrorf("%v", err)
	}
	return folder, nil
}
