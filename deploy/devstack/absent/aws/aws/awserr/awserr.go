// Package awserr stands in for the one of Amazon's SDK: see package aws.
package awserr

// Error would be an error of Amazon's SDK; nobody makes one.
type Error interface {
	error
	Code() string
	OrigErr() error
}

// RequestFailure would be an Error that a server answered.
type RequestFailure interface {
	Error
	StatusCode() int
}
