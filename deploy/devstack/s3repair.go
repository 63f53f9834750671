package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/versity/versitygw/backend/posix"
)

const (
	// claimedSuffix marks an upload folder that a CompleteMultipartUpload has
	// claimed: UPLOADID.ETAG.inprogress.
	claimedSuffix = ".inprogress"
	uploadIDLen   = 36
	// staleUpload is the age at which an upload that nobody completed is dropped.
	staleUpload = 24 * time.Hour
)

// repairStore makes good in every bucket what a kill of the S3 server leaves
// behind. No server may run on root meanwhile.
func repairStore(root string) error {
	buckets, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	for _, b := range buckets {
		if !b.IsDir() {
			continue
		}
		tmp := filepath.Join(root, b.Name(), posix.MetaTmpDir)
		// With the folder there, the server writes to unnamed files, which vanish with
		// it; without, the first upload to a bucket is a named file that would stay.
		if err := os.MkdirAll(tmp, 0o755); err != nil {
			return err
		}
		if err := errors.Join(removeLitter(tmp), repairUploads(filepath.Join(root, b.Name(), posix.MetaTmpMultipartDir))); err != nil {
			return fmt.Errorf("bucket %s: %w", b.Name(), err)
		}
	}
	return nil
}

// removeLitter deletes the named temporary files: nobody writes to them any more.
func removeLitter(tmp string) error {
	entries, err := os.ReadDir(tmp)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			if err := os.Remove(filepath.Join(tmp, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// repairUploads gives claimed uploads their name back and drops stale ones. The
// server takes a claimed upload for one that another request is completing, and
// answers a repeated completion with success although the object never appears.
func repairUploads(multipart string) error {
	uploads, err := filepath.Glob(filepath.Join(multipart, "*", "*"))
	if err != nil {
		return err
	}
	for _, path := range uploads {
		st, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !st.IsDir() {
			continue
		}
		if err != nil {
			return err
		}
		if name := st.Name(); strings.HasSuffix(name, claimedSuffix) && len(name) > uploadIDLen {
			free := filepath.Join(filepath.Dir(path), name[:uploadIDLen])
			if err := os.Rename(path, free); err != nil {
				return err
			}
			path = free
		}
		if time.Since(st.ModTime()) > staleUpload {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
			os.Remove(filepath.Dir(path)) // fails, as it should, while the object has other uploads
		}
	}
	return nil
}
