package cpu

import (
	"fmt"
	"reflect"
	"runtime"
	"strconv"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
)

// Name is the name that this backend is registered under.
const Name = "cpu"

func init() { compute.Register(Name, New) }

// MaxThreads bounds the option threads.
const MaxThreads = 1024

// Backend is a compute.Backend. Buffers and whatever is not computed here are
// gobackend's.
type Backend struct {
	compute.Backend // gobackend
	kernels         *kernels
	memory          memory
	threads         int32   // that one call may use
	worthwhile      float64 // see the constant
}

// New opens a backend. config is a list of options, joined by commas:
//
//	kernels=avx512|avx2|go  the instructions to use; the default is the best that the processor has
//	threads=N               how many cores one call may use while no other call needs them; the default is GOMAXPROCS
//
// With kernels=go, which is all there is on other processors, gobackend computes
// everything.
func New(config string) (compute.Backend, error) {
	class, threads := "", runtime.GOMAXPROCS(0)
	for option := range strings.SplitSeq(config, ",") {
		name, value, _ := strings.Cut(option, "=")
		switch {
		case option == "":
		case name == "kernels":
			class = value
		case name == "threads":
			var err error
			if threads, err = strconv.Atoi(value); err != nil || threads < 1 || threads > MaxThreads {
				return nil, fmt.Errorf("open backend cpu: threads=%s: want a number from 1 to %d", value, MaxThreads)
			}
		default:
			return nil, fmt.Errorf("open backend cpu: no option is called %q; there are kernels=%s and threads=N", name, strings.Join(classNames(), "|"))
		}
	}
	k, err := kernelClass(class)
	if err != nil {
		return nil, fmt.Errorf("open backend cpu: %w", err)
	}
	inner, err := gobackend.New("ops_sequential,creation_order")
	if err != nil {
		return nil, fmt.Errorf("open backend cpu: %w", err)
	}
	return &Backend{Backend: inner, kernels: k, threads: int32(threads), worthwhile: worthwhile}, nil
}

// Name implements compute.Backend.
func (b *Backend) Name() string { return Name }

// String implements compute.Backend.
func (b *Backend) String() string { return Name }

// Description implements compute.Backend.
func (b *Backend) Description() string {
	return fmt.Sprintf("CPU backend (%s kernels)", b.kernels.class)
}

// KernelClass is the class of kernels in use: avx512, avx2 or go.
func (b *Backend) KernelClass() string { return b.kernels.class }

// Capabilities implements compute.Backend: those of gobackend, and fused
// attention where there are kernels.
func (b *Backend) Capabilities() compute.Capabilities {
	c := b.Backend.Capabilities()
	if b.kernels.class != classGo {
		c = c.Clone()
		c.Operations[compute.OpTypeFusedScaledDotProductAttention] = true
		c.Operations[compute.OpTypeFusedScaledDotProductAttentionVJP] = true
	}
	return c
}

// Finalize implements compute.Backend.
func (b *Backend) Finalize() {
	b.memory.clear()
	b.Backend.Finalize()
}

// Shrink gives back the memory that is kept for later executions, if it is more
// than a little.
func (b *Backend) Shrink() { b.memory.shrink(keepBytes) }

// Working is the size in bytes of the working memory that executions have left for
// later ones, without free buffers.
func (b *Backend) Working() int64 { return b.memory.working() }

// Builder implements compute.Backend.
func (b *Backend) Builder(name string) compute.Builder {
	inner := b.Backend.Builder(name)
	builder := &Builder{Builder: inner, backend: b}
	builder.main = &Function{Function: inner.Main(), builder: builder, nodes: make(map[compute.Value]*node)}
	return builder
}

// BufferFromFlatData implements compute.Backend.
func (b *Backend) BufferFromFlatData(device compute.DeviceNum, flat any, shape shapes.Shape) (compute.Buffer, error) {
	if inner := b.memory.take(shape); inner != nil && device == 0 && !b.IsFinalized() {
		have, err := inner.Data()
		if err != nil {
			return nil, err
		}
		if to, from := reflect.ValueOf(have), reflect.ValueOf(flat); to.Type() == from.Type() && to.Len() == from.Len() {
			reflect.Copy(to, from)
			return &Buffer{Buffer: inner, backend: b}, nil
		}
	}
	inner, err := b.Backend.BufferFromFlatData(device, flat, shape)
	if err != nil {
		return nil, err
	}
	return &Buffer{Buffer: inner, backend: b}, nil
}

// NewSharedBuffer implements compute.Backend. The memory is not cleared.
func (b *Backend) NewSharedBuffer(device compute.DeviceNum, shape shapes.Shape) (compute.Buffer, any, error) {
	inner, err := b.newInner(device, shape)
	if err != nil {
		return nil, nil, err
	}
	flat, err := inner.Data()
	return &Buffer{Buffer: inner, backend: b}, flat, err
}

// newInner takes a gobackend buffer from the free ones or makes one.
func (b *Backend) newInner(device compute.DeviceNum, shape shapes.Shape) (compute.Buffer, error) {
	if device == 0 && !b.IsFinalized() {
		if inner := b.memory.take(shape); inner != nil {
			return inner, nil
		}
	}
	inner, _, err := b.Backend.NewSharedBuffer(device, shape)
	return inner, err
}
