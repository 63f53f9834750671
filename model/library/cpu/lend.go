package cpu

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// Lend makes a buffer of float32 values that stay the caller's: executions read
// them where they lie, and where the buffer is donated they may write the result
// there. The caller leaves them alone while a call has the buffer. With
// kernels=go, whose buffers are gobackend's own, they are copied.
func (b *Backend) Lend(flat []float32, dims ...int) (compute.Buffer, error) {
	shape := shapes.Make(dtypes.Float32, dims...)
	if len(flat) != shape.Size() {
		return nil, fmt.Errorf("lend: %d values for shape %s", len(flat), shape)
	}
	if b.kernels.class == classGo {
		return b.BufferFromFlatData(0, flat, shape)
	}
	return &Buffer{Buffer: lent{b, flat, shape}, backend: b, lent: true}, nil
}

// lent is memory that is not gobackend's.
type lent struct {
	backend *Backend
	flat    []float32
	shape   shapes.Shape
}

func (l lent) Backend() compute.Backend              { return l.backend }
func (l lent) Finalize() error                       { return nil }
func (l lent) Shape() (shapes.Shape, error)          { return l.shape, nil }
func (l lent) DeviceNum() (compute.DeviceNum, error) { return 0, nil }
func (l lent) Data() (any, error)                    { return l.flat, nil }

func (l lent) ToFlatData(flat any) error {
	to, ok := flat.([]float32)
	if !ok || len(to) != len(l.flat) {
		return fmt.Errorf("read a buffer of shape %s into %T of another type or length", l.shape, flat)
	}
	copy(to, l.flat)
	return nil
}

func (l lent) CopyToDevice(compute.DeviceNum) (compute.Buffer, error) {
	return nil, errors.New("there is one device")
}

// inner is the buffer as gobackend takes it: a copy of memory that is lent.
func (b *Buffer) inner() (compute.Buffer, error) {
	if l, ok := b.Buffer.(lent); ok {
		return b.backend.Backend.BufferFromFlatData(0, l.flat, l.shape)
	}
	return b.Buffer, nil
}
