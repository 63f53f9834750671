package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

// castagnoli is the polynomial of S3's CRC32C.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Put implements objectstore.Store.
func (s *Store) Put(ctx context.Context, data []byte) (artifact.Ref, error) {
	ref, look, err := s.Write(ctx, data)
	if err != nil || look == nil {
		return ref, err
	}
	return ref, look(ctx)
}

// maxBlind is up to which size something is written on the condition that it is not there, without a look before: a
// server that refuses more may close the connection before it is all sent, and then its answer cannot be read.
const maxBlind = 256 << 10

// Write implements objectstore.Writer.
func (s *Store) Write(ctx context.Context, data []byte) (ref artifact.Ref, look func(context.Context) error, err error) {
	ref = artifact.RefOf(data)
	if ref.Size > objectstore.MaxObjectBytes {
		return artifact.Ref{}, nil, fmt.Errorf("put %s: %d bytes: %w", ref.Key, ref.Size, objectstore.ErrTooLarge)
	}
	if ref.Size <= maxBlind {
		_, err = s.write(ctx, objectstore.OpPut, ref.Key, data, true)
		if err == nil {
			return ref, func(ctx context.Context) error { return s.look(ctx, ref, data) }, nil
		}
		if !objectstore.IsTransient(err) && !errors.Is(err, objectstore.ErrExists) {
			return artifact.Ref{}, nil, err
		}
	}
	if err := s.putWhole(ctx, ref, data); err != nil {
		return artifact.Ref{}, nil, err
	}
	return ref, nil, nil
}

// look makes sure that a blob that was written is there.
func (s *Store) look(ctx context.Context, ref artifact.Ref, data []byte) error {
	if state, err := s.inspect(ctx, ref, data); err == nil && state == intact {
		return nil
	}
	return s.putWhole(ctx, ref, data)
}

// putWhole writes a blob unless it is there and whole, and looks at what it wrote.
func (s *Store) putWhole(ctx context.Context, ref artifact.Ref, data []byte) error {
	return s.backoff.Do(ctx, objectstore.IsTransient, func() error {
		state, err := s.inspect(ctx, ref, data)
		if err == nil && state == intact {
			state, err = s.readBack(ctx, ref)
		}
		if err != nil || state == intact {
			return err
		}
		if _, err := s.write(ctx, objectstore.OpPut, ref.Key, data, false); err != nil {
			return err
		}
		// An acknowledged write that is not there is worth another attempt.
		switch state, err = s.inspect(ctx, ref, data); {
		case err != nil || state == intact:
			return err
		case state == absent:
			return s.transient(objectstore.OpPut, s.cfg.Bucket, ref.Key, errLate)
		}
		return s.transient(objectstore.OpPut, s.cfg.Bucket, ref.Key,
			fmt.Errorf("the write was acknowledged, and other bytes are there: %w", artifact.ErrCorrupt))
	})
}

// errLate is said of what was written and cannot be read.
var errLate = errors.New("the write was acknowledged, and nothing is there yet: this store shows late what was written; " +
	"use one where a read after a write finds it, and no cache in between")

// blobState is what lies under a key, compared with the bytes that belong there.
type blobState string

const (
	intact    blobState = "intact"
	absent    blobState = "absent"
	different blobState = "different"
)

// inspect asks whether the store holds data as the blob ref, by the size and
// CRC32C that it states or, if it states no CRC32C, by reading the blob. A
// checksum is as old as the blob: it is worth as much as the disk only when the
// blob has just been written.
func (s *Store) inspect(ctx context.Context, ref artifact.Ref, data []byte) (blobState, error) {
	var info minio.ObjectInfo
	err := s.attempt(ctx, objectstore.OpPut, ref.Key, 0, func(ctx context.Context) (err error) {
		info, err = s.core.StatObject(ctx, s.cfg.Bucket, ref.Key, minio.StatObjectOptions{Checksum: true})
		return err
	})
	switch {
	case errors.Is(err, objectstore.ErrNotFound):
		return absent, nil
	case err != nil:
		return "", err
	case info.Size != ref.Size:
		return different, nil
	case ref.Size == 0:
		return intact, nil
	case !wholeCRC32C(info.ChecksumCRC32C):
		return s.readBack(ctx, ref)
	case info.ChecksumCRC32C != crc32c(data):
		return different, nil
	}
	return intact, nil
}

// readBack compares the blob with its name, without keeping its bytes.
func (s *Store) readBack(ctx context.Context, ref artifact.Ref) (blobState, error) {
	sum := sha256.New()
	size, err := s.stream(ctx, objectstore.OpPut, s.cfg.Bucket, ref.Key, func(info minio.ObjectInfo, body io.Reader) (int64, error) {
		if info.Size != ref.Size {
			return 0, nil
		}
		return io.Copy(sum, io.LimitReader(body, ref.Size))
	})
	switch {
	case errors.Is(err, objectstore.ErrNotFound): // removed between the two requests
		return absent, nil
	case err != nil:
		return "", err
	case size != ref.Size || hex.EncodeToString(sum.Sum(nil)) != ref.SHA256:
		return different, nil
	}
	return intact, nil
}

// Get implements objectstore.Store.
func (s *Store) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	if err := objectstore.CheckRef(ref); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	var data []byte
	err := s.backoff.Do(ctx, objectstore.IsWorthAnother, func() error {
		got, err := s.fetch(ctx, objectstore.OpGet, s.cfg.Bucket, ref.Key, ref.Size)
		if err != nil {
			return err
		}
		if err := ref.Verify(got.data); err != nil {
			return fmt.Errorf("get: %s: %w", s.cfg.where(), err)
		}
		data = got.data
		return nil
	})
	return data, err
}

// Create implements objectstore.Store. The conditional PUT is repeated only when the store
// says that it did not execute it because of another one at the same moment;
// after any other transient error the outcome is unknown, and the caller's to find out.
//
// Before a large one comes a look whether the document is there: see maxBlind. Where the answer does not state the CRC32C
// of what was written, the document is read back.
func (s *Store) Create(ctx context.Context, key string, data []byte) error {
	if err := objectstore.CheckKey(key); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	if len(data) > objectstore.MaxObjectBytes {
		return fmt.Errorf("create %s: %d bytes: %w", key, len(data), objectstore.ErrTooLarge)
	}
	if len(data) > maxBlind {
		if err := s.backoff.Do(ctx, objectstore.IsTransient, func() error { return s.expectAbsent(ctx, key) }); err != nil {
			return err
		}
	}
	isConflict := func(err error) bool { return errors.Is(err, errConflict) }
	stated := false
	err := s.backoff.Do(ctx, isConflict, func() (err error) {
		stated, err = s.write(ctx, objectstore.OpCreate, key, data, true)
		return err
	})
	if err != nil || stated {
		return err
	}
	return s.backoff.Do(ctx, objectstore.IsWorthAnother, func() error {
		got, err := s.fetch(ctx, objectstore.OpCreate, s.cfg.Bucket, key, anySize)
		switch {
		case errors.Is(err, objectstore.ErrNotFound):
			err = s.transient(objectstore.OpCreate, s.cfg.Bucket, key, errLate)
		case err == nil && !bytes.Equal(got.data, data):
			err = fmt.Errorf("create %s: %s: the write was acknowledged, and other bytes are there: %w", key, s.cfg.where(), artifact.ErrCorrupt)
		}
		return err
	})
}

// expectAbsent returns an error wrapping objectstore.ErrExists when there is a document key.
func (s *Store) expectAbsent(ctx context.Context, key string) error {
	err := s.attempt(ctx, objectstore.OpCreate, key, 0, func(ctx context.Context) error {
		_, err := s.core.StatObject(ctx, s.cfg.Bucket, key, minio.StatObjectOptions{})
		return err
	})
	switch {
	case err == nil:
		return fmt.Errorf("create %s: %w", key, objectstore.ErrExists)
	case errors.Is(err, objectstore.ErrNotFound):
		return nil
	}
	return err
}

// Read implements objectstore.Store.
func (s *Store) Read(ctx context.Context, key string) ([]byte, error) {
	if err := objectstore.CheckAnyKey(key); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return s.read(ctx, s.cfg.Bucket, key)
}

// read returns the object key of any bucket, checked against the store's own checksum.
func (s *Store) read(ctx context.Context, bucket, key string) (data []byte, err error) {
	err = s.backoff.Do(ctx, objectstore.IsWorthAnother, func() error {
		got, err := s.fetch(ctx, objectstore.OpRead, bucket, key, anySize)
		if err != nil {
			return err
		}
		if wholeCRC32C(got.crc32c) && got.crc32c != crc32c(got.data) {
			return fmt.Errorf("read %s: s3 bucket %q: checksum does not fit: %w", key, bucket, artifact.ErrCorrupt)
		}
		data = got.data
		return nil
	})
	return data, err
}

// List implements objectstore.Store.
func (s *Store) List(ctx context.Context, prefix string) (keys []string, err error) {
	if err := objectstore.CheckPrefix(prefix); err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	err = s.backoff.Do(ctx, objectstore.IsTransient, func() error {
		keys = nil
		return s.list(ctx, objectstore.OpList, prefix, s.pageSize, func(key string) bool {
			if !strings.HasSuffix(key, "/") { // an empty folder that some tool left
				keys = append(keys, key)
			}
			return true
		})
	})
	slices.Sort(keys)
	return keys, err
}

// crc32c is the checksum of data in the form that S3 writes it.
func crc32c(data []byte) string {
	sum := binary.BigEndian.AppendUint32(nil, crc32.Checksum(data, castagnoli))
	return base64.StdEncoding.EncodeToString(sum)
}

// wholeCRC32C reports whether the store sent a CRC32C, and one of the whole object:
// those made from the checksums of parts end in a dash and the number of parts.
func wholeCRC32C(crc string) bool { return crc != "" && !strings.Contains(crc, "-") }
