package pretrained

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"temper/model/library/safetensors"
)

// Sink takes a model's files. One that is a fmt.Stringer is named so in errors.
type Sink interface {
	// Create begins a file that will have size bytes. Under its name it appears
	// whole, when it is closed, in place of one that was there.
	Create(ctx context.Context, name string, size int64) (Writer, error)
	// List returns the names of what lies in the target, folders included; none
	// when there is no target yet.
	List(ctx context.Context) ([]string, error)
	// Remove removes a file; that there is none is no error.
	Remove(ctx context.Context, name string) error
}

// Writer is a file that is being written to a Sink.
type Writer interface {
	io.Writer
	// Close commits the file: it has all its bytes, they are kept, and it has its
	// name. An error means that it has not been committed.
	Close() error
	// Abort drops the file. After Close it does nothing.
	Abort() error
}

// LocalSink is the folder dir of this machine, which is made when it is not there.
func LocalSink(dir string) Sink { return localSink(dir) }

type localSink string

func (d localSink) String() string { return string(d) }

// unfinishedPrefix begins the names of files that have not been committed.
const unfinishedPrefix = ".unfinished-"

func (d localSink) Create(_ context.Context, name string, size int64) (Writer, error) {
	if err := safetensors.CheckFileName(name); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(string(d), 0o755); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(string(d), unfinishedPrefix+name+"-*")
	if err != nil {
		return nil, err
	}
	return &localWriter{file: file, path: filepath.Join(string(d), name), left: size}, nil
}

func (d localSink) List(context.Context) ([]string, error) {
	entries, err := os.ReadDir(string(d))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names, err
}

func (d localSink) Remove(_ context.Context, name string) error {
	err := os.Remove(filepath.Join(string(d), name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// localWriter writes beside the file's name and renames when all is on the disk.
type localWriter struct {
	file *os.File
	path string
	left int64
	done bool
}

func (w *localWriter) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	w.left -= int64(n)
	return n, err
}

func (w *localWriter) Close() error {
	if w.done {
		return nil
	}
	if w.left != 0 {
		return errors.Join(fmt.Errorf("%s: the bytes written and the size announced differ by %d", w.path, w.left), w.Abort())
	}
	err := w.file.Chmod(0o644)
	if err == nil {
		err = w.file.Sync() // what comes later is not to be on the disk before it
	}
	if err != nil {
		return errors.Join(err, w.Abort())
	}
	w.done = true
	if err = w.file.Close(); err == nil {
		err = os.Rename(w.file.Name(), w.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(w.file.Name()))
	}
	return syncFolder(filepath.Dir(w.path))
}

func (w *localWriter) Abort() error {
	if w.done {
		return nil
	}
	w.done = true
	return errors.Join(w.file.Close(), os.Remove(w.file.Name()))
}

// syncFolder makes a rename last.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// unfinished reports whether a file is what an export left that was killed.
func unfinished(name string) bool { return strings.HasPrefix(name, unfinishedPrefix) }
