//go:build !(amd64 && goexperiment.simd)

package train

// clearVectorState does nothing: no code here leaves wide registers in use.
func clearVectorState() {}
