package s3

import (
	"context"
	"errors"

	"temper/activities/objectstore"
)

// opProbe is what Probe's errors begin with.
const opProbe objectstore.Op = "probe"

// probeKey names the one small document that Probe leaves in the bucket.
const probeKey = objectstore.ProbePrefix + "conditional-create"

// Probe checks at start what everything later relies on: the service answers,
// the credentials are right, the bucket exists and can be written, and a
// conditional create of what exists is refused. The error is one line that
// names endpoint and bucket, and is transient only if the service cannot be
// reached or is not well.
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
		err := s.backoff.Do(ctx, objectstore.IsTransient, func() error { return s.write(ctx, opProbe, probeKey, data, true) })
		if err != nil && !errors.Is(err, objectstore.ErrExists) {
			return err
		}
		if round == 1 && err == nil {
			return s.permanent(opProbe, s.cfg.Bucket, "", errConditionsIgnored)
		}
	}
	_, err := s.read(ctx, s.cfg.Bucket, probeKey)
	return err
}

var errConditionsIgnored = errors.New("this store ignores If-None-Match: it would let two workers overwrite each other's results. " +
	"Use one that honours conditional writes, such as versitygw, MinIO or AWS S3")
