// Package credentials stands in for the one of Amazon's SDK: see package aws.
package credentials

// Credentials are for nothing here.
type Credentials struct{}

// NewStaticCredentials returns credentials for nothing.
func NewStaticCredentials(_, _, _ string) *Credentials { return &Credentials{} }

// NewEnvCredentials returns credentials for nothing.
func NewEnvCredentials() *Credentials { return &Credentials{} }
