package objectstore

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"

	"temper/model/artifact"
)

// Put implements Store.
func (s *S3) Put(ctx context.Context, data []byte) (artifact.Ref, error) {
	ref := artifact.RefOf(data)
	if ref.Size > MaxObjectBytes {
		return artifact.Ref{}, fmt.Errorf("put %s: %d bytes: %w", ref.Key, ref.Size, ErrTooLarge)
	}
	err := s.backoff.do(ctx, IsTransient, func() error {
		state, err := s.inspect(ctx, ref, data)
		if err != nil || state == intact {
			return err
		}
		if err := s.write(ctx, OpPut, ref.Key, data, false); err != nil {
			return err
		}
		// An acknowledged write that is not there is worth another attempt.
		state, err = s.inspect(ctx, ref, data)
		if err == nil && state != intact {
			err = s.transient(OpPut, s.cfg.Bucket, ref.Key,
				fmt.Errorf("the write was acknowledged, and the blob is %s: %w", state, artifact.ErrCorrupt))
		}
		return err
	})
	if err != nil {
		return artifact.Ref{}, err
	}
	return ref, nil
}

// blobState is what inspect finds under a key, compared with the bytes that belong there.
type blobState string

const (
	intact    blobState = "intact"
	absent    blobState = "absent"
	different blobState = "different"
)

// inspect finds out whether the store holds data as the blob ref: by the size
// and CRC32C that it states or, if it states no CRC32C, by reading the blob.
func (s *S3) inspect(ctx context.Context, ref artifact.Ref, data []byte) (blobState, error) {
	var info minio.ObjectInfo
	err := s.attempt(ctx, OpPut, ref.Key, 0, func(ctx context.Context) (err error) {
		info, err = s.core.StatObject(ctx, s.cfg.Bucket, ref.Key, minio.StatObjectOptions{Checksum: true})
		return err
	})
	switch {
	case errors.Is(err, ErrNotFound):
		return absent, nil
	case err != nil:
		return "", err
	case info.Size != ref.Size:
		return different, nil
	case ref.Size == 0:
		return intact, nil
	case wholeCRC32C(info.ChecksumCRC32C) && info.ChecksumCRC32C == crc32c(data):
		return intact, nil
	case wholeCRC32C(info.ChecksumCRC32C):
		return different, nil
	}
	_, err = s.get(ctx, OpPut, ref)
	switch {
	case errors.Is(err, artifact.ErrCorrupt):
		return different, nil
	case errors.Is(err, ErrNotFound): // removed between the two requests
		return absent, nil
	case err != nil:
		return "", err
	}
	return intact, nil
}

// Get implements Store.
func (s *S3) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	if err := checkRef(ref); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	var data []byte
	err := s.backoff.do(ctx, IsTransient, func() (err error) {
		data, err = s.get(ctx, OpGet, ref)
		return err
	})
	return data, err
}

// get is one attempt of Get, made on behalf of op.
func (s *S3) get(ctx context.Context, op Op, ref artifact.Ref) ([]byte, error) {
	got, err := s.fetch(ctx, op, s.cfg.Bucket, ref.Key, ref.Size)
	if err != nil {
		return nil, err
	}
	if err := ref.Verify(got.data); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", op, s.cfg.where(), err)
	}
	return got.data, nil
}

// Create implements Store. The conditional PUT is repeated only when the store
// says that it did not execute it because of another one at the same moment;
// after any other transient error the outcome is unknown, and the caller's to find out.
//
// Before it comes a look whether the document is there. The condition does not
// need it, but a server that refuses a large document may close the connection
// before it is all sent, and then its answer cannot be read.
func (s *S3) Create(ctx context.Context, key string, data []byte) error {
	if err := CheckKey(key); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	if len(data) > MaxObjectBytes {
		return fmt.Errorf("create %s: %d bytes: %w", key, len(data), ErrTooLarge)
	}
	err := s.backoff.do(ctx, IsTransient, func() error { return s.expectAbsent(ctx, key) })
	if err != nil {
		return err
	}
	isConflict := func(err error) bool { return errors.Is(err, errConflict) }
	err = s.backoff.do(ctx, isConflict, func() error { return s.write(ctx, OpCreate, key, data, true) })
	if err != nil {
		return err
	}
	return s.backoff.do(ctx, IsTransient, func() error {
		got, err := s.fetch(ctx, OpCreate, s.cfg.Bucket, key, anySize)
		if err == nil && !bytes.Equal(got.data, data) {
			err = fmt.Errorf("create %s: %s: the write was acknowledged, and other bytes are there: %w", key, s.cfg.where(), artifact.ErrCorrupt)
		}
		return err
	})
}

// expectAbsent returns an error wrapping ErrExists when there is a document key.
func (s *S3) expectAbsent(ctx context.Context, key string) error {
	err := s.attempt(ctx, OpCreate, key, 0, func(ctx context.Context) error {
		_, err := s.core.StatObject(ctx, s.cfg.Bucket, key, minio.StatObjectOptions{})
		return err
	})
	switch {
	case err == nil:
		return fmt.Errorf("create %s: %w", key, ErrExists)
	case errors.Is(err, ErrNotFound):
		return nil
	}
	return err
}

// Read implements Store.
func (s *S3) Read(ctx context.Context, key string) ([]byte, error) {
	if err := checkSyntax(key); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return s.read(ctx, s.cfg.Bucket, key)
}

// read returns the object key of any bucket, checked against the store's own checksum.
func (s *S3) read(ctx context.Context, bucket, key string) (data []byte, err error) {
	err = s.backoff.do(ctx, IsTransient, func() error {
		got, err := s.fetch(ctx, OpRead, bucket, key, anySize)
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

// List implements Store.
func (s *S3) List(ctx context.Context, prefix string) (keys []string, err error) {
	if err := checkPrefix(prefix); err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	err = s.backoff.do(ctx, IsTransient, func() error {
		keys = nil
		return s.list(ctx, OpList, prefix, s.pageSize, func(key string) bool {
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
