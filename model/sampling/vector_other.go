//go:build !(amd64 && goexperiment.simd)

package sampling

// expVectors does nothing: there are no vectors.
func expVectors([]float64) int { return 0 }
