// Package aws stands in for Amazon's SDK, which Temporal's archiver in s3:// and
// Elasticsearch behind Amazon's signatures need and this build is without.
package aws

import (
	"errors"

	"github.com/aws/aws-sdk-go/aws/credentials"
)

// ErrAbsent says so.
var ErrAbsent = errors.New("this build of Temporal is without Amazon's SDK: no archiver for S3, no signed Elasticsearch")

// LogLevelType is a name that the archiver mentions.
type LogLevelType uint

// Config has the fields that Temporal sets.
type Config struct {
	Endpoint, Region *string
	S3ForcePathStyle *bool
	LogLevel         *LogLevelType
	Credentials      *credentials.Credentials
}

// String returns a pointer to v.
func String(v string) *string { return &v }

// Bool returns a pointer to v.
func Bool(v bool) *bool { return &v }

// Int64 returns a pointer to v.
func Int64(v int64) *int64 { return &v }
