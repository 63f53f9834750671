// Package s3iface stands in for the one of Amazon's SDK: see package aws.
package s3iface

import (
	"context"

	"github.com/aws/aws-sdk-go/service/s3"
)

// S3API is what the archiver asks of a client.
type S3API interface {
	HeadBucketWithContext(context.Context, *s3.HeadBucketInput) (*s3.HeadBucketOutput, error)
	HeadObjectWithContext(context.Context, *s3.HeadObjectInput) (*s3.HeadObjectOutput, error)
	GetObjectWithContext(context.Context, *s3.GetObjectInput) (*s3.GetObjectOutput, error)
	PutObjectWithContext(context.Context, *s3.PutObjectInput) (*s3.PutObjectOutput, error)
	ListObjectsV2WithContext(context.Context, *s3.ListObjectsV2Input) (*s3.ListObjectsV2Output, error)
}
