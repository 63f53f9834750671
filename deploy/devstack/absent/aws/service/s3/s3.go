// Package s3 stands in for the one of Amazon's SDK: see package aws.
package s3

import (
	"context"
	"io"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
)

// The codes of errors that nobody makes.
const (
	ErrCodeNoSuchBucket = "NoSuchBucket"
	ErrCodeNoSuchKey    = "NoSuchKey"
)

// The requests and answers, with the fields that the archiver mentions.
type (
	HeadBucketInput    struct{ Bucket *string }
	HeadBucketOutput   struct{}
	HeadObjectInput    struct{ Bucket, Key *string }
	HeadObjectOutput   struct{}
	GetObjectInput     struct{ Bucket, Key *string }
	GetObjectOutput    struct{ Body io.ReadCloser }
	PutObjectOutput    struct{}
	ListObjectsV2Input struct {
		Bucket, Prefix, Delimiter, ContinuationToken *string
		MaxKeys                                      *int64
	}
	ListObjectsV2Output struct {
		Contents              []*Object
		CommonPrefixes        []*CommonPrefix
		IsTruncated           *bool
		NextContinuationToken *string
	}
	Object         struct{ Key *string }
	CommonPrefix   struct{ Prefix *string }
	PutObjectInput struct {
		Bucket, Key *string
		Body        io.ReadSeeker
	}
)

// S3 is a client that fails.
type S3 struct{}

// New returns a client that fails.
func New(*session.Session) *S3 { return &S3{} }

// HeadBucketWithContext fails.
func (*S3) HeadBucketWithContext(context.Context, *HeadBucketInput) (*HeadBucketOutput, error) {
	return nil, aws.ErrAbsent
}

// HeadObjectWithContext fails.
func (*S3) HeadObjectWithContext(context.Context, *HeadObjectInput) (*HeadObjectOutput, error) {
	return nil, aws.ErrAbsent
}

// GetObjectWithContext fails.
func (*S3) GetObjectWithContext(context.Context, *GetObjectInput) (*GetObjectOutput, error) {
	return nil, aws.ErrAbsent
}

// PutObjectWithContext fails.
func (*S3) PutObjectWithContext(context.Context, *PutObjectInput) (*PutObjectOutput, error) {
	return nil, aws.ErrAbsent
}

// ListObjectsV2WithContext fails.
func (*S3) ListObjectsV2WithContext(context.Context, *ListObjectsV2Input) (*ListObjectsV2Output, error) {
	return nil, aws.ErrAbsent
}
