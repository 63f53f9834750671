package cpu

import (
	"runtime"
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

// needKernels skips a test of kernels where there are none.
func needKernels(t *testing.T) {
	t.Helper()
	if len(available()) == 0 {
		t.Skipf("no kernels on this %s processor and in this build: they need amd64 with AVX2 and FMA, and GOEXPERIMENT=simd", runtime.GOARCH)
	}
}
