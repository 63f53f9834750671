//go:build amd64 && goexperiment.simd

package train

import "simd/archsimd"

// clearVectorState ends the use of wide registers on this thread. GoMLX's
// matrix kernels leave their upper halves in use, which slows down ordinary
// floating-point code many times.
func clearVectorState() { archsimd.ClearAVXUpperBits() }
