//go:build !(amd64 && goexperiment.simd)

package cpu

import "unsafe"

// available is empty: without kernels gobackend computes everything.
func available() []*kernels { return nil }

func clearVectorState() {}

func compute1(op opcode, dst, a, b, c unsafe.Pointer, n int) { panic("no kernels") }

func (k *kernels) computeRows(op opcode, dst, a unsafe.Pointer, rows, columns int) {
	panic("no kernels")
}

func packRows(to, from unsafe.Pointer, rows, columns, stride int) { panic("no kernels") }

func scaleRow(at unsafe.Pointer, by float32, n int) { panic("no kernels") }

func slopeRow(d, weights unsafe.Pointer, sum float32, n int) { panic("no kernels") }
