// Package request stands in for the one of Amazon's SDK: see package aws.
package request

// IsErrorRetryable returns false: trying again brings no SDK.
func IsErrorRetryable(error) bool { return false }

// IsErrorThrottle returns false.
func IsErrorThrottle(error) bool { return false }
