package safetensors

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// IndexName is the name of the index of a sharded model in Hugging Face's layout.
const IndexName = "model.safetensors.index.json"

// Sharded is a set of containers that together hold one model.
type Sharded struct {
	holder map[string]*File // by tensor
	infos  []Info
}

// OpenSharded opens a set of containers by the content of its index, whose
// weight_map says which tensor lies in which file. It checks every header as
// Open does, and that index and files agree: a file that is absent, a tensor
// that its file lacks and one that the index does not list are named. open
// returns a file and its size; it is asked once for each file, in the order of names.
func OpenSharded(index []byte, open func(file string) (io.ReaderAt, int64, error)) (*Sharded, error) {
	place, err := ParseIndex(index)
	if err != nil {
		return nil, err
	}
	s := &Sharded{holder: map[string]*File{}}
	for _, name := range slices.Compact(slices.Sorted(maps.Values(place))) {
		reader, size, err := open(name)
		if err != nil {
			return nil, fmt.Errorf("shard %s: %w", name, err)
		}
		file, err := Open(reader, size)
		if err != nil {
			return nil, fmt.Errorf("shard %s: %w", name, err)
		}
		for _, info := range file.infos {
			if there, listed := place[info.Name]; !listed {
				return nil, fmt.Errorf("shard %s holds tensor %q, which the index does not list", name, info.Name)
			} else if there != name {
				return nil, fmt.Errorf("shard %s holds tensor %q, which the index places in %s", name, info.Name, there)
			}
			s.holder[info.Name] = file
			s.infos = append(s.infos, info)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(place)) {
		if s.holder[name] == nil {
			return nil, fmt.Errorf("tensor %q is missing from shard %s, where the index places it", name, place[name])
		}
	}
	return s, nil
}

// ParseIndex reads the content of an index: the file that holds each tensor.
// Files are given by their plain names.
func ParseIndex(index []byte) (map[string]string, error) {
	place := map[string]string{}
	decoder := json.NewDecoder(bytes.NewReader(index))
	err := eachField(decoder, func(key string) error {
		if key != "weight_map" {
			return decoder.Decode(new(json.RawMessage))
		}
		return eachField(decoder, func(tensor string) error {
			var file string
			if err := decoder.Decode(&file); err != nil {
				return fmt.Errorf("tensor %q: its place is not a file name: %w", tensor, err)
			}
			place[tensor] = file
			return nil
		})
	})
	if err == nil {
		if _, more := decoder.Token(); more != io.EOF {
			err = errors.New("something follows the JSON object")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("index: %w", plain(err))
	}
	if len(place) == 0 {
		return nil, errors.New("index: weight_map is missing or empty")
	}
	for _, tensor := range slices.Sorted(maps.Keys(place)) {
		if err := CheckFileName(place[tensor]); err != nil {
			return nil, fmt.Errorf("index: tensor %q: %w", tensor, err)
		}
	}
	return place, nil
}

// CheckFileName refuses what is not the plain name of a file in the model's own folder.
func CheckFileName(name string) error {
	bad := name == "" || name == "." || name == ".." || len(name) > 255
	if bad || strings.ContainsFunc(name, func(r rune) bool { return r == '/' || r == '\\' || r < ' ' || r == 0x7f }) {
		return fmt.Errorf("file name %.80q is not a plain name of a file beside the index", name)
	}
	return nil
}

// Tensors describes all tensors, file by file in the order of names. An Info's
// Offset counts in its own file.
func (s *Sharded) Tensors() []Info { return slices.Clone(s.infos) }

// Lookup finds a tensor by its name.
func (s *Sharded) Lookup(name string) (Info, bool) {
	file := s.holder[name]
	if file == nil {
		return Info{}, false
	}
	return file.Lookup(name)
}

// Read is File.Read over all files.
func (s *Sharded) Read(ctx context.Context, name string, into []float32) error {
	return s.ReadAll(ctx, map[string][]float32{name: into})
}

// ReadAll is File.ReadAll over all files.
func (s *Sharded) ReadAll(ctx context.Context, into map[string][]float32) error {
	return readAll(ctx, into, s.of)
}

// ReadRange is File.ReadRange over all files.
func (s *Sharded) ReadRange(ctx context.Context, name string, first int, into []float32) error {
	return s.of(name).ReadRange(ctx, name, first, into)
}

// of is the file that holds a tensor, an empty one if none does.
func (s *Sharded) of(name string) *File {
	if file := s.holder[name]; file != nil {
		return file
	}
	return &File{}
}
