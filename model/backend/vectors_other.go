//go:build !(amd64 && goexperiment.simd)

package backend

// ClearVectors does nothing: no code here leaves wide registers in use.
func ClearVectors() {}
