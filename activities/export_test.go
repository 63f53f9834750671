package activities

import (
	"context"
	"time"
)

// RenderReport makes the page without recording it.
func RenderReport(a *Activities, in WriteReportInput) ([]byte, error) {
	return a.renderReport(context.Background(), in)
}

// The numbers of attempts, for tests.
const (
	MaxAttempts     = maxAttempts
	GradingAttempts = gradingAttempts
)

// SetCommitEvery changes how often segments are committed, until the function that it returns is called.
func SetCommitEvery(d time.Duration) (restore func()) {
	before := commitEvery
	commitEvery = d
	return func() { commitEvery = before }
}
