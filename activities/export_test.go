package activities

import "context"

// RenderReport makes the page without recording it.
func RenderReport(a *Activities, in WriteReportInput) ([]byte, error) {
	return a.renderReport(context.Background(), in)
}

// The numbers of attempts, for tests.
const (
	MaxAttempts     = maxAttempts
	GradingAttempts = gradingAttempts
)
