//go:build amd64 && goexperiment.simd

package cpu

import (
	"simd/archsimd"
	"unsafe"
)

//go:noescape
func avx2Dot6(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)

//go:noescape
func avx2Dot4(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)

//go:noescape
func avx2Dot2(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)

//go:noescape
func avx2Dot1(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)

//go:noescape
func avx512Dot12(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)

//go:noescape
func avx512Dot8(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)

//go:noescape
func avx512Dot4(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)

//go:noescape
func avx512Dot2(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)

//go:noescape
func avx512Dot1(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)

// clearVectorState ends the use of wide registers on this thread: ordinary
// floating-point code is many times slower while their upper halves are in use.
func clearVectorState() { archsimd.ClearAVXUpperBits() }

var (
	avx2Panel = panel{columns: 16, kernels: []block{{6, avx2Dot6}, {4, avx2Dot4}, {2, avx2Dot2}, {1, avx2Dot1}}}

	avx512Panel = panel{columns: 32, kernels: []block{{12, avx512Dot12}, {8, avx512Dot8}, {4, avx512Dot4}, {2, avx512Dot2}, {1, avx512Dot1}}}
)

// available lists the classes that this processor has, the best first.
func available() []*kernels {
	var list []*kernels
	if archsimd.X86.AVX2() && archsimd.X86.FMA() {
		if archsimd.X86.AVX512() {
			list = append(list, &kernels{class: classAVX512, blocks: []panel{avx512Panel, avx2Panel}})
		}
		list = append(list, &kernels{class: classAVX2, blocks: []panel{avx2Panel}})
	}
	return list
}
