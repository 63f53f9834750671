package cpu

import (
	"testing"

	"github.com/gomlx/compute/support/backendtest"
)

// TestBackend runs GoMLX's own tests of backends.
func TestBackend(t *testing.T) {
	b, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	backendtest.RunAll(t, b, &backendtest.AllTestsConfiguration{})
}
