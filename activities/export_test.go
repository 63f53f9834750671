package activities

// The numbers of attempts, for tests.
const (
	MaxAttempts     = maxAttempts
	GradingAttempts = gradingAttempts
)
