package transformer

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // the CPU backend, "go"
)

// goBackend is the name of the CPU backend.
const goBackend = "go"

// The configurations of the CPU backend that OpenBackend is given. None spreads
// an operation over the cores: several executions at a time, each with its own
// share of the rows, use them better, and results do not depend on how many
// there are.
const (
	// CPU may still run independent operations of a graph side by side.
	CPU = "go"
	// CPUSequential runs one operation after another on the goroutine that calls:
	// for graphs so small that handing work on costs more than doing it.
	CPUSequential = "go:ops_sequential"
	// CPUShared is one backend for all goroutines. A call computes on the goroutine
	// that makes it, one operation after another in the order in which the graph
	// was built, so that no more buffers are alive than that order needs.
	CPUShared = "go:ops_sequential,creation_order"
)

// workers are the numbers of goroutines that the backend of a configuration may
// add to those that call it.
var workers = map[string]int{CPU: 1, CPUSequential: 1, CPUShared: 0}

// OpenBackend opens a GoMLX backend: CPU, CPUSequential, or any GoMLX backend
// configuration. "xla:PLUGIN,tf32=false" is XLA with a PJRT plugin, named by its
// absolute path or found where go-xla looks; it needs a build with the tag xla
// and cgo, and never fetches a plugin from the network.
func OpenBackend(config string) (compute.Backend, error) {
	name, _, _ := strings.Cut(config, ":")
	if backends := compute.List(); !slices.Contains(backends, name) {
		if name == "xla" {
			return nil, fmt.Errorf("open backend %q: this build has no XLA; build with -tags xla and CGO_ENABLED=1", config)
		}
		return nil, fmt.Errorf("open backend %q: no backend is called %q; this build has %s", config, name, strings.Join(backends, ", "))
	}
	backend, err := compute.NewWithConfig(config)
	if err != nil {
		return nil, fmt.Errorf("open backend %q: %w", config, err)
	}
	count, ok := workers[config]
	if !ok {
		return backend, nil
	}
	// The option "parallelism" does the same, but prints a line to standard
	// output for every backend.
	pool := reflect.Indirect(reflect.ValueOf(backend)).FieldByName("Workers")
	if pool.IsValid() && pool.MethodByName("SetMaxParallelism").IsValid() {
		pool.MethodByName("SetMaxParallelism").Call([]reflect.Value{reflect.ValueOf(count)})
		return backend, nil
	}
	backend.Finalize()
	_, options, _ := strings.Cut(config, ":")
	return compute.NewWithConfig(strings.TrimSuffix(fmt.Sprintf("%s:parallelism=%d,%s", name, count, options), ","))
}
