//go:build !(amd64 && goexperiment.simd)

package sampling

// clearVectorState does nothing: no code here leaves vector registers in use.
func clearVectorState() {}

// expVectors does nothing: there are no vectors.
func expVectors([]float64) int { return 0 }
