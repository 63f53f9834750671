package learnertest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strings"

	"temper/activities"
	"temper/model/pretrained"
)

// Sources is an activities.Sources in memory, by URI. A folder is all URIs that
// begin with its own.
type Sources map[string][]byte

// ReadURI returns the bytes; a URI that is not there is a user's mistake.
func (s Sources) ReadURI(_ context.Context, uri string) ([]byte, error) {
	data, ok := s[uri]
	if !ok {
		return nil, activities.UserErrorf("%s: no such file", uri)
	}
	return data, nil
}

// Open opens the bytes; the error is ReadURI's.
func (s Sources) Open(ctx context.Context, uri string) (pretrained.File, error) {
	data, err := s.ReadURI(ctx, uri)
	if err != nil {
		return nil, err
	}
	return file{bytes.NewReader(data)}, nil
}

// ListFolder returns the names of what is in the folder itself.
func (s Sources) ListFolder(_ context.Context, uri string) (names []string, err error) {
	for at := range s {
		if name, found := strings.CutPrefix(at, strings.TrimSuffix(uri, "/")+"/"); found && !strings.Contains(name, "/") {
			names = append(names, name)
		}
	}
	return names, nil
}

// OpenFolder returns the folder; whether it holds anything shows when it is read.
func (s Sources) OpenFolder(_ context.Context, uri string) (pretrained.Folder, error) {
	return folder{s, strings.TrimSuffix(uri, "/") + "/"}, nil
}

type folder struct {
	sources Sources
	prefix  string
}

func (f folder) Open(_ context.Context, name string) (pretrained.File, error) {
	data, ok := f.sources[f.prefix+name]
	if !ok {
		return nil, fmt.Errorf("%s%s: %w", f.prefix, name, fs.ErrNotExist)
	}
	return file{bytes.NewReader(data)}, nil
}

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }
