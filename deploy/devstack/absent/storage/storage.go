// Package storage stands in for Google Cloud Storage's client, which Temporal's
// archiver in gs:// needs and this build is without.
package storage

import (
	"context"
	"errors"
)

// ErrAbsent is what everything here comes to.
var ErrAbsent = errors.New("this build of Temporal is without the archiver for Google Cloud Storage")

// ScopeFullControl is a name that the archiver mentions.
const ScopeFullControl = ""

// The types that the archiver mentions. There is never a value of them to work with:
// NewClient returns none.
type (
	Client         struct{}
	BucketHandle   struct{}
	BucketAttrs    struct{}
	ObjectHandle   struct{}
	ObjectAttrs    struct{ Name string }
	ObjectIterator struct{}
	Query          struct{ Prefix string }
	Reader         struct{}
	Writer         struct{}
)

// NewClient fails.
func NewClient(context.Context, ...any) (*Client, error) { return nil, ErrAbsent }

// Bucket returns a bucket of which nothing can be had.
func (*Client) Bucket(string) *BucketHandle { return nil }

// Attrs fails.
func (*BucketHandle) Attrs(context.Context) (*BucketAttrs, error) { return nil, ErrAbsent }

// Object returns an object of which nothing can be had.
func (*BucketHandle) Object(string) *ObjectHandle { return nil }

// Objects returns an iterator that fails.
func (*BucketHandle) Objects(context.Context, *Query) *ObjectIterator { return nil }

// Attrs fails.
func (*ObjectHandle) Attrs(context.Context) (*ObjectAttrs, error) { return nil, ErrAbsent }

// NewReader fails.
func (*ObjectHandle) NewReader(context.Context) (*Reader, error) { return nil, ErrAbsent }

// NewWriter returns a writer that fails.
func (*ObjectHandle) NewWriter(context.Context) *Writer { return nil }

// Next fails.
func (*ObjectIterator) Next() (*ObjectAttrs, error) { return nil, ErrAbsent }

// Read fails.
func (*Reader) Read([]byte) (int, error) { return 0, ErrAbsent }

// Close fails.
func (*Reader) Close() error { return ErrAbsent }

// Write fails.
func (*Writer) Write([]byte) (int, error) { return 0, ErrAbsent }

// Close fails.
func (*Writer) Close() error { return ErrAbsent }

// CloseWithError fails.
func (*Writer) CloseWithError(error) error { return ErrAbsent }
