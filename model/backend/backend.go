// Package backend chooses the GoMLX backend that graphs are computed with.
//
//	cpu  our own kernels for amd64 with AVX2 or AVX-512, see package cpu; on other
//	     processors the same as go
//	go   GoMLX's pure Go backend, on any processor
//	xla  XLA with a PJRT plugin, for GPUs; in builds with the tag xla and cgo
//
// cpu has the operations and types of go, all that temper's graphs need, and fused
// attention of float32, causal or with a mask. It computes graphs of float32, int32
// and bool at its own speed, and graphs with closures or random numbers at go's. xla
// has bfloat16 kernels, fused attention of bfloat16 and dynamic slices besides; TF32
// is on unless it is told otherwise. Results differ between the three by rounding.
package backend

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // registers go
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/library/cpu"
)

// Configurations for Open.
const (
	// CPU is the fastest backend that any build has. A call computes on the
	// goroutine that makes it and on cores that no other call uses, and any number
	// of goroutines may share the backend; results do not depend on how many do.
	CPU = cpu.Name
	// Go is GoMLX's own backend. It may run independent operations of a graph side
	// by side.
	Go = "go"
	// GoSequential is Go, one operation after another on the goroutine that calls:
	// for graphs so small that handing work on costs more than doing it.
	GoSequential = "go:ops_sequential"
	// GoShared is Go for several goroutines that share a backend: one operation
	// after another, in the order in which the graph was built, so that no more
	// buffers are alive than that order needs.
	GoShared = "go:ops_sequential,creation_order"
)

// XLA is the name of XLA's backends.
const XLA = "xla"

// workers are the numbers of goroutines that the backend of a configuration may
// add to those that call it.
var workers = map[string]int{Go: 1, GoSequential: 1, GoShared: 0}

// RowsAreAlike tells whether a row of a matrix product is the same to the last
// bit wherever it stands and however many rows there are. GoMLX's own kernels
// treat the last rows in another way.
func RowsAreAlike(b compute.Backend) bool {
	own, ok := b.(*cpu.Backend)
	return ok && own.KernelClass() != "go"
}

// WithThreads is a configuration by which a call uses so many cores at most: those
// that no other call needs. Only cpu's calls use several; other configurations, and
// one that says how many, stay what they are.
func WithThreads(config string, threads int) string {
	name, options, _ := strings.Cut(config, ":")
	if name != CPU || strings.Contains(options, "threads=") {
		return config
	}
	return fmt.Sprintf("%s:%s", name, strings.TrimPrefix(fmt.Sprintf("%s,threads=%d", options, min(threads, cpu.MaxThreads)), ","))
}

// Lend makes a tensor of values that stay the caller's. Ours reads them where they
// lie; other backends get a copy.
func Lend(b compute.Backend, flat []float32, dims ...int) (*tensors.Tensor, error) {
	if own, ok := b.(*cpu.Backend); ok {
		buffer, err := own.Lend(flat, dims...)
		if err != nil {
			return nil, err
		}
		return tensors.FromBuffer(buffer)
	}
	t := tensors.FromFlatDataAndDimensions(flat, dims...)
	return t, t.ToDevice(b, 0)
}

// Lends tells whether Lend makes no copies.
func Lends(b compute.Backend) bool { return RowsAreAlike(b) }

// Shrink gives back memory that a backend keeps for later, if it is more than a little.
func Shrink(b compute.Backend) {
	if own, ok := b.(*cpu.Backend); ok {
		own.Shrink()
	}
}

// Open opens a backend: one of the configurations above, "cpu:kernels=CLASS,threads=N"
// (see cpu.New), or any other GoMLX configuration. "xla:PLUGIN,tf32=false" is XLA with
// a PJRT plugin, named by its absolute path or found where go-xla looks; it needs
// a build with the tag xla and cgo, and never fetches a plugin from the network.
func Open(config string) (compute.Backend, error) {
	name, _, _ := strings.Cut(config, ":")
	names := compute.List()
	slices.Sort(names)
	if !slices.Contains(names, name) {
		if name == XLA {
			return nil, fmt.Errorf("open backend %q: this build has no XLA; build with -tags xla and CGO_ENABLED=1", config)
		}
		return nil, fmt.Errorf("open backend %q: no backend is called %q; this build has %s", config, name, strings.Join(names, ", "))
	}
	if count, ok := workers[config]; ok {
		// GoMLX's backend says so on standard output, where a program that prints
		// results has to have put something else.
		_, options, _ := strings.Cut(config, ":")
		config = strings.TrimSuffix(fmt.Sprintf("%s:parallelism=%d,%s", name, count, options), ",")
	}
	backend, err := compute.NewWithConfig(config)
	if err != nil {
		return nil, fmt.Errorf("open backend %q: %w", config, err)
	}
	return backend, nil
}
