package s3

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/minio/minio-go/v7"

	"temper/activities/objectstore"
)

// opProbe is what Probe's errors begin with.
const opProbe objectstore.Op = "probe"

// probeKey names the one small document that Probe leaves in the bucket.
const probeKey = objectstore.ProbePrefix + "conditional-create"

// Probe checks at start what everything later relies on: the service answers,
// the credentials are right, the bucket exists and can be written, a conditional
// create of what exists is refused, and what was written can be read at once.
// The error is one line that names endpoint and bucket and says what to do; it is
// transient only if the service cannot be reached or is not well.
func (s *Store) Probe(ctx context.Context) error {
	// A listing, not a HEAD of the bucket: only answers with a body say what is wrong.
	first := func() error {
		return s.list(ctx, opProbe, objectstore.ProbePrefix, 1, func(string) bool { return false })
	}
	if err := s.backoff.Do(ctx, objectstore.IsTransient, first); err != nil {
		return err
	}
	data := []byte("Written by temper to find out whether this store honours If-None-Match. It may be removed.\n")
	// Whether the first create finds the document of an earlier start or not, the second one has to.
	for round := range 2 {
		err := s.backoff.Do(ctx, objectstore.IsTransient, func() error { _, err := s.write(ctx, opProbe, probeKey, data, true); return err })
		if err != nil && !errors.Is(err, objectstore.ErrExists) {
			return err
		}
		if round == 1 && err == nil {
			return s.refused(opProbe, s.cfg.Bucket, "", false, errConditionsIgnored)
		}
	}
	return s.probeReading(ctx)
}

var errConditionsIgnored = errors.New("this store ignores If-None-Match: it would let two workers overwrite each other's results. " +
	"Use one that honours conditional writes, such as versitygw, MinIO or AWS S3")

// probeReading writes a document that was never there and looks for it at once.
func (s *Store) probeReading(ctx context.Context) error {
	key := objectstore.ProbePrefix + "start-" + rand.Text()
	data := []byte("Written by temper at a start to find out whether it can be read at once. It may be removed.\n")
	// The first look may be remembered by a cache in between.
	_, err := s.read(ctx, s.cfg.Bucket, key)
	if err != nil && !errors.Is(err, objectstore.ErrNotFound) {
		return err
	}
	err = s.backoff.Do(ctx, objectstore.IsTransient, func() error { _, err := s.write(ctx, opProbe, key, data, false); return err })
	if err != nil {
		return err
	}
	defer s.removeProbe(ctx, key)
	got, err := s.read(ctx, s.cfg.Bucket, key)
	switch {
	case errors.Is(err, objectstore.ErrNotFound):
		return s.refused(opProbe, s.cfg.Bucket, "", false, errLate)
	case err == nil && !bytes.Equal(got, data):
		return s.refused(opProbe, s.cfg.Bucket, "", false, fmt.Errorf("of %d bytes written %d other ones were read: this store or what stands in between damages them", len(data), len(got)))
	}
	return err
}

// removeProbe removes what probeReading left. Rights to remove are not needed for
// anything else: where there are none, a few bytes stay.
func (s *Store) removeProbe(ctx context.Context, key string) {
	_ = s.attempt(ctx, opProbe, key, 0, func(ctx context.Context) error {
		return s.core.Client.RemoveObject(ctx, s.cfg.Bucket, key, minio.RemoveObjectOptions{})
	})
}
