package cpu

import (
	"errors"
	"sync/atomic"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// Buffer is a gobackend buffer that belongs to this backend.
type Buffer struct {
	compute.Buffer
	backend *Backend
	foreign bool        // the memory came out of gobackend, and goes back
	lent    bool        // the memory is the caller's, see Lend
	donated atomic.Bool // the memory is another buffer's now
}

var errDonated = errors.New("the buffer was donated or finalized")

// Backend implements compute.Buffer.
func (b *Buffer) Backend() compute.Backend { return b.backend }

// Finalize implements compute.Buffer. The memory is kept for buffers of the same
// shape. Finalizing a buffer that was donated does nothing.
func (b *Buffer) Finalize() error {
	if b.donated.Swap(true) {
		return nil
	}
	if b.foreign || b.lent || b.backend.IsFinalized() {
		return b.Buffer.Finalize()
	}
	return b.backend.memory.give(b.Buffer)
}

// Shape implements compute.Buffer.
func (b *Buffer) Shape() (shapes.Shape, error) {
	if b.donated.Load() {
		return shapes.Invalid(), errDonated
	}
	return b.Buffer.Shape()
}

// ToFlatData implements compute.Buffer.
func (b *Buffer) ToFlatData(flat any) error {
	if b.donated.Load() {
		return errDonated
	}
	return b.Buffer.ToFlatData(flat)
}

// Data implements compute.Buffer.
func (b *Buffer) Data() (any, error) {
	if b.donated.Load() {
		return nil, errDonated
	}
	return b.Buffer.Data()
}
