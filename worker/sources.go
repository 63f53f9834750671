package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/activities/objectstore/s3"
	"temper/model/pretrained"
)

// sources reads what recipes name: local files and folders, and objects of the same store.
type sources struct{ store *s3.Store }

func remote(uri string) bool { return strings.HasPrefix(uri, "s3://") }

// ReadURI returns the bytes of a local path or s3:// URI.
func (s sources) ReadURI(ctx context.Context, uri string) ([]byte, error) {
	if remote(uri) {
		data, err := s.store.ReadURI(ctx, uri)
		if errors.Is(err, objectstore.ErrNotFound) || objectstore.IsPermanent(err) {
			return nil, activities.UserErrorf("%v", err)
		}
		return data, err
	}
	data, err := os.ReadFile(uri)
	if err != nil {
		return nil, activities.UserErrorf("%v (on worker %s)", err, workerName())
	}
	return data, nil
}

// OpenFolder returns the folder of a model or tokenizer at a local path or s3:// URI.
func (s sources) OpenFolder(_ context.Context, uri string) (pretrained.Folder, error) {
	if !remote(uri) {
		return pretrained.Local(uri), nil
	}
	folder, err := s.store.Folder(uri)
	if err != nil {
		return nil, activities.UserErrorf("%v", err)
	}
	return folder, nil
}
