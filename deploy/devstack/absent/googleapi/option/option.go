// Package option stands in for the one of Google's API client, of which this build has no client to set options of.
package option

// WithTokenSource returns an option that nobody reads.
func WithTokenSource(any) any { return nil }
