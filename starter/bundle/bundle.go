// Package bundle keeps what an auditor needs of a run outside its store: records, documents and history as files of a
// folder or a zip, listed with their digests, and an in-toto statement about the list and the run's final weights,
// which an operator's key may sign.
//
//	statement.json           the statement, in-toto v1
//	statement.intoto.jsonl   the same in a DSSE envelope, where a key has signed it
//	contents.jsonl           path, SHA-256 and size of every other file, one to a line
//	store/KEY                records and blobs, under their keys in the store
//	history/NUMBER.json      the history of one execution, as Temporal's JSON, with its name
//	audit.json               what the audit said when the bundle was made
package bundle

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// The files of a bundle.
const (
	statementFile = "statement.json"
	envelopeFile  = "statement.intoto.jsonl"
	contentsFile  = "contents.jsonl"
	auditFile     = "audit.json"
	storeFolder   = "store/"
	historyFolder = "history/"
)

// Entry is a line of contents.jsonl.
type Entry struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// Writer writes a bundle, a file at a time. It is there whole, or not at all.
type Writer struct {
	target, building string
	zip              *zip.Writer // nil for a folder
	file             *os.File
	contents         []byte
	seen             map[string]bool
	histories        int
}

// IsZip tells whether a bundle of that name is a zip, and not a folder.
func IsZip(name string) bool { return strings.HasSuffix(strings.ToLower(name), ".zip") }

// Create begins a bundle. A target that is there, but for an empty folder, is refused.
func Create(target string) (*Writer, error) {
	target = filepath.Clean(target)
	entries, err := os.ReadDir(target)
	if len(entries) > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is there already; choose another folder, or a file that ends with .zip", target)
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return nil, fmt.Errorf("write the bundle: %w", err)
	}
	w := &Writer{target: target, seen: map[string]bool{}}
	if !IsZip(target) {
		w.building, err = os.MkdirTemp(filepath.Dir(target), "."+filepath.Base(target)+".new*")
	} else if w.file, err = os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".new*"); err == nil {
		w.building, w.zip = w.file.Name(), zip.NewWriter(w.file)
	}
	if err != nil {
		return nil, fmt.Errorf("write the bundle: %w", err)
	}
	return w, nil
}

// add writes a file that is listed, once.
func (w *Writer) add(name string, data []byte) error {
	if w.seen[name] {
		return nil
	}
	w.seen[name] = true
	sum := sha256.Sum256(data)
	line, err := json.Marshal(Entry{name, hex.EncodeToString(sum[:]), int64(len(data))})
	if err != nil {
		return fmt.Errorf("list %s: %w", name, err)
	}
	w.contents = append(append(w.contents, line...), '\n')
	return w.write(name, data)
}

func (w *Writer) write(name string, data []byte) error {
	var to io.WriteCloser
	var err error
	if w.zip != nil {
		var entry io.Writer
		entry, err = w.zip.Create(name)
		to = unclosed{entry}
	} else {
		file := filepath.Join(w.building, filepath.FromSlash(name))
		if err = os.MkdirAll(filepath.Dir(file), 0o755); err == nil {
			to, err = os.Create(file)
		}
	}
	if err != nil {
		return fmt.Errorf("write %s of the bundle: %w", name, err)
	}
	if _, err = to.Write(data); err != nil {
		to.Close()
		return fmt.Errorf("write %s of the bundle: %w", name, err)
	}
	return to.Close()
}

// unclosed is a writer that needs no end.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }

// commit gives the bundle its name.
func (w *Writer) commit() error {
	var err error
	if w.zip != nil {
		err = errors.Join(w.zip.Close(), w.file.Chmod(0o644), w.file.Close())
	} else {
		err = os.Chmod(w.building, 0o755)
		if there := os.Remove(w.target); there != nil && !errors.Is(there, fs.ErrNotExist) { // an empty folder
			err = errors.Join(err, there)
		}
	}
	if err == nil {
		err = os.Rename(w.building, w.target)
	}
	if err != nil {
		return fmt.Errorf("write the bundle: %w", err)
	}
	return nil
}

// Abandon takes away what is not committed.
func (w *Writer) Abandon() {
	if w.file != nil {
		w.file.Close()
	}
	os.RemoveAll(w.building)
}

// Document adds a record or blob of the store.
func (w *Writer) Document(key string, data []byte) error {
	return w.add(path.Join(storeFolder, key), data)
}
