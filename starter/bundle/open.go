package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

// Bundle is one that is read: a store of what it has, and the run's history.
type Bundle struct {
	files fs.FS
	// Contents are what the list says, by path.
	contents map[string]Entry
	keys     []string
	// Statement is the statement as it stands.
	Statement Statement
	close     func() error
}

// Open opens a folder or zip and compares the list of its files with the statement.
func Open(name string) (*Bundle, error) {
	b, err := openFiles(name)
	if err != nil {
		return nil, fmt.Errorf("open the bundle: %w", err)
	}
	if err := b.read(name); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

func openFiles(name string) (*Bundle, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return &Bundle{files: os.DirFS(name), close: func() error { return nil }}, nil
	}
	r, err := zip.OpenReader(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; valid: what export --audit wrote", name, err)
	}
	return &Bundle{files: r, close: r.Close}, nil
}

// Close closes the bundle.
func (b *Bundle) Close() error { return b.close() }

func (b *Bundle) read(name string) error {
	text, err := fs.ReadFile(b.files, statementFile)
	if err != nil {
		return fmt.Errorf("%s is no bundle: it has no %s; valid: what export --audit wrote", name, statementFile)
	}
	if b.Statement, err = readStatement(text); err != nil {
		return fmt.Errorf("%s of %s: %w", statementFile, name, err)
	}
	contents, err := fs.ReadFile(b.files, contentsFile)
	if err != nil {
		return fmt.Errorf("%s is no bundle: it has no %s", name, contentsFile)
	}
	if got := artifact.RefOf(contents).SHA256; got != b.Statement.Contents {
		return fmt.Errorf("%s of %s has the digest %.12s, and its statement says %.12s", contentsFile, name, got, b.Statement.Contents)
	}
	b.contents = map[string]Entry{}
	for line := range bytes.Lines(contents) {
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("%s of %s, line %d: %w", contentsFile, name, len(b.contents)+1, err)
		}
		b.contents[e.Path] = e
		if key, ok := strings.CutPrefix(e.Path, storeFolder); ok {
			b.keys = append(b.keys, key)
		}
	}
	slices.Sort(b.keys)
	return nil
}

// file reads a file that is listed. The error wraps objectstore.ErrNotFound, or artifact.ErrCorrupt where it is
// another than the listed one.
func (b *Bundle) file(name string) ([]byte, error) {
	e, listed := b.contents[name]
	if !listed {
		return nil, fmt.Errorf("%s is not in the bundle: %w", name, objectstore.ErrNotFound)
	}
	data, err := b.readAtMost(name, e.Size)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s is listed and not in the bundle: %w", name, objectstore.ErrNotFound)
	case errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat):
		return nil, fmt.Errorf("%s: %w: %w", name, err, artifact.ErrCorrupt)
	case err != nil:
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != e.SHA256 {
		return nil, fmt.Errorf("%s has another digest than the list of the bundle: %w", name, artifact.ErrCorrupt)
	}
	return data, nil
}

// readAtMost reads a file, and a byte more than it should have where it has more: a zip may unpack to any size.
func (b *Bundle) readAtMost(name string, size int64) ([]byte, error) {
	file, err := b.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, size+1))
}

// Get implements audit.Reader.
func (b *Bundle) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	data, err := b.Read(ctx, ref.Key)
	if err != nil {
		return nil, err
	}
	return data, ref.Verify(data)
}

// Read implements audit.Reader.
func (b *Bundle) Read(ctx context.Context, key string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return b.file(storeFolder + key)
}

// List implements audit.Reader.
func (b *Bundle) List(ctx context.Context, prefix string) ([]string, error) {
	var keys []string
	for _, key := range b.keys {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys, ctx.Err()
}
