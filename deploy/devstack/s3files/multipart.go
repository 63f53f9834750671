package s3files

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rclone/gofakes3"
)

// upload is an object that arrives in parts. It ends with the server.
type upload struct {
	path  string // of the object
	dir   string // of the parts
	meta  map[string]string
	parts map[int]uploadPart // under backend.mu
}

type uploadPart struct {
	file string
	size int64
	etag string
}

// CreateMultipartUpload implements gofakes3.MultipartBackend.
func (b *backend) CreateMultipartUpload(ctx context.Context, bucket, key string, meta map[string]string) (gofakes3.UploadID, error) {
	path, err := b.path(bucket, key)
	if err != nil {
		return "", err
	}
	id := rand.Text()
	u := &upload{path: path, dir: filepath.Join(b.root, incomingDir, id), meta: meta, parts: map[int]uploadPart{}}
	if err := os.Mkdir(u.dir, 0o700); err != nil {
		return "", told(ctx, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.uploads[gofakes3.UploadID(id)] = u
	return gofakes3.UploadID(id), nil
}

func (b *backend) upload(id gofakes3.UploadID) (*upload, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if u := b.uploads[id]; u != nil {
		return u, nil
	}
	return nil, gofakes3.ErrNoSuchUpload
}

// UploadPart implements gofakes3.MultipartBackend.
func (b *backend) UploadPart(ctx context.Context, _, _ string, id gofakes3.UploadID, number int, size int64, body io.Reader) (string, error) {
	u, err := b.upload(id)
	if err != nil {
		return "", err
	}
	f, a, err := b.receive(u.dir, body, size)
	if err == nil {
		if err = f.Close(); err != nil {
			discard(f)
		}
	}
	if err != nil {
		return "", told(ctx, err)
	}
	p := uploadPart{file: f.Name(), size: size, etag: quoted(a.MD5)}
	b.mu.Lock()
	defer b.mu.Unlock()
	if old, ok := u.parts[number]; ok {
		os.Remove(old.file) // the folder goes with the upload anyway
	}
	u.parts[number] = p
	return p.etag, nil
}

// CompleteMultipartUpload implements gofakes3.MultipartBackend. The parts are
// copied into one file, so that an object never is anything but one.
func (b *backend) CompleteMultipartUpload(ctx context.Context, _, _ string, id gofakes3.UploadID, in *gofakes3.CompleteMultipartUploadRequest) (gofakes3.VersionID, string, error) {
	u, err := b.upload(id)
	if err != nil {
		return "", "", err
	}
	parts, err := b.chosen(u, in)
	if err != nil {
		return "", "", err
	}
	body := &inSequence{parts: parts}
	defer body.Close()
	f, a, err := b.receive(filepath.Join(b.root, incomingDir), body, -1)
	if err == nil {
		a.Meta = u.meta
		err = b.publish(ctx, f, a, u.path)
	}
	if err != nil {
		return "", "", told(ctx, err)
	}
	return "", quoted(a.MD5), b.AbortMultipartUpload(ctx, "", "", id)
}

// chosen are the parts that the request names, if they are there.
func (b *backend) chosen(u *upload, in *gofakes3.CompleteMultipartUploadRequest) ([]uploadPart, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(in.Parts) == 0 {
		return nil, gofakes3.ErrorMessage(gofakes3.ErrMalformedXML, "the request names no parts")
	}
	var parts []uploadPart
	for i, want := range in.Parts {
		if i > 0 && want.PartNumber <= in.Parts[i-1].PartNumber {
			return nil, gofakes3.ErrInvalidPartOrder
		}
		p, ok := u.parts[want.PartNumber]
		if !ok || strings.Trim(want.ETag, `"`) != strings.Trim(p.etag, `"`) {
			return nil, gofakes3.ErrorMessagef(gofakes3.ErrInvalidPart, "part %d with ETag %s was not uploaded", want.PartNumber, want.ETag)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// AbortMultipartUpload implements gofakes3.MultipartBackend.
func (b *backend) AbortMultipartUpload(ctx context.Context, _, _ string, id gofakes3.UploadID) error {
	u, err := b.upload(id)
	if err != nil {
		return nil // it is gone already
	}
	b.mu.Lock()
	delete(b.uploads, id)
	b.mu.Unlock()
	return told(ctx, os.RemoveAll(u.dir))
}

// inSequence reads files one after another.
type inSequence struct {
	parts []uploadPart
	f     *os.File
}

// Read implements io.Reader.
func (s *inSequence) Read(p []byte) (int, error) {
	for {
		if s.f == nil {
			if len(s.parts) == 0 {
				return 0, io.EOF
			}
			f, err := os.Open(s.parts[0].file)
			if err != nil {
				return 0, err
			}
			s.f, s.parts = f, s.parts[1:]
		}
		n, err := s.f.Read(p)
		if err != io.EOF || n > 0 {
			return n, err
		}
		s.Close()
	}
}

// Close closes the file that is being read.
func (s *inSequence) Close() {
	if s.f != nil {
		s.f.Close()
		s.f = nil
	}
}
