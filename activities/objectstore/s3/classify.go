package s3

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
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
		return s.refused(op, bucket, key, false, fmt.Errorf("endpoint, tls or certificates are not right: %w", err))
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
	case "NoSuchBucket", "InvalidBucketName":
		return s.refused(op, bucket, key, true, errors.New("there is no such bucket: create it, or correct the bucket's name"))
	case "InvalidAccessKeyId", "XAdminUserNotFound": // the second is versitygw's
		return s.refused(op, bucket, key, false, fmt.Errorf("the store does not know access key %q: %s: %w", s.cfg.AccessKey, renew, said))
	case "SignatureDoesNotMatch":
		return s.refused(op, bucket, key, false, fmt.Errorf("the secret key does not belong to access key %q: %s: %w", s.cfg.AccessKey, renew, said))
	case "ExpiredToken", "TokenRefreshRequired", "InvalidToken", "RequestExpired":
		return s.refused(op, bucket, key, false, fmt.Errorf("the session token of access key %q has expired or is wrong: %s: %w", s.cfg.AccessKey, renew, said))
	case "AccessDenied", "AllAccessDisabled", "AccountProblem":
		return s.refused(op, bucket, key, true, fmt.Errorf("access key %q or its secret key is wrong, or has no rights here: give it the rights to list, read and write, or %s: %w", s.cfg.AccessKey, renew, said))
	case "RequestTimeTooSkewed":
		return s.refused(op, bucket, key, false, fmt.Errorf("the clocks here and there differ too much: set them: %w", said))
	}
	if isFull(answer) {
		return s.refused(op, bucket, key, false, fmt.Errorf("the store has no space left, or its quota is used up: free some, or raise the quota: %w", said))
	}
	if answer.StatusCode == http.StatusPreconditionFailed {
		return fmt.Errorf("%s %s: %w", op, key, objectstore.ErrExists)
	}
	if isTransientAnswer(answer) {
		return s.transient(op, bucket, key, said)
	}
	return s.refused(op, bucket, key, true, fmt.Errorf("the store refuses the request: see to endpoint, region, rights and what stands in between: %w", said))
}

// renew is what to do about credentials.
const renew = "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where there is one, AWS_SESSION_TOKEN to valid ones and start again"

// isFull reports whether the store says that it has no room.
func isFull(answer minio.ErrorResponse) bool {
	said := strings.ToLower(answer.Code + " " + answer.Message)
	return answer.StatusCode == http.StatusInsufficientStorage ||
		slices.ContainsFunc([]string{"storagefull", "insufficientstorage", "quotaexceeded", "quota exceeded", "no space left", "disk quota"},
			func(sign string) bool { return strings.Contains(said, sign) })
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

// refused makes a RefusedError. aboutBucket says that the refusal may be about
// this bucket alone.
func (s *Store) refused(op objectstore.Op, bucket, key string, aboutBucket bool, err error) error {
	return &objectstore.RefusedError{Op: op, Key: key, Where: s.whereIn(bucket), Elsewhere: aboutBucket && bucket != s.bucket, Err: err}
}

// whereIn is the config's where for another bucket of the same service.
func (s *Store) whereIn(bucket string) string {
	cfg := s.cfg
	cfg.Bucket = bucket
	return cfg.where()
}
