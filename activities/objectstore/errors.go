package objectstore

import (
	"errors"
	"fmt"
	"strings"

	"temper/model/artifact"
)

var (
	// ErrNotFound is wrapped by every error that means "no such blob or document".
	ErrNotFound = errors.New("not in the store")

	// ErrExists is wrapped by Create's error when the document is there already.
	// Its bytes may be the caller's own, written by an attempt whose answer was lost.
	ErrExists = errors.New("already in the store")

	// ErrBadKey is wrapped by errors about keys, prefixes and URIs that break the
	// rules (see CheckKey), or that name a document inside another. It is permanent.
	ErrBadKey = errors.New("bad key")

	// ErrTooLarge is wrapped by errors about more than MaxObjectBytes. It is permanent.
	ErrTooLarge = fmt.Errorf("more than %d bytes", int64(MaxObjectBytes))
)

// TransientError is a failure that another try may cure: network, timeouts,
// 5xx answers, throttling, bytes damaged on the way. The operation may have
// taken effect all the same.
type TransientError struct {
	Op    Op     // what was tried
	Key   string // the key or prefix it was tried on; may be empty
	Where string // bucket and endpoint of the store; may be empty
	Err   error
}

// Error says operation, key, store and cause in one line.
func (e *TransientError) Error() string { return oneLine(e.Op, e.Key, e.Where, e.Err) }

// Unwrap returns the cause.
func (e *TransientError) Unwrap() error { return e.Err }

// RefusedError is an answer that time alone does not change: wrong or expired
// credentials, no such bucket, no rights, no space left, certificates. A person
// has to do something about it; Err says what.
type RefusedError struct {
	Op    Op     // what was tried
	Key   string // the key or prefix it was tried on; may be empty
	Where string // bucket and endpoint of the store; may be empty
	// Elsewhere says that the refusal is about a bucket that a recipe names, not
	// about the store itself.
	Elsewhere bool
	Err       error
}

// Error says operation, key, store and cause in one line.
func (e *RefusedError) Error() string { return oneLine(e.Op, e.Key, e.Where, e.Err) }

// Unwrap returns the cause.
func (e *RefusedError) Unwrap() error { return e.Err }

// IsTransient reports whether err is worth another try.
func IsTransient(err error) bool {
	var t *TransientError
	return errors.As(err, &t)
}

// IsRefused reports whether err waits for a person who mends the store or what
// is configured for it.
func IsRefused(err error) bool {
	var r *RefusedError
	return errors.As(err, &r)
}

// IsPermanent reports whether err is one that nothing cures: the caller's key or
// size breaks the rules.
func IsPermanent(err error) bool {
	return errors.Is(err, ErrBadKey) || errors.Is(err, ErrTooLarge)
}

// IsDamage reports whether err says that what the store holds, or sent, is not
// what was written, or is not there.
func IsDamage(err error) bool {
	return errors.Is(err, artifact.ErrCorrupt) || errors.Is(err, ErrNotFound)
}

// IsWorthAnother reports whether another try may end better: bytes that arrive
// damaged may lie there whole.
func IsWorthAnother(err error) bool { return IsTransient(err) || errors.Is(err, artifact.ErrCorrupt) }

// oneLine joins the parts of an error message.
func oneLine(op Op, key, where string, err error) string {
	line := string(op)
	if key != "" {
		line += " " + key
	}
	if where != "" {
		line += ": " + where
	}
	return line + ": " + ShortLine(err.Error())
}

// ShortLine bounds a message that may quote a whole page of a proxy to one line
// of about 400 bytes.
func ShortLine(message string) string {
	const maxBytes = 400
	line := strings.Join(strings.Fields(message), " ")
	if len(line) > maxBytes {
		line = strings.ToValidUTF8(line[:maxBytes], "") + "..."
	}
	return line
}
