// Package pretrained reads and writes a model in Hugging Face's layout: a folder
// with config.json, generation_config.json, the tokenizer's files, and the
// weights as one safetensors file or as shards with an index.
//
// Where the folder lies is behind two small interfaces. Folder reads it and Sink
// writes it; Local and LocalSink are the ones for this machine.
//
// Inspect looks at all that can be checked without the values of a tensor, so
// that a wrong or damaged model is known before any work starts. Write writes
// config.json last, so that half a model is never taken for one.
package pretrained

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"temper/model/library/safetensors"
	"temper/model/tokenizer"
)

// The names of a model's files.
const (
	ConfigName           = "config.json"
	GenerationConfigName = "generation_config.json"

	weightsName = "model.safetensors"
	indexName   = safetensors.IndexName
)

// TokenizerNames are the files of a model that belong to its tokenizer.
var TokenizerNames = []string{
	"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
	"vocab.json", "merges.txt", "tokenizer.model", "chat_template.jinja",
	"tokenizer.bin", tokenizer.DocumentName,
}

// Folder holds a model's files. One that is a fmt.Stringer is named so in errors.
type Folder interface {
	// Open opens a file for reading; name is its plain name. The error wraps
	// fs.ErrNotExist when there is none. ctx bounds the reads of the file too.
	Open(ctx context.Context, name string) (File, error)
}

// File is an open file of a Folder. It is safe for concurrent reads.
type File interface {
	io.ReaderAt
	io.Closer
	// Size is the file's length in bytes.
	Size() int64
}

// Local is the folder dir of this machine. Links are followed.
func Local(dir string) Folder { return localFolder(dir) }

type localFolder string

func (d localFolder) String() string { return string(d) }

// localFile is read by pread, which puts bytes where they belong. A memory map
// is no faster, and ends the process when somebody cuts the file short.
type localFile struct {
	*os.File
	size int64
}

func (f localFile) Size() int64 { return f.size }

func (d localFolder) Open(_ context.Context, name string) (File, error) {
	if err := safetensors.CheckFileName(name); err != nil {
		return nil, err
	}
	path := filepath.Join(string(d), name)
	// Looked at before it is opened: the opening of a pipe may never return.
	info, err := os.Stat(path)
	if err != nil {
		if inFolder, missing := os.Stat(string(d)); missing != nil {
			return nil, fmt.Errorf("%w: %w", errNoFolder, missing)
		} else if !inFolder.IsDir() {
			return nil, fmt.Errorf("%w: it is a file", errNoFolder)
		}
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err = file.Stat(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return localFile{file, info.Size()}, nil
}

// errNoFolder says that not only a file is missing.
var errNoFolder = errors.New("no such folder")

// named is a word for errors with the place that it is at, if that has a name.
func named(word string, place any) string {
	if at, ok := place.(fmt.Stringer); ok {
		return word + " " + at.String()
	}
	return word
}

// readWhole reads a small file that has at most limit bytes.
func readWhole(ctx context.Context, folder Folder, name string, limit int64) ([]byte, error) {
	file, err := folder.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if file.Size() > limit {
		return nil, fmt.Errorf("%s has %d bytes; at most %d are read", name, file.Size(), limit)
	}
	data := make([]byte, file.Size())
	if n, err := file.ReadAt(data, 0); n < len(data) {
		return nil, fmt.Errorf("read %s: %d of %d bytes: %w", name, n, len(data), err)
	}
	return data, nil
}
