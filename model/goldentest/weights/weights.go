// Package weights reads the goldens that are weights. It is apart from goldentest, whose files the
// tests of package safetensors read too.
package weights

import (
	"testing"

	"temper/model/goldentest"
	"temper/model/library/safetensors"
)

// Read reads a file of safetensors; its name is relative to goldentest.Dir.
func Read(t testing.TB, name string) []safetensors.Tensor {
	t.Helper()
	tensors, _, err := safetensors.Decode(goldentest.Read(t, name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return tensors
}
