package endpoints

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"temper/activities/objectstore"
)

// OpenReader opens the store of a data directory for reading: the server that the environment names or that runs
// there, else the files that it left behind, so that what has been recorded can be read when nothing runs.
func OpenReader(ctx context.Context, data string) (objectstore.Reader, error) {
	e, err := FindStore(data)
	if errors.Is(err, ErrNotRunning) {
		return StoredFiles(data)
	}
	if err != nil {
		return nil, err
	}
	return e.OpenStore(ctx)
}

// StoredFiles are the objects of the devstack of a data directory.
func StoredFiles(data string) (objectstore.Reader, error) {
	root := filepath.Join(data, "s3")
	entries, err := os.ReadDir(root)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the store: %w", err)
	}
	for _, entry := range entries { // a devstack has one bucket
		if entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") {
			return objectstore.Folder(filepath.Join(root, entry.Name())), nil
		}
	}
	return objectstore.Folder(root), nil // which is empty, or not there
}
