package s3

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"

	"temper/activities/objectstore"
)

// errConflict marks a conditional write that the store did not execute because
// another one on the same key was under way.
var errConflict = errors.New("another write to the same key was under way")

// classify turns what the client library says about a request into one of the
// error kinds of objectstore.Store. ctx is the caller's context, limited the request's own.
func (s *Store) classify(ctx, limited context.Context, op objectstore.Op, bucket, key string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s %s: %w", op, key, ctx.Err())
	}
	if cause := context.Cause(limited); cause != nil {
		return s.transient(op, bucket, key, cause)
	}
	var answer minio.ErrorResponse
	if errors.As(err, &answer) && answer.StatusCode != 0 {
		return s.classifyAnswer(op, bucket, key, answer)
	}
	var asked *url.Error
	if errors.As(err, &asked) {
		err = asked.Err // without the method and URL, which op, key and where say already
	}
	if isTLSMistake(err) {
		return s.permanent(op, bucket, key, fmt.Errorf("endpoint, tls or certificates are not right: %w", err))
	}
	return s.transient(op, bucket, key, err)
}

// isTLSMistake reports whether the two sides do not agree on TLS, which time does not heal.
func isTLSMistake(err error) bool {
	var record tls.RecordHeaderError
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	return errors.As(err, &record) || errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) ||
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// classifyAnswer classifies an error that the store itself sent.
func (s *Store) classifyAnswer(op objectstore.Op, bucket, key string, answer minio.ErrorResponse) error {
	said := fmt.Errorf("%s (%d %s)", objectstore.ShortLine(answer.Error()), answer.StatusCode, answer.Code)
	switch answer.Code {
	case "NoSuchKey":
		return fmt.Errorf("%s %s: s3 bucket %q: %w", op, key, bucket, objectstore.ErrNotFound)
	case "PreconditionFailed":
		return fmt.Errorf("%s %s: %w", op, key, objectstore.ErrExists)
	case "ConditionalRequestConflict":
		return s.transient(op, bucket, key, fmt.Errorf("%w: %w", errConflict, said))
	case "ObjectParentIsFile", "ExistingObjectIsDirectory", "XMinioParentIsObject", "XMinioObjectExistsAsDirectory":
		if op == objectstore.OpCreate || op == objectstore.OpPut {
			return fmt.Errorf("%s %s: %w: one document cannot be a folder of another: %w", op, key, objectstore.ErrBadKey, said)
		}
		return fmt.Errorf("%s %s: s3 bucket %q: %w", op, key, bucket, objectstore.ErrNotFound)
	case "NoSuchBucket":
		return s.permanent(op, bucket, key, errors.New("there is no such bucket: create it, or correct the bucket's name"))
	case "InvalidAccessKeyId", "XAdminUserNotFound": // the second is versitygw's
		return s.permanent(op, bucket, key, fmt.Errorf("the store does not know access key %q: %w", s.cfg.AccessKey, said))
	case "SignatureDoesNotMatch":
		return s.permanent(op, bucket, key, fmt.Errorf("the secret key does not belong to access key %q: %w", s.cfg.AccessKey, said))
	case "AccessDenied":
		return s.permanent(op, bucket, key, fmt.Errorf("access key %q or its secret key is wrong, or has no rights here: %w", s.cfg.AccessKey, said))
	case "RequestTimeTooSkewed":
		return s.permanent(op, bucket, key, fmt.Errorf("the clocks here and there differ too much: %w", said))
	}
	if answer.StatusCode == http.StatusPreconditionFailed {
		return fmt.Errorf("%s %s: %w", op, key, objectstore.ErrExists)
	}
	if isTransientAnswer(answer) {
		return s.transient(op, bucket, key, said)
	}
	return s.permanent(op, bucket, key, said)
}

// isTransientAnswer reports whether the store may answer otherwise next time.
func isTransientAnswer(answer minio.ErrorResponse) bool {
	switch answer.Code {
	case "SlowDown", "SlowDownRead", "SlowDownWrite", "Throttling", "ThrottlingException", "RequestLimitExceeded", "RequestThrottled",
		"RequestTimeout", "InternalError", "ServiceUnavailable", "OperationAborted",
		"BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch": // damaged on the way
		return true
	}
	switch answer.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, 499: // 499: a proxy gave up on its client
		return true
	}
	return answer.StatusCode >= 500 && answer.StatusCode != http.StatusNotImplemented
}

func (s *Store) transient(op objectstore.Op, bucket, key string, err error) error {
	return &objectstore.TransientError{Op: op, Key: key, Where: s.whereIn(bucket), Err: err}
}

func (s *Store) permanent(op objectstore.Op, bucket, key string, err error) error {
	return &objectstore.PermanentError{Op: op, Key: key, Where: s.whereIn(bucket), Err: err}
}

// whereIn is the config's where for another bucket of the same service.
func (s *Store) whereIn(bucket string) string {
	cfg := s.cfg
	cfg.Bucket = bucket
	return cfg.where()
}
